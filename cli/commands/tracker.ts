import { join } from "node:path";
import { Command } from "commander";
import type { Logger } from "pino";
import qrcode from "qrcode";
import { printable } from "#shared/base/printable.ts";
import type { RunningTracker, TrackerOptions } from "#signal-tracker/main.ts";
import { endInTime } from "../ending.ts";
import { CommandError, isExplained } from "../failure.ts";
import { httpsOf } from "../flags/https-settings.ts";
import { openCommandLog } from "../flags/log.ts";
import { type ReadSettings, readSettings } from "../flags/read-settings.ts";
import { addSettingFlags } from "../flags/settings.ts";
import { TRACKER_SETTINGS, type TrackerSettings } from "../flags/tracker-settings.ts";
import { turnOf } from "../flags/turn-settings.ts";
import { refuseUnused } from "../flags/unused-settings.ts";
import { packageRoot } from "../package-root.ts";
import { stopSignal } from "../stop-signal.ts";
import { outliveBugs } from "../uncaught.ts";
import { backupCommand } from "./backup.ts";

const SETTINGS_HELP = `
Every option can also be set in the environment (TABSWARM_PUBLIC_URL for --public-url) or in the JSON file that --config
names ({ "publicUrl": … }). A flag comes before the environment, and the environment before the file. In the
environment a switch is true, yes, on or 1, or false, no, off or 0 (TABSWARM_ACCOUNTS=true, TABSWARM_STUN=no).
docs/operation.md explains each of them; "see Accounts" and the like name its sections.`;

/** `tabswarm tracker`: runs the signal tracker and serves the page, until you stop it. */
export function trackerCommand(): Command {
  const command = new Command("tracker").description("run the signal tracker and serve the page");
  return addSettingFlags(command, TRACKER_SETTINGS)
    .addHelpText("after", SETTINGS_HELP)
    .addCommand(backupCommand())
    .action(() => runTracker(command));
}

async function runTracker(command: Command): Promise<void> {
  const { values: settings, warnings, checked } = await settingsOf(command);
  const log = openCommandLog("tracker", settings);
  for (const warning of warnings) log.warn(warning);
  await serve(settings, checked, log).finally(() => endInTime(log));
}

/** Runs the tracker until a signal stops it. */
async function serve(settings: TrackerSettings, checked: Checked, log: Logger): Promise<void> {
  const stopped = stopSignal(); // Before any output: its reader may answer with Ctrl-C at once.
  const tracker = await start(settings, checked, log);
  outliveBugs(log);
  log.info({ port: tracker.port, pageUrl: tracker.pageUrl }, "tracker listens");
  if (settings.json) console.log(JSON.stringify(listeningLine(tracker)));
  else await printAddresses(tracker, settings);

  const signal = await stopped;
  log.info({ signal }, "tracker stops");
  await tracker.drain();
}

/** What several settings say together. */
type Checked = Pick<TrackerOptions, "https" | "turn">;

/** Ends the command as wrong usage if a setting is wrong, wherever it stands. */
async function settingsOf(
  command: Command,
): Promise<ReadSettings<typeof TRACKER_SETTINGS> & { readonly checked: Checked }> {
  try {
    const settings = await readSettings(TRACKER_SETTINGS, command, process.env);
    refuseUnused(settings.values, settings.set);
    return { ...settings, checked: { https: httpsOf(settings.values), turn: turnOf(settings.values) } };
  } catch (error) {
    if (isExplained(error)) command.error(`error: ${printable(error.message)}`);
    throw error;
  }
}

async function start(settings: TrackerSettings, checked: Checked, log: Logger): Promise<RunningTracker> {
  const { host, port, publicUrl, iceServer, trustedProxy, stun, udp, data, metricsToken, json } = settings;
  const { accounts, allowOrigin, allowList, denyList, catalog, catalogDays, nearby, redis } = settings;
  // Imported here, so that other commands start sooner, without the web server.
  const { StartError, startTracker } = await import("#signal-tracker/main.ts");
  try {
    return await startTracker({
      host,
      port,
      publicUrl,
      iceServers: iceServer,
      trustedProxies: trustedProxy,
      stun,
      udp,
      allowList,
      denyList,
      pageFolder: join(packageRoot(), "dist", "web"),
      ...checked,
      dataFolder: data,
      redisUrl: redis,
      metricsToken,
      catalog,
      catalogDays,
      nearby,
      accounts,
      allowedOrigins: allowOrigin,
      log,
    });
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.message, json);
    throw error;
  }
}

function listeningLine(tracker: RunningTracker): object {
  const { port, httpsPort, urls, pageUrl, authorityFingerprint, adminCode } = tracker;
  return { type: "listening", port, httpsPort, urls, pageUrl, authorityFingerprint, adminCode };
}

async function printAddresses(tracker: RunningTracker, settings: TrackerSettings): Promise<void> {
  const isPublic = settings.publicUrl !== undefined;
  const { port, httpsPort, urls, sharedUrl, authorityFingerprint, adminCode } = tracker;
  const ports = httpsPort === undefined ? `port ${port}` : `ports ${port} and ${httpsPort}`;
  console.log(`\nTabswarm listens on ${ports}. Open one of these in a browser:\n`);
  for (const url of urls) console.log(`  ${url}`);
  if (authorityFingerprint !== undefined) {
    console.log(
      `\nBrowsers warn of the https addresses until they trust this machine's certificate authority: ${urls[0]}trust says how.`,
    );
    console.log(`Its SHA-256 fingerprint: ${authorityFingerprint}`);
  }
  if (sharedUrl !== undefined) {
    const code = await qrcode.toString(sharedUrl, { type: "terminal", small: true });
    console.log(`\n${code}\nScan it with a phone${isPublic ? "" : " on the same network"}: ${sharedUrl}`);
  }
  if (adminCode !== undefined) {
    console.log(
      `\nThere is no administrator yet. Register on the page, and enter this code in your account; it works once: ${adminCode}`,
    );
  }
  const forgotten = forgottenThings(settings);
  if (forgotten !== undefined)
    console.log(`\nWithout --data, ${forgotten} end with this process. Pass --data FOLDER to keep them.`);
  console.log("\nPress Ctrl-C to stop.");
}

/** What a restart forgets. Undefined: nothing. */
function forgottenThings({ data, redis, accounts, catalog }: TrackerSettings): string | undefined {
  if (data !== undefined || redis !== undefined || !(accounts || catalog)) return undefined; // Redis keeps them, too.
  return [accounts ? "accounts" : [], catalog ? "published torrents" : []].flat().join(" and ");
}
