import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { mayBeCalled } from "#shared/base/tracker-rule.ts";
import {
  hostOf,
  MAX_NAMED_TRACKERS,
  MAX_TRACKERS,
  parseTrackerUrl,
  relaysOffers,
} from "#shared/base/tracker-url.ts";
import { type Item, linkedTorrent } from "./item.ts";
import type { TorrentLinks } from "./torrent-links.ts";
import type { TorrentList } from "./torrent-list.ts";

// This is loaded once a person changes the trackers of a torrent.

/**
 * Announces a torrent to one more tracker from now on. Throws a `UsageError` with what to do instead if the page cannot ask it, the
 * torrent has it already, may have no other (BEP 27) or has too many: each costs announces for as long as the torrent runs.
 */
export async function addTracker(list: TorrentList, item: Item, address: string): Promise<void> {
  const linked = linkedTorrent(item, undefined);
  if (linked.isPrivate) throw isPrivate();
  const url = usableTracker(address, list.links);
  const listed = list.links.listed(linked);
  if (list.links.isOwn(url) || listed.some((other) => other.url === withoutKey(url))) {
    throw new UsageError("duplicate", "This torrent has that tracker already.");
  }
  const { trackers } = item.record;
  const announced = listed.filter(({ isReachable }) => isReachable);
  if (announced.length >= MAX_TRACKERS || trackers.length >= MAX_NAMED_TRACKERS) {
    const most = announced.length >= MAX_TRACKERS ? MAX_TRACKERS : MAX_NAMED_TRACKERS;
    throw new UsageError(
      "tooMany",
      `A torrent has ${most} trackers at most. Take out one of the others first.`,
    );
  }
  const kept = list.keep(item, { trackers: [...trackers, url] });
  list.announceAgain(item);
  await kept;
}

/** Leaves a tracker, which is told so. `url`: without its key. Changes nothing of private torrents and the page's own tracker. */
export async function removeTracker(list: TorrentList, item: Item, url: TrackerUrl): Promise<void> {
  const isGone = (one: TrackerUrl): boolean => withoutKey(one) === url && !list.links.isOwn(one);
  const { trackers } = item.record;
  if (linkedTorrent(item, undefined).isPrivate || !trackers.some(isGone)) return;
  const kept = list.keep(item, { trackers: trackers.filter((one) => !isGone(one)) });
  list.announceAgain(item);
  await kept;
}

function isPrivate(): UsageError {
  return new UsageError(
    "private",
    "This torrent is private: only the trackers that it names may know of it, so you cannot add others.",
  );
}

/** What a person typed, as the address of a tracker that this page can ask. */
function usableTracker(address: string, links: TorrentLinks): TrackerUrl {
  const url = parseTrackerUrl(address);
  if (url === undefined) {
    throw new UsageError(
      "notATracker",
      "That is no address of a tracker. Type one such as wss://tracker.example.org/announce.",
    );
  }
  if (!relaysOffers(url)) {
    throw new UsageError(
      "notWebSocket",
      `A browser can ask only trackers whose address begins with wss:// or ws://. If ${hostOf(url)} speaks WebSocket, type that address.`,
    );
  }
  if (!links.isReachable(url)) {
    throw new UsageError(
      "notSecure",
      "This page is on https, so the browser lets it ask only trackers whose address begins with wss://.",
    );
  }
  if (!mayBeCalled(url)) {
    throw new UsageError(
      "privateAddress",
      "That address is in a private network and does not look like a tracker's. There, the path must be / or /announce and the port 1024 or higher.",
    );
  }
  return url;
}
