import { access } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { type IpRange, parseIpRange } from "#shared/base/ip.ts";
import { openParts } from "./assembly/open-parts.ts";
import { openTracker } from "./assembly/open-tracker.ts";
import type { RunningTracker, TrackerOptions } from "./assembly/options.ts";
import { systemRandom } from "./assembly/system-random.ts";
import { resolveHost, StartError, UdpPortBusy } from "./transport/listen.ts";

export type { HttpsWish } from "./assembly/open-https.ts";
export { backUpRecords } from "./assembly/open-records.ts";
export type { RunningTracker, TrackerOptions } from "./assembly/options.ts";
export { RecordFileError } from "./store/record-file-error.ts";
export type { IceServer } from "./transport/config.ts";
export { StartError } from "./transport/listen.ts";
export type { TurnOptions } from "./transport/turn.ts";

/** Ports to try, to find one that is free for both TCP and UDP, when any will do. */
const ANY_PORT_TRIES = 10;

/** How to run a tracker. All of it may be left out. */
export interface StartOptions extends Partial<Omit<TrackerOptions, "trustedProxies">> {
  /** Reverse proxies that are trusted to name the client, such as `10.0.0.0/8`. Absent: those on this machine. */
  readonly trustedProxies?: readonly (IpRange | string)[] | undefined;
}

/** What `tabswarm tracker` does without flags, but for the page and the log. */
const DEFAULTS = { host: "0.0.0.0", port: 8_000, stun: true };

/**
 * In a server of somebody else, only what introduces peers: `/api` and `/nearby` may be taken there, and UDP needs a port of one's own.
 */
const EMBEDDED = { catalog: false, nearby: false, udp: false, stun: false };

/**
 * Opens the ports and serves until `close`. With `server`, an HTTP server that may or may not listen yet, it answers `/announce`, `/scrape`
 * and `/config.json` there, and WebSockets where announces go; all else stays with whoever answered it before. Call it after they have
 * added their listeners. Rejects with a `StartError`.
 */
export async function startTracker(wanted: StartOptions = {}): Promise<RunningTracker> {
  const options = optionsOf(wanted);
  if (options.pageFolder !== undefined) await requirePage(options.pageFolder);
  const boundAddress = await resolveHost(options.host);
  const parts = await openParts({ ...options, random: systemRandom });
  const tries = options.port === 0 ? ANY_PORT_TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await openTracker(options, boundAddress, parts);
    } catch (error) {
      if (attempt < tries && error instanceof UdpPortBusy) continue;
      await parts.close();
      throw error;
    }
  }
}

function optionsOf(wanted: StartOptions): TrackerOptions {
  const { server, trustedProxies, log = pino({ level: "silent" }) } = wanted;
  const defaults = server === undefined ? DEFAULTS : { ...DEFAULTS, ...EMBEDDED };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const options: TrackerOptions = {
    ...defaults,
    ...given,
    log,
    trustedProxies: trustedProxies?.map(rangeOf),
  };
  if (server !== undefined && (options.udp === true || options.stun || wanted.https !== undefined))
    throw new StartError(
      "In somebody else's server the tracker has no port for UDP, STUN or https. Leave them out, or start it without `server`.",
    );
  return options;
}

function rangeOf(proxy: IpRange | string): IpRange {
  const range = typeof proxy === "string" ? parseIpRange(proxy) : proxy;
  if (range !== undefined) return range;
  throw new StartError(
    `The trusted proxy ${String(proxy)} is no address or range. Pass one such as 10.0.0.0/8.`,
  );
}

async function requirePage(folder: string): Promise<void> {
  try {
    await access(join(folder, "index.html"));
  } catch {
    throw new StartError(`The page is not in ${folder}. Build it with: npm run build`);
  }
}
