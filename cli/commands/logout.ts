import { Command } from "commander";
import { askTabswarmApi } from "#headless-peer/trackers/tabswarm-api.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { LogFlags } from "../flags/log.ts";
import { parseTabswarmTracker } from "../flags/tabswarm-tracker-flag.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { forgetLogin, type Login, readLogins } from "../sources/logins.ts";

interface LogoutFlags extends LogFlags {
  readonly tracker: TrackerUrl;
}

/** `tabswarm logout`: revokes and forgets the key that `login` has kept. */
export function logoutCommand(): Command {
  const command = new Command("logout")
    .description("revoke and forget the key that login has kept")
    .requiredOption("--tracker <url>", "the tracker", parseTabswarmTracker);
  return withCommonFlags(command).action(logout);
}

async function logout(flags: LogoutFlags): Promise<void> {
  await runOnce("logout", flags, async ({ warn }) => {
    const { tracker } = flags;
    const login = (await readLogins()).at(tracker);
    if (login === undefined) throw new UsageError("notLoggedIn", `You are not logged in at ${tracker}.`);
    await forgetLogin(login);
    await revoke(tracker, login).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      warn(
        `The key is forgotten here, but could not be revoked (${error.message}) Revoke it on the tracker's page.`,
      );
    });
    if (flags.json) console.log(JSON.stringify({ type: "loggedOut", tracker, name: login.name }));
    else console.log(`Logged out at ${tracker}.`);
  });
}

/** Revokes the key of a log-in. Rejects with a `UsageError` if the tracker does not. */
export async function revoke(tracker: TrackerUrl, { keyId, key }: Login): Promise<void> {
  const path = `/api/keys/${encodeURIComponent(keyId)}`;
  await askTabswarmApi(tracker, { method: "DELETE", path, proof: { type: "key", key } }).catch(
    (error: unknown) => {
      if (!(error instanceof UsageError) || error.code !== "keyNotValid") throw error; // It works no more, as we want.
    },
  );
}
