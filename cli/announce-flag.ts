import { InvalidArgumentError } from "commander";
import { askTabswarmTracker, isTabswarmTracker } from "#headless-peer/tabswarm-tracker.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { MAX_TRACKERS, parseTrackerUrl } from "#shared/meta/tracker-url.ts";

/** Reads one URL of a tracker and adds it to those before. */
export function parseAnnounce(text: string, before: readonly TrackerUrl[] = []): readonly TrackerUrl[] {
  const url = parseTrackerUrl(text);
  if (url === undefined) {
    throw new InvalidArgumentError(
      "It is a Tabswarm tracker such as http://192.168.1.5:8000, or an announce URL that begins with http, https, udp, ws or wss.",
    );
  }
  return [...before, url];
}

/**
 * What a torrent names for the trackers that a person typed: a Tabswarm tracker by the addresses under which it says others
 * reach it, any other as it stands. `warn` hears of a Tabswarm tracker that does not answer.
 */
export async function announceUrls(
  typed: readonly TrackerUrl[],
  warn: (sentence: string) => void,
): Promise<readonly TrackerUrl[]> {
  const urls = await Promise.all(
    typed.map(async (url) => {
      if (!isTabswarmTracker(url)) return [url];
      const { announceUrls, guessedBecause } = await askTabswarmTracker(url);
      if (guessedBecause !== undefined) {
        warn(
          `${url} did not tell its public address (${guessedBecause}), so the torrent names ${announceUrls.join(" and ")}.`,
        );
      }
      return announceUrls;
    }),
  );
  const all = [...new Set(urls.flat())];
  if (all.length <= MAX_TRACKERS) return all;
  throw new ProtocolError(
    "tooManyTrackers",
    `A torrent names at most ${MAX_TRACKERS} trackers, and these are ${all.length}. Leave some out.`,
  );
}
