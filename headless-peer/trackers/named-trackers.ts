import { type IceServer, isTabswarmTracker, MAX_ICE_SERVERS } from "#shared/announce/tracker-config.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { hostOf, MAX_TRACKERS, type TrackerTiers } from "#shared/base/tracker-url.ts";
import { freshIceServers, type IceConfig } from "#shared/driver/ice-servers.ts";
import { askTabswarmTracker } from "./tabswarm-tracker.ts";

/** The keys of whoever is logged in at trackers with accounts. */
export interface TrackerLogins {
  /** Undefined: nobody is logged in at the address of that tracker. */
  at(url: TrackerUrl): unknown;
  /** The URL with the key of whoever is logged in there, or as it is. */
  withKey(url: TrackerUrl): TrackerUrl;
  /** The same, now that a tracker has named its nodes. */
  withNodes(tracker: TrackerUrl, nodes: readonly TrackerUrl[]): TrackerLogins;
}

/** Nobody is logged in anywhere. */
export const NO_LOGINS: TrackerLogins = {
  at: () => undefined,
  withKey: (url) => url,
  withNodes: () => NO_LOGINS,
};

/** The trackers that a person typed. */
export interface NamedTrackers {
  /** Where we announce: the addresses as typed, with the key of whoever is logged in there. */
  readonly announceUrls: readonly TrackerUrl[];
  /** Those of them that may be in a private network, whatever their paths and ports: what a tracker says of other hosts is not trusted. */
  readonly trusted: ReadonlySet<TrackerUrl>;
  /** The same: the nodes of one Tabswarm tracker are alternatives to each other (BEP 12). */
  readonly announceTiers: TrackerTiers;
  /** What torrents and links name: a Tabswarm tracker by the public addresses that it reports, any other as typed. */
  readonly publicUrls: readonly TrackerUrl[];
  /** The page of the first Tabswarm tracker, for share links. Undefined without one. */
  readonly pageUrl: string | undefined;
  /** The STUN and TURN servers of the Tabswarm trackers, for the next link over WebRTC. */
  readonly iceServers: () => readonly IceServer[];
  /** Adds the key of whoever is logged in at that tracker. Only for announces: a key is a secret. */
  readonly withKey: (url: TrackerUrl) => TrackerUrl;
}

/**
 * Asks each Tabswarm tracker that a person typed for its public addresses and its page. Tells `warn` when one does not answer.
 */
export async function findTrackers(
  typed: readonly TrackerUrl[],
  kept: TrackerLogins,
  warn: (sentence: string) => void,
): Promise<NamedTrackers> {
  const found = await Promise.all(typed.map((url) => findTracker(url, kept, warn)));
  const logins = found.reduce((all, { url, nodeUrls }) => all.withNodes(url, nodeUrls), kept);
  const unique = (urls: readonly TrackerUrl[]): readonly TrackerUrl[] => [...new Set(urls)];
  const withKey = (url: TrackerUrl): TrackerUrl => logins.withKey(url);
  const announceUrls = unique(found.flatMap((tracker) => tracker.announceUrls).map(withKey));
  const typedHosts = new Set(typed.map(hostOf));
  const trusted = new Set(announceUrls.filter((url) => typedHosts.has(hostOf(url))));
  const left = new Set(announceUrls);
  const announceTiers = found
    .map((tracker) => tracker.announceUrls.map(withKey).filter((url) => left.delete(url)))
    .filter(({ length }) => length > 0);
  const publicUrls = unique(found.flatMap((tracker) => tracker.publicUrls));
  const count = Math.max(announceUrls.length, publicUrls.length);
  if (count > MAX_TRACKERS) {
    throw new UsageError(
      "tooManyTrackers",
      `A torrent names at most ${MAX_TRACKERS} trackers, not ${count}. Leave some out.`,
    );
  }
  const pageUrl = found.find((tracker) => tracker.pageUrl !== undefined)?.pageUrl;
  const iceServers = (): readonly IceServer[] =>
    found.flatMap((tracker) => tracker.iceServers()).slice(0, MAX_ICE_SERVERS);
  return { announceUrls, trusted, announceTiers, publicUrls, pageUrl, iceServers, withKey };
}

/** Where to announce a torrent that names trackers itself. A typed tracker is not announced to at its public address as well. */
export function withTyped(
  { announceUrls, announceTiers, publicUrls, withKey }: Omit<NamedTrackers, "trusted">,
  own: TrackerTiers,
): TrackerTiers {
  const typed = new Set([...announceUrls, ...publicUrls.map(withKey)]);
  const others = own.map((tier) => tier.map(withKey).filter((url) => !typed.has(url)));
  return [...announceTiers, ...others].filter(({ length }) => length > 0);
}

/** What one tracker adds. */
interface FoundTracker extends Omit<NamedTrackers, "withKey" | "announceTiers" | "trusted"> {
  /** As typed. */
  readonly url: TrackerUrl;
  readonly nodeUrls: readonly TrackerUrl[];
}

async function findTracker(
  url: TrackerUrl,
  logins: TrackerLogins,
  warn: (sentence: string) => void,
): Promise<FoundTracker> {
  if (!isTabswarmTracker(url))
    return {
      ...{ url, nodeUrls: [], announceUrls: [url], publicUrls: [url] },
      ...{ pageUrl: undefined, iceServers: () => [] },
    };
  const { guessedBecause, ice, hasAccounts, ...tracker } = await askTabswarmTracker(url);
  if (guessedBecause !== undefined) {
    const names = tracker.publicUrls.join(" and ");
    warn(`${url} did not tell its public address (${guessedBecause}), so the torrent names ${names}.`);
  }
  if (hasAccounts && logins.at(url) === undefined)
    warn(`${url} is for people with an account. Log in with: tabswarm login --tracker ${url}`);
  const again = async (): Promise<IceConfig> => (await askTabswarmTracker(url)).ice;
  return { ...tracker, url, iceServers: freshIceServers(ice, Date.now, again).servers };
}
