import { type IceServer, parseTrackerConfig } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** What the page needs to know about the tracker that served it. */
export interface PageConfig {
  /** The page's address that works on other machines, for links. */
  readonly pageUrl: string;
  /** The tracker's public URLs, for magnet links. */
  readonly trackers: readonly TrackerUrl[];
  readonly iceServers: readonly IceServer[];
  readonly iceLifetimeSeconds: number | undefined;
  /** Whether its page `/trust` says how to trust its certificate. */
  readonly trust: boolean;
  readonly catalog: boolean;
  /** Whether people nearby find each other through it. */
  readonly nearby: boolean;
  /** Its accounts. Undefined: it has none. */
  readonly accounts: { readonly isRegistrationOpen: boolean } | undefined;
  /** How much faster this device's clock is than the tracker's. Undefined: it has not told the time. */
  readonly clockErrorMillis: number | undefined;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** A network that accepts connections but answers nothing must not keep the page from starting. */
const PATIENCE_MILLIS = 5_000;

/** Asks the tracker. If the tracker is down or silent, the page's own address is enough to work with. */
export async function loadPageConfig(location: Location): Promise<PageConfig> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MILLIS);
    const ask = () => fetch(new URL("/config.json", location.href), { signal });
    const response = await ask().catch(ask); // The first request may have failed because the network was changing.
    const clockErrorMillis = clockError(response.headers.get("date"), Date.now());
    if (response.ok) return { ...readPageConfig(await response.json(), location), clockErrorMillis };
  } catch {
    // Falls through. The page keeps announcing to the tracker, and does not need the configuration for that.
  }
  return { ...readPageConfig({}, location), clockErrorMillis: undefined };
}

/**
 * How much faster a clock that says `now` is than the one of a `Date` header, both in milliseconds since 1970. The header has whole
 * seconds, and the answer took a moment. Undefined: there is no such header, or no date in it.
 */
function clockError(date: string | null, now: number): number | undefined {
  const told = Date.parse(date ?? "");
  return Number.isNaN(told) ? undefined : now - told;
}

/** Reads the answer. The page's address replaces what is missing or malformed. */
export function readPageConfig(answer: unknown, location: Location): Omit<PageConfig, "clockErrorMillis"> {
  const { pageUrl, ...config } = parseTrackerConfig(answer);
  const isLocal = LOOPBACK.test(location.hostname);
  return { ...config, pageUrl: (isLocal ? pageUrl : undefined) ?? new URL("/", location.href).href };
}

/** The tracker's WebSocket, at the page's own address. */
export function ownTracker(location: Location): TrackerUrl {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = parseTrackerUrl(`${scheme}//${location.host}/announce`);
  if (url === undefined) throw new Error(`no tracker can be at ${location.host}`);
  return url;
}
