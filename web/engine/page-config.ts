import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** What the tracker that served the page says of itself (`GET /config.json`). */
export interface PageConfig {
  /** The page's address that works on other machines, for links. */
  readonly pageUrl: string;
  /** The tracker's public URLs, for magnet links. */
  readonly trackers: readonly TrackerUrl[];
  readonly iceServers: readonly RTCIceServer[];
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const MAX_ICE_SERVERS = 10; // More make gathering slow, and browsers warn.

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
  const said: Partial<Record<string, unknown>> =
    typeof answer === "object" && answer !== null ? { ...answer } : {};
  const ownPage = new URL("/", location.href).href;
  const { pageUrl, trackers, iceServers } = said;
  const isLocal = LOOPBACK.test(location.hostname);
  return {
    pageUrl: isLocal && typeof pageUrl === "string" && isHttpUrl(pageUrl) ? pageUrl : ownPage,
    trackers: Array.isArray(trackers) ? trackers.flatMap(readTracker) : [],
    iceServers: Array.isArray(iceServers) ? iceServers.flatMap(readIceServer).slice(0, MAX_ICE_SERVERS) : [],
  };
}

/** The tracker's WebSocket at the address from which the page came. */
export function ownTracker(location: Location): TrackerUrl {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = parseTrackerUrl(`${scheme}//${location.host}/announce`);
  if (url === undefined) throw new Error(`no tracker can be at ${location.host}`);
  return url;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}

function readTracker(text: unknown): TrackerUrl[] {
  const url = typeof text === "string" ? parseTrackerUrl(text) : undefined;
  return url === undefined ? [] : [url];
}

function readIceServer(server: unknown): RTCIceServer[] {
  if (typeof server !== "object" || server === null || !("urls" in server)) return [];
  const { urls } = server;
  const isList = Array.isArray(urls) && urls.every((url) => typeof url === "string");
  if (typeof urls !== "string" && !isList) return [];
  const credentials = ["username", "credential"].flatMap((field) => {
    const value: unknown = Reflect.get(server, field);
    return typeof value === "string" ? [[field, value]] : [];
  });
  return [{ urls, ...Object.fromEntries(credentials) }];
}
