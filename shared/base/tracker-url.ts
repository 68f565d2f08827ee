import type { TrackerUrl } from "./ids.ts";

/** Trackers of one torrent that are used; each costs announces for as long as the torrent runs. */
export const MAX_TRACKERS = 20;

/** Trackers that are read from one link, file or answer. The cap above counts those that can be used. */
export const MAX_NAMED_TRACKERS = 200;

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

/** The trackers among some texts, each once, at most `MAX_NAMED_TRACKERS` of them. */
export function parseTrackerUrls(texts: Iterable<string>): TrackerUrl[] {
  const urls = new Set<TrackerUrl>();
  for (const text of texts) {
    if (urls.size === MAX_NAMED_TRACKERS) break;
    const url = parseTrackerUrl(text);
    if (url !== undefined) urls.add(url);
  }
  return [...urls];
}

/** At most `MAX_TRACKERS` trackers in their tiers: if there are more, those that can be used are kept first. */
export function capTrackers(tiers: TrackerTiers, isUsable: (url: TrackerUrl) => boolean): TrackerTiers {
  const all = tiers.flat();
  const kept = new Set([...new Set([...all.filter(isUsable), ...all])].slice(0, MAX_TRACKERS));
  return tiers.map((tier) => tier.filter((url) => kept.has(url))).filter(({ length }) => length > 0);
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
