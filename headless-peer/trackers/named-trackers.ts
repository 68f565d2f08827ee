import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import { freshIceServers, type IceConfig } from "#shared/driver/ice-servers.ts";
import {
  type FoundTracker,
  type FoundTrackers,
  trackerAsTyped,
  trackersTogether,
  withNamed,
} from "#shared/library/named-trackers.ts";
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

/** The trackers that a person typed. We announce at the addresses as typed, with the key of whoever is logged in there. */
export interface NamedTrackers extends FoundTrackers {
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
  const withKey = (url: TrackerUrl): TrackerUrl => logins.withKey(url);
  const withKeys = found.map((each) => ({ ...each, announceUrls: each.announceUrls.map(withKey) }));
  return { ...trackersTogether(typed, withKeys), withKey };
}

/** Where to announce a torrent that names trackers itself. A typed tracker is not announced to at its public address as well. */
export function withTyped(
  { announceTiers, publicUrls, withKey }: Pick<NamedTrackers, "announceTiers" | "publicUrls" | "withKey">,
  own: TrackerTiers,
): TrackerTiers {
  const known = { announceTiers, publicUrls: publicUrls.map(withKey) };
  return withNamed(
    known,
    own.map((tier) => tier.map(withKey)),
  );
}

/** What one tracker adds. */
interface AskedTracker extends FoundTracker {
  /** As typed. */
  readonly url: TrackerUrl;
  readonly nodeUrls: readonly TrackerUrl[];
}

async function findTracker(
  url: TrackerUrl,
  logins: TrackerLogins,
  warn: (sentence: string) => void,
): Promise<AskedTracker> {
  if (!isTabswarmTracker(url)) return { ...trackerAsTyped(url), url, nodeUrls: [] };
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
