import { askTabswarmTracker, isTabswarmTracker } from "#headless-peer/trackers/tabswarm-tracker.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { MAX_TRACKERS } from "#shared/base/tracker-url.ts";

/** The trackers that a person typed, as torrents and links name them. */
export interface NamedTrackers {
  /** A Tabswarm tracker by the addresses under which it says others reach it, any other as it stands. */
  readonly announceUrls: readonly TrackerUrl[];
  /** The page of the first Tabswarm tracker, for share links. Undefined: there is none. */
  readonly pageUrl: string | undefined;
}

/**
 * Finds out what the trackers that a person typed are called elsewhere, and where their page is. `warn` hears of a Tabswarm
 * tracker that does not answer.
 */
export async function findTrackers(
  typed: readonly TrackerUrl[],
  warn: (sentence: string) => void,
): Promise<NamedTrackers> {
  const found = await Promise.all(typed.map((url) => findTracker(url, warn)));
  const announceUrls = [...new Set(found.flatMap((tracker) => tracker.announceUrls))];
  if (announceUrls.length > MAX_TRACKERS) {
    throw new ProtocolError(
      "tooManyTrackers",
      `A torrent names at most ${MAX_TRACKERS} trackers, and these are ${announceUrls.length}. Leave some out.`,
    );
  }
  return { announceUrls, pageUrl: found.find(({ pageUrl }) => pageUrl !== undefined)?.pageUrl };
}

async function findTracker(url: TrackerUrl, warn: (sentence: string) => void): Promise<NamedTrackers> {
  if (!isTabswarmTracker(url)) return { announceUrls: [url], pageUrl: undefined };
  const { announceUrls, pageUrl, guessedBecause } = await askTabswarmTracker(url);
  if (guessedBecause !== undefined) {
    warn(
      `${url} did not tell its public address (${guessedBecause}), so the torrent names ${announceUrls.join(" and ")}.`,
    );
  }
  return { announceUrls, pageUrl };
}
