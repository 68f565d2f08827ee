import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { printable } from "#shared/base/printable.ts";
import packageJson from "../../package.json" with { type: "json" };
import type { RunningDaemon } from "../daemon/main.ts";
import { type ApiAddress, parseApiAddress, USUAL_API } from "../flags/api-address-flag.ts";
import { chosenLimits } from "../flags/chosen-limits.ts";
import { addLimitFlags, type TorrentLimits } from "../flags/limit-flags.ts";
import { addPeerFlags, type PeerFlags } from "../flags/peer-flags.ts";
import { usualStateFolder } from "../flags/state-folder.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { packageRoot } from "../package-root.ts";
import type { PeerNews } from "../peer-news.ts";
import { readConfigWishes } from "../sources/start-config.ts";
import { stopSignal } from "../stop-signal.ts";
import { outliveBugs } from "../uncaught.ts";

interface DaemonFlags extends PeerFlags, TorrentLimits {
  readonly config?: string;
  readonly out: string;
  readonly watch?: string;
  readonly state: string;
  readonly api: ApiAddress;
  readonly page: boolean;
  readonly onComplete?: string;
}

/** `tabswarm daemon`: a peer that runs for years, with an API. */
export function daemonCommand(): Command {
  const command = new Command("daemon")
    .description("share and download in the background, and do again after a restart what it did before")
    .option("--out <folder>", "where downloads go", ".")
    .option(
      "--watch <folder>",
      "take in the .torrent files that come into this folder, and links in .magnet and .txt files",
    )
    .option("--state <folder>", "where it keeps its list and the token of its API", usualStateFolder())
    .addOption(
      new Option("--api <address:port>", "where its HTTP API listens")
        .argParser(parseApiAddress)
        .default(parseApiAddress(USUAL_API), USUAL_API),
    )
    .option("--page", "serve the web page for it, too", false)
    .option(
      "--on-complete <program>",
      "run this for each complete download, with its path, its name and its info-hash as arguments",
    );
  return withCommonFlags(addPeerFlags(addLimitFlags(command, "download"))).action(daemon);
}

async function daemon(flags: DaemonFlags): Promise<void> {
  await runOnce("daemon", flags, async (run) => {
    const { config, out, watch, state, api, page, onComplete } = flags;
    const wishes = config === undefined ? { seeds: [], downloads: [] } : await readConfigWishes(config);
    const stopped = stopSignal(); // Before any output: its reader may answer with a signal at once.
    // Imported here, so that other commands start sooner, without the web server.
    const { startDaemon } = await import("../daemon/main.ts");
    const running = await startDaemon(
      {
        ...{ flags, limits: limitsOf(flags), wishes, api, onComplete },
        folder: resolve(out),
        stateFolder: resolve(state),
        watch: watch === undefined ? undefined : resolve(watch),
        pageFolder: page ? join(packageRoot(), "dist", "daemon") : undefined,
        version: packageJson.version,
      },
      run,
      (news) => tell(news, flags),
    );
    outliveBugs(run.log);
    tellStart(running, flags, run);
    const failed = running.ready.then(() => new Promise<never>(() => {}));
    await Promise.race([stopped, failed]).finally(() => running.close());
  });
}

function tell({ text, fact }: PeerNews, { json }: DaemonFlags): void {
  console.log(json ? JSON.stringify(fact) : printable(text));
}

function tellStart(
  { url, token, port }: RunningDaemon,
  { json, page, state, api }: DaemonFlags,
  run: Run,
): void {
  const pageUrl = page ? `${url}/#token=${token}` : undefined;
  run.log.info({ api: url, port }, "daemon listens");
  if (!/^127\.|^::1$/.test(api.host))
    run.warn(
      `The API listens beyond this machine, and what it says is not encrypted. Put it behind a proxy with https.`,
    );
  if (json)
    return console.log(
      JSON.stringify({ type: "listening", api: url, page: pageUrl, port, state: resolve(state) }),
    );
  console.log(`API        ${url} (token in ${join(resolve(state), "api-token")})`);
  if (pageUrl !== undefined) console.log(`page       ${pageUrl}`);
  if (port !== undefined) console.log(`TCP port   ${port}`);
}

/** Those of `--rate-up` and `--rate-down` are for all torrents together. */
function limitsOf({ rateUp: _, rateDown: __, ...flags }: DaemonFlags): TorrentLimits {
  return chosenLimits(flags);
}
