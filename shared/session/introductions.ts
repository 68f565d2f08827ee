import type { AnnounceEvent } from "../announce/announce.ts";
import { bytesToHex } from "../base/bytes.ts";
import { type Millis, millis, type OfferId, type TrackerUrl } from "../base/ids.ts";
import { hostOf, relaysOffers, type TrackerTiers } from "../base/tracker-url.ts";
import { Announcer } from "../policy/announcer.ts";
import { Budget } from "../policy/budget.ts";
import { separateTiers, Tier } from "../policy/tiers.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, freeLinks } from "./context.ts";
import type { Input, OfferedLink } from "./effect.ts";
import { closeLink } from "./links.ts";
import { type Introduction, isUnansweredOffer, type Peer } from "./peer.ts";
import { makeRoom } from "./room.ts";
import { offersWanted, seekPeers } from "./seeking.ts";
import {
  allTrackers,
  bytesLeft,
  currentTrackers,
  isRunning,
  type Torrent,
  type TrackerEntry,
} from "./torrent.ts";
import { freeSlots } from "./upload.ts";

/** Enters the swarm: announces to one tracker of each tier at once. Trackers that know us already keep their state. */
export function startAnnouncing(context: Context, torrent: Torrent): void {
  const { now, config, random } = context;
  const known = new Map(allTrackers(torrent).map((entry) => [entry.url, entry]));
  const entryOf = (url: TrackerUrl): TrackerEntry =>
    known.get(url) ?? {
      url,
      announcer: new Announcer(now, config.announcer, random),
      offers: new Budget(config.offersAccepted),
      offered: false,
      lostPeers: 0,
      left: undefined,
    };
  torrent.tiers = torrent.trackerTiers.map((urls) => new Tier(urls.map(entryOf), random));
  announceDue(context, torrent);
}

/** Leaves the swarm, and tells the trackers that know us. */
export function stopAnnouncing(context: Context, torrent: Torrent): void {
  sayGoodbye(context, torrent, allTrackers(torrent));
  torrent.tiers = [];
}

/** Announces to these trackers from now on, and to no others. */
export function changeTrackers(context: Context, torrent: Torrent, tiers: TrackerTiers): void {
  torrent.trackerTiers = separateTiers(tiers, context.config.maxTrackers);
  const wanted = new Set(torrent.trackerTiers.flat());
  const gone = allTrackers(torrent).filter(({ url }) => !wanted.has(url));
  sayGoodbye(context, torrent, gone);
  if (isRunning(torrent)) startAnnouncing(context, torrent);
}

function sayGoodbye(context: Context, torrent: Torrent, trackers: readonly TrackerEntry[]): void {
  for (const entry of trackers) {
    const { state } = entry.announcer;
    const isKnown = state === "working" || state === "connecting"; // A connecting one may have heard of us.
    if (isKnown) announce(context, torrent, entry, "stopped", []);
  }
}

export function completedAtTrackers(context: Context, torrent: Torrent): void {
  for (const { announcer } of allTrackers(torrent)) announcer.completed(context.now);
  announceDue(context, torrent);
}

/** We had everything already, but some trackers count us as a leecher. It was no download, so not `completed` (BEP 3). */
export function foundCompleteAtTrackers(context: Context, torrent: Torrent): void {
  for (const { announcer, left } of allTrackers(torrent))
    if (left !== 0) announcer.foundComplete(context.now);
  announceDue(context, torrent);
}

/** Sends every announce that is due, with offers for as many peers as we lack and the tracker has. */
export function announceDue(context: Context, torrent: Torrent): void {
  for (const entry of currentTrackers(torrent)) {
    const event = entry.announcer.takeDue(context.now);
    if (event === undefined) continue;
    const count = event === "completed" ? 0 : offersWanted(context, torrent, entry);
    announce(context, torrent, entry, event, makeOffers(context, torrent, entry.url, count));
  }
}

export function announceAnswered(
  context: Context,
  torrent: Torrent,
  answer: Extract<Input, { type: "announceAnswered" }>,
): void {
  const entry = trackerOf(torrent, answer.tracker);
  if (entry === undefined) return;
  const { lostAt } = entry.announcer;
  entry.announcer.answered(context.now, answer);
  entry.lostPeers = 0;
  if (lostAt !== undefined) cameBack(context, torrent, entry, lostAt);
  torrent.tiers.find(({ trackers }) => trackers.includes(entry))?.answered(entry);
  forgetCounted(context, torrent);
  // The first announce asks for the counts alone: we make offers only for peers that exist.
  if (!entry.offered && offersWanted(context, torrent, entry) > 0) entry.announcer.offerNow(context.now);
  seekPeers(context, torrent); // Without links no sweep does it.
  announceDue(context, torrent);
}

/**
 * A tracker accepted our socket again after an outage. If it restarted, it forgot what we announced at its other
 * addresses, too: without this we would not notice before their interval is over.
 */
function cameBack({ now }: Context, torrent: Torrent, { url }: TrackerEntry, lostAt: Millis): void {
  if (!relaysOffers(url)) return;
  for (const other of currentTrackers(torrent))
    if (other.url !== url && hostOf(other.url) === hostOf(url)) other.announcer.forgot(now, lostAt);
}

/** A tracker has now counted the peers that were complete when we asked: those still there are among its seeders. */
function forgetCounted({ now, config }: Context, { completePeers }: Torrent): void {
  for (const [peerId, at] of completePeers)
    if (at + config.announcer.answerMillis < now) completePeers.delete(peerId);
}

export function announceRefused(
  context: Context,
  torrent: Torrent,
  { tracker, reason, retryIn }: Extract<Input, { type: "announceRefused" }>,
): void {
  trackerOf(torrent, tracker)?.announcer.refused(context.now, reason, retryIn);
}

export function trackerLost(
  context: Context,
  torrent: Torrent,
  { tracker, reason, retryInSeconds }: Omit<Extract<Input, { type: "trackerLost" }>, "type">,
): void {
  const entry = trackerOf(torrent, tracker);
  if (entry === undefined) return;
  const { now } = context;
  const tier = torrent.tiers.find(({ trackers }) => trackers.includes(entry));
  const wasCurrent = tier?.current === entry;
  entry.announcer.lost(now, reason, retryInSeconds);
  if (wasCurrent && tier?.current !== entry) tier?.current.announcer.standIn(now);
}

export function cameOnline(context: Context, torrent: Torrent): void {
  for (const { announcer } of allTrackers(torrent)) announcer.cameOnline(context.now);
  announceDue(context, torrent);
}

/** Somebody offers a link. We accept within the tracker's budget while there is room, unless we know the peer already. */
export function offerArrived(
  context: Context,
  torrent: Torrent,
  offer: Extract<Input, { type: "offerArrived" }>,
): void {
  const { tracker, infoHash, offerId, sdp } = offer;
  if (!isRunning(torrent)) return;
  if (offer.peerId === context.peerId || torrent.banned.has(offer.peerId)) return;
  for (const { state, introduction } of torrent.peers.values()) {
    const known =
      state.phase === "open" ? state.peerId : introduction.type === "offer" && introduction.peerId;
    if (known === offer.peerId) return;
  }
  const introduction = { type: "offer", tracker, offerId, weOffered: false, peerId: offer.peerId } as const;
  if (!mayAnswer(context, torrent, introduction)) return;
  const link = context.newLink();
  addPeer(context, torrent, link, introduction);
  context.effects.push({
    type: "answerOffer",
    link,
    tracker,
    infoHash,
    peerId: context.peerId,
    toPeerId: offer.peerId,
    offerId,
    sdp,
  });
}

/** Anybody can send any number of offers: they must not take the links that ours need, and slow ones make way for others. */
function mayAnswer(
  context: Context,
  torrent: Torrent,
  introduction: Introduction & { type: "offer" },
): boolean {
  const { now, config } = context;
  const { maxOpeningAnswers, maxPendingOffers, openMillis, slowAnswerMillis } = config;
  const { tracker } = introduction;
  if (trackerOf(torrent, tracker)?.offers.spend(now, 1) === false) return false;
  const [oldest, ...others] = [...torrent.peers.values()].filter(
    ({ state, introduction: by }) =>
      state.phase === "opening" && by.type === "offer" && !by.weOffered && by.tracker === tracker,
  );
  if (oldest?.state.phase === "opening" && others.length >= maxOpeningAnswers - 1) {
    if (oldest.state.giveUpAt - openMillis + slowAnswerMillis > now) return false;
    closeLink(context, torrent, oldest, "neverOpened");
  }
  const own = [...context.peers.values()].filter(isUnansweredOffer).length;
  const reserved = Math.min(maxPendingOffers, Math.floor(config.maxLinks / 2)) - own;
  return freeLinks(context) > reserved || makeRoom(context, "rtc", tracker);
}

/** Somebody answered an offer of ours. */
export function offerAnswered({ now, config }: Context, peer: Peer): void {
  if (peer.state.phase !== "opening") return;
  peer.state = { phase: "opening", awaitsAnswer: false, giveUpAt: millis(now + config.openMillis) };
}

function makeOffers(context: Context, torrent: Torrent, tracker: TrackerUrl, count: number): OfferedLink[] {
  return Array.from({ length: count }, () => {
    const offerId = bytesToHex(context.random.bytes(20)) as OfferId;
    const link = context.newLink();
    addPeer(context, torrent, link, { type: "offer", tracker, offerId, weOffered: true, peerId: undefined });
    return { link, offerId };
  });
}

function trackerOf(torrent: Torrent, tracker: TrackerUrl): TrackerEntry | undefined {
  return allTrackers(torrent).find(({ url }) => url === tracker);
}

function announce(
  context: Context,
  torrent: Torrent,
  entry: TrackerEntry,
  event: AnnounceEvent,
  offers: readonly OfferedLink[],
): void {
  entry.offered = offers.length > 0;
  entry.left = bytesLeft(torrent);
  context.effects.push({
    type: "announce",
    tracker: entry.url,
    infoHash: torrent.infoHash,
    peerId: context.peerId,
    event,
    uploaded: torrent.up.total,
    downloaded: torrent.down.total,
    left: entry.left,
    freeSlots: freeSlots(torrent),
    offers,
  });
}
