import { type IceServer, MAX_ICE_SERVERS } from "../announce/tracker-config.ts";
import { UsageError } from "../base/errors.ts";
import type { TrackerUrl } from "../base/ids.ts";
import { hostOf, MAX_TRACKERS, type TrackerTiers } from "../base/tracker-url.ts";

/** What one tracker says of itself that somebody named. */
export interface FoundTracker {
  /** Where to announce; the nodes of one Tabswarm tracker are alternatives to each other (BEP 12). */
  readonly announceUrls: readonly TrackerUrl[];
  /** What torrents and links name. */
  readonly publicUrls: readonly TrackerUrl[];
  /** Undefined: it has no page. */
  readonly pageUrl: string | undefined;
  /** Its STUN and TURN servers, for the next link over WebRTC. */
  readonly iceServers: () => readonly IceServer[];
}

/** All trackers that somebody named. */
export interface FoundTrackers extends FoundTracker {
  /** `announceUrls`, each once, those of one tracker in one tier. */
  readonly announceTiers: TrackerTiers;
  /** Those of them that may be in a private network, whatever their paths and ports: what a tracker says of other hosts is not trusted. */
  readonly trusted: ReadonlySet<TrackerUrl>;
  /** The page of the first that has one. */
  readonly pageUrl: string | undefined;
}

/** A tracker that is used as somebody typed it. */
export function trackerAsTyped(url: TrackerUrl): FoundTracker {
  return { announceUrls: [url], publicUrls: [url], pageUrl: undefined, iceServers: () => [] };
}

/** Puts together what the trackers say that somebody typed. Throws a `UsageError` if they are more than a torrent can name. */
export function trackersTogether(
  typed: readonly TrackerUrl[],
  found: readonly FoundTracker[],
): FoundTrackers {
  const typedHosts = new Set(typed.map(hostOf));
  const announceUrls = [...new Set(found.flatMap((tracker) => tracker.announceUrls))];
  const left = new Set(announceUrls);
  const announceTiers = found
    .map((tracker) => tracker.announceUrls.filter((url) => left.delete(url)))
    .filter(({ length }) => length > 0);
  const publicUrls = [...new Set(found.flatMap((tracker) => tracker.publicUrls))];
  const count = Math.max(announceUrls.length, publicUrls.length);
  if (count > MAX_TRACKERS) {
    throw new UsageError(
      "tooManyTrackers",
      `A torrent names at most ${MAX_TRACKERS} trackers, not ${count}. Leave some out.`,
    );
  }
  return {
    ...{ announceUrls, announceTiers, publicUrls },
    trusted: new Set(announceUrls.filter((url) => typedHosts.has(hostOf(url)))),
    pageUrl: found.find(({ pageUrl }) => pageUrl !== undefined)?.pageUrl,
    iceServers: () => found.flatMap((tracker) => tracker.iceServers()).slice(0, MAX_ICE_SERVERS),
  };
}

/** Where to announce a torrent that names trackers itself. One that somebody named is not announced to at its public address as well. */
export function withNamed(
  { announceTiers, publicUrls }: Pick<FoundTrackers, "announceTiers" | "publicUrls">,
  own: TrackerTiers,
): TrackerTiers {
  const named = new Set([...announceTiers.flat(), ...publicUrls]);
  const others = own.map((tier) => tier.filter((url) => !named.has(url)));
  return [...announceTiers, ...others].filter(({ length }) => length > 0);
}
