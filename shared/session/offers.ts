import { bytesToHex } from "../base/bytes.ts";
import { millis, type OfferId, type TrackerUrl } from "../base/ids.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, freeLinks, mostLinks } from "./context.ts";
import type { OfferedLink } from "./effect.ts";
import type { Input } from "./input.ts";
import { closeLink } from "./links.ts";
import { isUnansweredOffer, type Peer } from "./peer.ts";
import { makeRoom } from "./room.ts";
import { isRunning, type Torrent, trackerOf } from "./torrent.ts";

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
  if (!mayAnswer(context, torrent, tracker)) return;
  const introduction = {
    type: "offer",
    route: { tracker },
    offerId,
    weOffered: false,
    peerId: offer.peerId,
  } as const;
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
function mayAnswer(context: Context, torrent: Torrent, tracker: TrackerUrl): boolean {
  const { now, config } = context;
  const { maxOpeningAnswers, openMillis, slowAnswerMillis } = config;
  if (trackerOf(torrent, tracker)?.offers.spend(now, 1) === false) return false;
  const [oldest, ...others] = [...torrent.peers.values()].filter(
    ({ state, introduction: by }) =>
      state.phase === "opening" && by.type === "offer" && !by.weOffered && by.route.tracker === tracker,
  );
  if (oldest?.state.phase === "opening" && others.length >= maxOpeningAnswers - 1) {
    if (oldest.state.giveUpAt - openMillis + slowAnswerMillis > now) return false;
    closeLink(context, torrent, oldest, "neverOpened");
  }
  return hasRoomToAnswer(context, torrent, tracker);
}

/** Whether a link is free that our own offers do not need, or one can make room. */
export function hasRoomToAnswer(context: Context, torrent: Torrent, origin: string): boolean {
  const { maxPendingOffers } = context.config;
  const maxLinks = mostLinks(context, torrent);
  const own = [...context.peers.values()].filter(isUnansweredOffer).length;
  const reserved = Math.max(0, Math.min(maxPendingOffers, Math.floor(maxLinks / 2)) - own);
  return freeLinks(context, torrent) > reserved || makeRoom(context, torrent, "rtc", origin);
}

/** Somebody answered an offer of ours. */
export function offerAnswered({ now, config }: Context, peer: Peer): void {
  if (peer.state.phase !== "opening") return;
  peer.state = { phase: "opening", awaitsAnswer: false, giveUpAt: millis(now + config.openMillis) };
}

/** Links that begin with offers of ours, for a tracker to hand out. */
export function makeOffers(
  context: Context,
  torrent: Torrent,
  tracker: TrackerUrl,
  count: number,
): OfferedLink[] {
  return Array.from({ length: count }, () => {
    const offerId = bytesToHex(context.random.bytes(20)) as OfferId;
    const link = context.newLink();
    addPeer(context, torrent, link, {
      type: "offer",
      route: { tracker },
      offerId,
      weOffered: true,
      peerId: undefined,
    });
    return { link, offerId };
  });
}
