import type { TrackerUrl } from "./ids.ts";

/** Trackers of one torrent, more are left out: each costs announces for as long as the torrent runs. */
export const MAX_TRACKERS = 20;

/** Room for a long passkey; more is no address. */
export const MAX_TRACKER_URL_CHARACTERS = 1_024;

/** Trackers in groups of alternatives, as a .torrent file names them (BEP 12). */
export type TrackerTiers = readonly (readonly TrackerUrl[])[];

const SCHEME = /^(https?|wss?|udp):\/\//i;

/**
 * Reads a tracker's announce URL and writes it as every other spelling of the same tracker is written. Undefined: it is
 * no URL with a host, too long, names port 0, or holds credentials or a scheme that no tracker has.
 */
export function parseTrackerUrl(text: string): TrackerUrl | undefined {
  const trimmed = text.trim();
  const scheme = SCHEME.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined || trimmed.length > MAX_TRACKER_URL_CHARACTERS) return undefined;

  // Some browsers do not look for a host behind `udp:`. Port 80 is also what libtorrent takes when there is none.
  const url = parseUrl(scheme === "udp" ? `http${trimmed.slice(3)}` : trimmed);
  if (url === undefined || url.username !== "" || url.password !== "" || url.port === "0") return undefined;
  const normal =
    scheme === "udp"
      ? `udp://${url.hostname}:${url.port || "80"}${url.pathname === "/" ? "" : url.pathname}${url.search}`
      : `${scheme}://${url.host}${url.pathname}${url.search}`;
  return normal.length <= MAX_TRACKER_URL_CHARACTERS ? (normal as TrackerUrl) : undefined;
}

/** The trackers among some texts, each once, at most `MAX_TRACKERS` of them. */
export function parseTrackerUrls(texts: Iterable<string>): TrackerUrl[] {
  const urls = new Set<TrackerUrl>();
  for (const text of texts) {
    if (urls.size === MAX_TRACKERS) break;
    const url = parseTrackerUrl(text);
    if (url !== undefined) urls.add(url);
  }
  return [...urls];
}

/** Trackers of which none is an alternative to another one: all are announced to. */
export function eachAlone(trackers: readonly TrackerUrl[]): TrackerTiers {
  return trackers.map((url) => [url]);
}

/** Whether a tracker speaks over WebSocket and relays offers. Those over HTTP and UDP tell addresses. */
export function relaysOffers(tracker: TrackerUrl): boolean {
  return tracker.startsWith("ws");
}

/** Host and port of a tracker as its URL names them: without the port where it is the usual one of its scheme. */
export function hostOf(tracker: TrackerUrl): string | undefined {
  return tracker.split(/[/?]/, 3)[2];
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
