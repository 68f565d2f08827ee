import { hostname } from "node:os";
import { Command } from "commander";
import { askTabswarmApi } from "#headless-peer/trackers/tabswarm-api.ts";
import { askTabswarmTracker } from "#headless-peer/trackers/tabswarm-tracker.ts";
import { parseApiAccount, parseNewApiKey } from "#shared/announce/parse-tracker-api.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerKey } from "#shared/base/tracker-key.ts";
import type { LogFlags } from "../flags/log.ts";
import { askLine, askPassword, readPassword } from "../flags/password.ts";
import { parseTabswarmTracker } from "../flags/tabswarm-tracker-flag.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { forgetLogin, keepLogin, type Login, readLogins } from "../sources/logins.ts";
import { revoke } from "./logout.ts";

interface LoginFlags extends LogFlags {
  readonly tracker: TrackerUrl;
  readonly name?: string;
  readonly passwordStdin: boolean;
}

/** Characters of a key's name at a tracker. */
const MAX_KEY_NAME_CHARACTERS = 64;

/** `tabswarm login`: keeps a key for a tracker with accounts. Every command that names the tracker then uses it. */
export function loginCommand(): Command {
  const command = new Command("login")
    .description("log in at a tracker with accounts; commands then announce there in your name")
    .requiredOption("--tracker <url>", "the tracker, such as https://share.example.org", parseTabswarmTracker)
    .option("--name <name>", "the name of your account; asked for if absent")
    .option("--password-stdin", "read the password from standard input instead of the terminal", false);
  return withCommonFlags(command).action(login);
}

async function login(flags: LoginFlags): Promise<void> {
  await runOnce("login", flags, async ({ warn }) => {
    const { tracker } = flags;
    const asked = await askForLogin(flags);
    const before = (await readLogins()).at(tracker);
    const made = await makeKey(tracker, asked);
    await keepLogin(made).catch(async (error: unknown) => {
      await revoke(tracker, made).catch(() => {}); // Nobody has it.
      throw error;
    });
    // The earlier key of this machine is of no more use. If it cannot be revoked, it is still listed on the page.
    if (before !== undefined) await revoke(tracker, before).catch(() => {});
    if (before !== undefined && before.tracker !== tracker) await forgetLogin(before);
    if (tracker.startsWith("http:") && !isHere(tracker))
      warn("This tracker speaks plain http, so others on the way could read your password and your key.");
    if (flags.json) console.log(JSON.stringify({ type: "loggedIn", tracker, name: made.name }));
    else
      console.log(
        `Logged in at ${tracker} as ${made.name}. Commands with this tracker now use your account.`,
      );
  });
}

async function askForLogin(flags: LoginFlags): Promise<{ readonly name: string; readonly password: string }> {
  const isTerminal = process.stdin.isTTY === true;
  if (!isTerminal && (flags.name === undefined || !flags.passwordStdin)) {
    throw new UsageError(
      "noTerminal",
      "There is no terminal to ask at. Pass --name, and --password-stdin with the password on standard input.",
    );
  }
  const name = flags.name ?? (await askLine(`Your name at ${flags.tracker}: `));
  const password = flags.passwordStdin ? await readPassword() : await askPassword("Password: ");
  return { name, password };
}

/** Logs in with the password, makes a key, and logs out again. */
async function makeKey(
  tracker: TrackerUrl,
  asked: { readonly name: string; readonly password: string },
): Promise<Login> {
  const session = await askTabswarmApi(tracker, { method: "POST", path: "/api/session", body: asked }).catch(
    explainNoAccounts,
  );
  const { name } = parseApiAccount(session.body);
  const proof = { type: "cookie", cookie: session.cookie ?? "" } as const;
  const keyName = `tabswarm on ${hostname()}`.slice(0, MAX_KEY_NAME_CHARACTERS);
  try {
    const { body } = await askTabswarmApi(tracker, {
      method: "POST",
      path: "/api/keys",
      body: { name: keyName },
      proof,
    });
    const made = parseNewApiKey(body);
    const key = parseTrackerKey(made.key);
    if (key === undefined) throw new UsageError("notApi", `${tracker} made a key that we do not understand.`);
    const { nodeUrls: nodes } = await askTabswarmTracker(tracker, { redirects: false });
    return { tracker, name, keyId: made.id, key, nodes };
  } finally {
    await askTabswarmApi(tracker, { method: "DELETE", path: "/api/session", proof }).catch(() => {}); // It expires.
  }
}

function explainNoAccounts(error: unknown): never {
  if (error instanceof UsageError && error.code === "noSuchRoute")
    throw new UsageError(
      "noAccounts",
      "This tracker has no accounts: you can announce there without a log-in.",
    );
  throw error;
}

function isHere(tracker: TrackerUrl): boolean {
  return /^\w+:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/.test(tracker);
}
