import { type IceServer, parseTrackerConfig } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** What the page needs to know of the tracker that served it. */
export interface PageConfig {
  /** The page's address that works on other machines, for links. */
  readonly pageUrl: string;
  /** The tracker's public URLs, for magnet links. */
  readonly trackers: readonly TrackerUrl[];
  readonly iceServers: readonly IceServer[];
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Asks the tracker. When it is away the page still works with what its own address tells. */
export async function loadPageConfig(location: Location): Promise<PageConfig> {
  try {
    const response = await fetch(new URL("/config.json", location.href));
    if (response.ok) return readPageConfig(await response.json(), location);
  } catch {
    // Falls through: the tracker is announced to again and again, and what it says then is not needed for that.
  }
  return readPageConfig({}, location);
}

/** Reads the answer; what is missing or malformed is replaced by what the page's address says. */
export function readPageConfig(answer: unknown, location: Location): PageConfig {
  const { pageUrl, ...config } = parseTrackerConfig(answer);
  const isLocal = LOOPBACK.test(location.hostname);
  return { ...config, pageUrl: (isLocal ? pageUrl : undefined) ?? new URL("/", location.href).href };
}

/** The tracker's WebSocket at the address from which the page came. */
export function ownTracker(location: Location): TrackerUrl {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = parseTrackerUrl(`${scheme}//${location.host}/announce`);
  if (url === undefined) throw new Error(`no tracker can be at ${location.host}`);
  return url;
}
