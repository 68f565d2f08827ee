import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { MAX_TRACKERS, parseTrackerUrl, type TrackerTiers } from "#shared/base/tracker-url.ts";

/**
 * The trackers that a torrent names, once some are added and some taken out. `own`: those of the daemon, which every torrent has.
 * Throws a `UsageError` for an address that cannot be one, and for more than a torrent is announced to.
 */
export function changedTrackers(
  named: TrackerTiers,
  own: readonly TrackerUrl[],
  added: readonly string[],
  removed: readonly string[],
): TrackerTiers {
  const gone = new Set(removed);
  const kept = named
    .map((tier) => tier.filter((url) => !gone.has(withoutKey(url))))
    .filter(({ length }) => length > 0);
  const known = new Set([...own, ...kept.flat()].map(withoutKey));
  const fresh = added.map(readAddress).filter((url) => !known.has(withoutKey(url)));
  const all = [...kept, ...[...new Set(fresh)].map((url) => [url])];
  if (fresh.length > 0 && own.length + all.flat().length > MAX_TRACKERS)
    throw new UsageError(
      "tooManyTrackers",
      `A torrent has ${MAX_TRACKERS} trackers at most. Take out one of the others first.`,
    );
  return all;
}

function readAddress(text: string): TrackerUrl {
  const url = parseTrackerUrl(text);
  if (url !== undefined) return url;
  throw new UsageError(
    "notATracker",
    "That is no address of a tracker. Name one such as http://tracker.example.org:8000/announce.",
  );
}
