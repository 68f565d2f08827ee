import type { TrackerUrl } from "./ids.ts";

/** Trackers that we use for one torrent; each costs announces for as long as the torrent runs. */
export const MAX_TRACKERS = 20;

/** Trackers that we read from one link, file or answer. Usable ones come first under the cap above. */
export const MAX_NAMED_TRACKERS = 200;

/** Room for a long passkey. */
export const MAX_TRACKER_URL_CHARACTERS = 1_024;

/** Trackers in tiers of alternatives, as in a .torrent file (BEP 12). */
export type TrackerTiers = readonly (readonly TrackerUrl[])[];

const SCHEME = /^(https?|wss?|udp):\/\//i;

/**
 * Parses and normalises a tracker's announce URL, so that different spellings of one tracker compare equal. Undefined if it
 * has no host, is too long, names port 0, contains credentials or has a scheme that no tracker uses.
 */
export function parseTrackerUrl(text: string): TrackerUrl | undefined {
  const trimmed = text.trim();
  const scheme = SCHEME.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined || trimmed.length > MAX_TRACKER_URL_CHARACTERS) return undefined;

  // Some browsers do not parse a host after `udp:`. libtorrent also defaults to port 80.
  const url = parseUrl(scheme === "udp" ? `http${trimmed.slice(3)}` : trimmed);
  if (url === undefined || url.username !== "" || url.password !== "" || url.port === "0") return undefined;
  const normal =
    scheme === "udp"
      ? `udp://${url.hostname}:${url.port || "80"}${url.pathname === "/" ? "" : url.pathname}${url.search}`
      : `${scheme}://${url.host}${url.pathname}${url.search}`;
  return normal.length <= MAX_TRACKER_URL_CHARACTERS ? (normal as TrackerUrl) : undefined;
}

/** The valid tracker URLs among some texts, without duplicates, at most `MAX_NAMED_TRACKERS`. */
export function parseTrackerUrls(texts: Iterable<string>): TrackerUrl[] {
  const urls = new Set<TrackerUrl>();
  for (const text of texts) {
    if (urls.size === MAX_NAMED_TRACKERS) break;
    const url = parseTrackerUrl(text);
    if (url !== undefined) urls.add(url);
  }
  return [...urls];
}

/** Keeps at most `MAX_TRACKERS` trackers in their tiers, usable ones first. */
export function capTrackers(tiers: TrackerTiers, isUsable: (url: TrackerUrl) => boolean): TrackerTiers {
  const all = tiers.flat();
  const kept = new Set([...new Set([...all.filter(isUsable), ...all])].slice(0, MAX_TRACKERS));
  return tiers.map((tier) => tier.filter((url) => kept.has(url))).filter(({ length }) => length > 0);
}

/** Puts each tracker into a tier of its own, so that we announce to all of them. */
export function eachAlone(trackers: readonly TrackerUrl[]): TrackerTiers {
  return trackers.map((url) => [url]);
}

/** Whether a tracker speaks WebSocket and relays offers. HTTP and UDP trackers return addresses instead. */
export function relaysOffers(tracker: TrackerUrl): boolean {
  return tracker.startsWith("ws");
}

/** A tracker's host and port as in its URL: http(s) and ws(s) leave out their default port. */
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
