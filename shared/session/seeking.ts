import { relaysOffers } from "../base/tracker-url.ts";
import { type Context, changed, freeLinks } from "./context.ts";
import { isUnansweredOffer } from "./peer.ts";
import { makeRoom } from "./room.ts";
import { currentTrackers, isComplete, isRunning, type Torrent, type TrackerEntry } from "./torrent.ts";

/** Looks for more peers before the interval is over: while nobody here has what we lack, or while we lack links to some. */
export function seekPeers(context: Context, torrent: Torrent): void {
  const isStarving =
    !isComplete(torrent) &&
    torrent.peers.size < context.config.peersSought &&
    !hasSource(torrent) &&
    !isMeeting(torrent);
  for (const entry of currentTrackers(torrent)) {
    if (entry.hasCounted) offerNow(context, torrent, entry);
    if (isStarving || unlinkedPeers(context, torrent, entry) > 0) entry.announcer.seek(context.now);
    else entry.announcer.found();
  }
  changed(context, torrent).announces = true;
}

/** The first announce asks for the counts alone: we make offers only for peers that exist. */
function offerNow(context: Context, torrent: Torrent, entry: TrackerEntry): void {
  entry.hasCounted = false;
  if (entry.offered || offersWanted(context, torrent, entry) === 0) return;
  entry.announcer.offerNow(context.now);
}

/** How many offers to make. The tracker hands them out blindly, so some go to peers that we are linked to. */
export function offersWanted(context: Context, torrent: Torrent, entry: TrackerEntry): number {
  const others = othersAt(torrent, entry);
  const wanted = unlinkedPeers(context, torrent, entry);
  if (wanted === 0) return 0;
  const pending = [...context.peers.values()].filter(
    (peer) => isUnansweredOffer(peer) && peer.introduction.tracker === entry.url,
  );
  if (pending.length === 0 && freeLinks(context) === 0) makeRoom(context, "rtc", entry.url);
  return Math.max(
    0,
    Math.min(
      Math.ceil((wanted * others) / (others - linkedCount(torrent))),
      context.config.maxPendingOffers - pending.length,
      freeLinks(context),
    ),
  );
}

function hasSource({ peers, content }: Torrent): boolean {
  return content !== undefined && [...peers.values()].some(({ link }) => content.picker.isInteresting(link));
}

/** A tracker introduced a peer, and the link to it may open at any moment. */
function isMeeting({ peers }: Torrent): boolean {
  return [...peers.values()].some(
    ({ kind, state }) => kind === "rtc" && state.phase === "opening" && !state.awaitsAnswer,
  );
}

/** How many peers at this tracker, as far as we know, we could have and are not linked to. */
function unlinkedPeers(context: Context, torrent: Torrent, entry: TrackerEntry): number {
  if (!isRunning(torrent) || !relaysOffers(entry.url)) return 0;
  const linked = linkedCount(torrent);
  return Math.max(0, Math.min(othersAt(torrent, entry), context.config.peersSought) - linked);
}

/** Useful peers at a tracker: seeders do not look for seeders. */
function othersAt(torrent: Torrent, { announcer, lostPeers }: TrackerEntry): number {
  const { seeders, leechers } = announcer.counts;
  const counted = isComplete(torrent) ? leechers : seeders + leechers - 1; // We are one of the leechers.
  return lostPeers === 0 ? counted : Math.max(counted, linkedCount(torrent) + lostPeers);
}

/** Links, without our unanswered offers. */
function linkedCount({ peers }: Torrent): number {
  let count = 0;
  for (const peer of peers.values()) if (!isUnansweredOffer(peer)) count += 1;
  return count;
}
