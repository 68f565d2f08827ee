import { join } from "node:path";
import { Command, Option } from "commander";
import type { Logger } from "pino";
import qrcode from "qrcode";
import type { IpRange } from "#shared/base/ip.ts";
import type { IceServer, RunningTracker } from "#signal-tracker/main.ts";
import { CommandError } from "../failure.ts";
import { parseIceServer, parsePort, parsePublicUrl, parseTrustedProxy } from "../flags/flags.ts";
import { LOG_LEVELS, type LogFlags, openCommandLog } from "../flags/log.ts";
import { packageRoot } from "../package-root.ts";
import { stopSignal } from "../stop-signal.ts";
import { outliveBugs } from "../uncaught.ts";

interface TrackerFlags extends LogFlags {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: URL;
  readonly iceServer: readonly IceServer[];
  readonly trustedProxy?: readonly IpRange[];
  readonly stun: boolean;
  readonly data?: string;
}

/** `tabswarm tracker`: runs the signal tracker and serves the page, until you stop it. */
export function trackerCommand(): Command {
  return new Command("tracker")
    .description("run the signal tracker and serve the page")
    .option("--host <address>", "address to listen on; 0.0.0.0 is all of this machine's", "0.0.0.0")
    .option("--port <number>", "port for the page, WebSockets and STUN; 0 is any free one", parsePort, 8000)
    .option("--public-url <url>", "address at which people reach the page, for links", parsePublicUrl)
    .option(
      "--ice-server <url>",
      "STUN or TURN server for browsers: stun:host:port or turn:name:password@host:port; may be repeated",
      parseIceServer,
      [],
    )
    .option(
      "--trusted-proxy <address>",
      "reverse proxy, or a network of them such as 172.18.0.0/16, whose X-Forwarded-For to trust; may be repeated; by default those on this machine",
      parseTrustedProxy,
    )
    .option("--no-stun", "do not answer STUN on UDP on the same port number")
    .option("--data <folder>", "folder for what must survive a restart")
    .addOption(new Option("--log-level <level>", "lowest level to log").choices(LOG_LEVELS).default("info"))
    .option("--log-dir <folder>", "also write the log into this folder, as tracker.log")
    .option("--json", "print one JSON object a line", false)
    .action(runTracker);
}

async function runTracker(flags: TrackerFlags): Promise<void> {
  const log = openCommandLog("tracker", flags);
  const stopped = stopSignal(); // Before any output: its reader may answer with Ctrl-C at once.
  const tracker = await start(flags, log);
  outliveBugs(log);
  log.info({ port: tracker.port, pageUrl: tracker.pageUrl }, "tracker listens");
  if (flags.json) console.log(JSON.stringify(listeningLine(tracker)));
  else await printAddresses(tracker, flags.publicUrl !== undefined);

  const signal = await stopped;
  log.info({ signal }, "tracker stops");
  await tracker.close();
}

async function start(flags: TrackerFlags, log: Logger): Promise<RunningTracker> {
  const { host, port, publicUrl, iceServer, trustedProxy, stun, data, json } = flags;
  // Imported here, so that other commands start sooner, without the web server.
  const { StartError, startTracker } = await import("#signal-tracker/main.ts");
  try {
    return await startTracker({
      host,
      port,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      iceServers: iceServer,
      ...(trustedProxy === undefined ? {} : { trustedProxies: trustedProxy }),
      stun,
      pageFolder: join(packageRoot(), "dist", "web"),
      ...(data === undefined ? {} : { dataFolder: data }),
      log,
    });
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.message, json);
    throw error;
  }
}

function listeningLine({ port, urls, pageUrl }: RunningTracker): object {
  return { type: "listening", port, urls, pageUrl };
}

async function printAddresses({ port, urls, sharedUrl }: RunningTracker, isPublic: boolean): Promise<void> {
  console.log(`\nTabswarm listens on port ${port}. Open one of these in a browser:\n`);
  for (const url of urls) console.log(`  ${url}`);
  if (sharedUrl !== undefined) {
    const code = await qrcode.toString(sharedUrl, { type: "terminal", small: true });
    console.log(`\n${code}\nScan it with a phone${isPublic ? "" : " on the same network"}: ${sharedUrl}`);
  }
  console.log("\nPress Ctrl-C to stop.");
}
