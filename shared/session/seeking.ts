import { relaysOffers } from "../base/tracker-url.ts";
import { isStarving, offersToMake, type SwarmCounts, unlinkedPeers } from "../policy/search.ts";
import { type Context, changed, freeLinks, peersSought } from "./context.ts";
import { isUnansweredOffer } from "./peer.ts";
import { makeRoom } from "./room.ts";
import {
  currentTrackers,
  hasSource,
  isComplete,
  isRunning,
  isSeed,
  type Torrent,
  type TrackerEntry,
} from "./torrent.ts";

/** Looks for more peers before the interval is over: while nobody here has what we lack, or while we lack links to some. */
export function seekPeers(context: Context, torrent: Torrent): void {
  const sought = peersSought(context, torrent);
  const isHungry = isStarving({
    isComplete: isComplete(torrent),
    links: torrent.peers.size,
    peersSought: sought,
    hasSource: hasSource(torrent),
    isMeeting: isMeeting(torrent),
  });
  const isSpared = context.introductions?.isEnough(context, torrent) ?? false;
  for (const entry of currentTrackers(torrent)) {
    if (entry.hasCounted) offerNow(context, torrent, entry);
    const isWanting =
      !isSpared && relaysOffers(entry.url) && unlinkedPeers(countsAt(torrent, entry), sought) > 0;
    if (isHungry || isWanting) entry.announcer.seek(context.now);
    else entry.announcer.found();
  }
  changed(context, torrent).marks.add("announces");
}

/** The first announce asks for the counts alone: we make offers only for peers that exist. */
function offerNow(context: Context, torrent: Torrent, entry: TrackerEntry): void {
  entry.hasCounted = false;
  if (entry.offered || offersWanted(context, torrent, entry) === 0) return;
  entry.announcer.offerNow(context.now);
}

/** How many offers to send to a tracker. If all links are taken, a useless one may make room for the first. */
export function offersWanted(context: Context, torrent: Torrent, entry: TrackerEntry): number {
  const { maxPendingOffers } = context.config;
  const sought = peersSought(context, torrent);
  const swarm = countsAt(torrent, entry);
  if (!isRunning(torrent) || !relaysOffers(entry.url) || unlinkedPeers(swarm, sought) === 0) return 0;
  const pending = [...context.peers.values()].filter(
    (peer) => isUnansweredOffer(peer) && peer.introduction.route.tracker === entry.url,
  );
  if (pending.length === 0 && freeLinks(context, torrent) === 0) makeRoom(context, torrent, "rtc", entry.url);
  const room = {
    peersSought: sought,
    maxPendingOffers,
    pendingOffers: pending.length,
    freeLinks: freeLinks(context, torrent),
  };
  return offersToMake(countsAt(torrent, entry), room);
}

function countsAt(torrent: Torrent, { announcer, lostPeers }: TrackerEntry): SwarmCounts {
  const isDone = isComplete(torrent);
  let linked = 0;
  for (const peer of torrent.peers.values())
    if (!isUnansweredOffer(peer) && !(isDone && isSeed(torrent, peer))) linked += 1;
  return { ...announcer.counts, lostPeers, linked, isComplete: isDone };
}

/** A tracker introduced a peer, and the link to it may open at any moment. */
function isMeeting({ peers }: Torrent): boolean {
  return [...peers.values()].some(
    ({ kind, state }) => kind === "rtc" && state.phase === "opening" && !state.awaitsAnswer,
  );
}
