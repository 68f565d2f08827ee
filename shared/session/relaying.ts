import { type Handle, millis, type PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import {
  type AnswerMessage,
  encodeIntroduction,
  handleOf,
  type IntroductionMessage,
  MAX_NAMED,
  type OfferMessage,
  type Refusal,
} from "../wire/introduction.ts";
import { type Context, freeLinks, leaveOut, say } from "./context.ts";
import type { IntroducingState } from "./introducing.ts";
import { type Introducing, isOpen, type Peer, takesPart } from "./peer.ts";
import { isRunning, isSeed, type Torrent } from "./torrent.ts";

/** The shortest time between two messages that name peers, and after one that named nobody. */
const TELL_MILLIS = 5_000;
const TELL_SOON_MILLIS = 1_000;
const SALT_BYTES = 4;

/** Sends a message about introductions. */
export function sayIntroduction(context: Context, peer: Peer, message: IntroductionMessage): void {
  const { introductionId: id } = peer;
  if (id === undefined) return;
  say(context, peer, { type: "extended", id, payload: encodeIntroduction(message) });
}

/** A handle that names no other link of this torrent. */
export function newHandle(
  { random }: { readonly random: Random },
  { introductions }: Torrent,
  peerId: PeerId,
): Handle {
  for (;;) {
    const handle = handleOf(random.bytes(SALT_BYTES), peerId);
    if (!introductions?.handles.has(handle)) return handle;
  }
}

/** Tells a peer to whom we can introduce it, if there is news and it is time. */
export function tellHandles(context: Context, torrent: Torrent, peer: Peer): void {
  if (!takesPart(peer) || context.now < peer.introducing.tellAt) return;
  const { introducing } = peer;
  const { told, handle: you, saidFree } = introducing;
  const { added, dropped } = newsFor(torrent, peer, told);
  const free = freeFor(context, torrent);
  const isNews = saidFree === undefined || (free === 0) !== (saidFree === 0) || hasSpent(introducing);
  if (!isNews && added.length + dropped.length === 0) return;
  if (!introducing.tells.spend(context.now, 1)) return;
  introducing.tellAt = millis(context.now + (added.length > 0 ? TELL_MILLIS : TELL_SOON_MILLIS));
  introducing.saidFree = free;
  introducing.offersSince = 0;
  for (const { introducing: each } of added) told.add(each.handle);
  for (const handle of dropped) told.delete(handle);
  sayIntroduction(context, peer, {
    type: "peers",
    you,
    free,
    added: added.map((each) => ({ handle: each.introducing.handle, isSeed: isSeed(torrent, each) })),
    dropped,
  });
}

/** The introducer counts each offer that it forwards to us as a link that we take, and most come to nothing. */
function hasSpent({ saidFree = 0, offersSince }: IntroducingState): boolean {
  return saidFree > 0 && offersSince >= saidFree / 2;
}

/** Tells an introducer, out of turn, that we take no more links: it forwarded an offer in vain. */
export function tellFull(context: Context, peer: Peer): void {
  const { introducing } = peer;
  if (introducing === undefined || introducing.saidFree === 0) return;
  if (!introducing.tellsFull.spend(context.now, 1)) return;
  introducing.saidFree = 0;
  introducing.offersSince = 0;
  sayIntroduction(context, peer, {
    type: "peers",
    you: introducing.handle,
    free: 0,
    added: [],
    dropped: [],
  });
}

/** To whom we can introduce the peer beside those that it was told of, and to whom of those no more. Mostly nobody: then it makes nothing. */
function newsFor(
  torrent: Torrent,
  peer: Peer,
  told: IntroducingState["told"],
): { readonly added: readonly Introducing[]; readonly dropped: readonly Handle[] } {
  const needsNoSeeds = isSeed(torrent, peer);
  const isFit = (each: Peer): each is Introducing =>
    each !== peer &&
    isOpen(each) &&
    takesPart(each) &&
    each.introducing.free > 0 &&
    !(needsNoSeeds && isSeed(torrent, each));
  const added: Introducing[] = [];
  let stillFit = 0;
  for (const each of torrent.peers.values()) {
    if (!isFit(each)) continue;
    if (told.has(each.introducing.handle)) stillFit += 1;
    else if (added.length < MAX_NAMED) added.push(each);
  }
  if (stillFit === told.size) return { added, dropped: [] };
  const isLost = (each: Peer | undefined): boolean => each === undefined || !isFit(each);
  const dropped = [...told].filter((handle) => isLost(peerOf(torrent, handle)));
  return { added, dropped: dropped.slice(0, MAX_NAMED) };
}

/** Whom one of our handles names. Undefined: nobody, or a link that has ended. */
function peerOf({ introductions, peers }: Torrent, handle: Handle): Peer | undefined {
  const link = introductions?.handles.get(handle);
  return link === undefined ? undefined : peers.get(link);
}

/** How many more links we take. */
function freeFor(context: Context, torrent: Torrent): number {
  if (torrent.onlyLooks || !isRunning(torrent)) return 0;
  return Math.max(0, freeLinks(context, torrent) - context.config.maxPendingOffers);
}

/** A peer asks us to forward its offer. */
export function relayOffer(
  context: Context,
  torrent: Torrent,
  asker: Introducing,
  { offerId, handle, sdp }: OfferMessage,
): void {
  const target = targetOf(context, torrent, asker, handle);
  if (typeof target === "string")
    return sayIntroduction(context, asker, { type: "error", offerId, refusal: target });
  if (!torrent.introductions?.relay.forward(context.now, offerId, asker.link, target.link))
    return sayIntroduction(context, asker, { type: "error", offerId, refusal: "busy" });
  target.introducing.free -= 1;
  const from = asker.introducing.handle;
  sayIntroduction(context, target, { type: "offer", offerId, way: "from", handle: from, sdp });
}

/** To whom an offer goes, or why to nobody. */
function targetOf(
  { now }: Context,
  torrent: Torrent,
  asker: Introducing,
  handle: Handle,
): Introducing | Refusal {
  const { relayed, told } = asker.introducing;
  if (!relayed.spend(now, 1)) return "busy";
  const target = peerOf(torrent, handle);
  if (target === asker) return "noSelf";
  if (target === undefined) return told.has(handle) ? "notConnected" : "noSuchPeer";
  if (!takesPart(target)) return "noSupport";
  return target.introducing.free > 0 ? target : "busy";
}

/** A peer answers an offer that we forwarded to it. */
export function relayAnswer(
  context: Context,
  torrent: Torrent,
  target: Peer,
  { offerId, sdp }: AnswerMessage,
): void {
  const link = torrent.introductions?.relay.answer(context.now, offerId, target.link);
  const asker = link === undefined ? undefined : torrent.peers.get(link);
  if (asker === undefined) return leaveOut(context, target, "an answer that nobody waits for");
  sayIntroduction(context, asker, { type: "answer", offerId, sdp });
}

/** A peer takes part no more: it will not answer what we forwarded to it. */
export function forgetRelayed(context: Context, torrent: Torrent, { link }: Peer): void {
  for (const { offerId, asker } of torrent.introductions?.relay.left(link) ?? []) {
    const peer = torrent.peers.get(asker);
    if (peer !== undefined && isRunning(torrent))
      sayIntroduction(context, peer, { type: "error", offerId, refusal: "notConnected" });
  }
}
