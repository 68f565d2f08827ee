import { type Handle, type LinkId, millis } from "../base/ids.ts";
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
import { type IntroducingState, isOpen, type Peer } from "./peer.ts";
import { isRunning, isSeed, type Torrent } from "./torrent.ts";

/** The shortest time between two messages that name peers, and after one that named nobody. */
const TELL_MILLIS = 5_000;
const TELL_SOON_MILLIS = 1_000;
const SALT_BYTES = 4;

/** A peer that takes part in introductions. */
type Introducing = Peer & { readonly introducing: IntroducingState };

/** Sends a message about introductions. */
export function sayIntroduction(context: Context, peer: Peer, message: IntroductionMessage): void {
  const { introducing, introductionId: id } = peer;
  if (introducing === undefined || id === undefined) return;
  say(context, peer, { type: "extended", id, payload: encodeIntroduction(message) });
}

/** A handle that names no other link of this torrent. Undefined: the peer has not said who it is. */
export function newHandle({ random }: { readonly random: Random }, torrent: Torrent, { state }: Peer) {
  if (state.phase !== "open") return undefined;
  for (;;) {
    const handle = handleOf(random.bytes(SALT_BYTES), state.peerId);
    if (![...torrent.peers.values()].some(({ introducing }) => introducing?.handle === handle)) return handle;
  }
}

/** Tells a peer to whom we can introduce it, if there is news and it is time. */
export function tellHandles(context: Context, torrent: Torrent, peer: Peer): void {
  const { introducing } = peer;
  if (introducing === undefined || context.now < introducing.tellAt) return;
  const { told, handle: you, saidFree } = introducing;
  const { added, dropped } = newsFor(torrent, peer, told);
  const free = freeFor(context, torrent);
  const isNews = saidFree === undefined || (free === 0) !== (saidFree === 0) || hasSpent(introducing);
  if (!isNews && added.length + dropped.length === 0) return;
  if (!introducing.tells.spend(context.now, 1)) return;
  introducing.tellAt = millis(context.now + (added.length > 0 ? TELL_MILLIS : TELL_SOON_MILLIS));
  introducing.saidFree = free;
  introducing.offersSince = 0;
  for (const each of added) told.set(each.link, each.introducing.handle);
  for (const [link] of dropped) told.delete(link);
  sayIntroduction(context, peer, {
    type: "peers",
    you,
    free,
    added: added.map((each) => ({ handle: each.introducing.handle, isSeed: isSeed(torrent, each) })),
    dropped: dropped.map(([, handle]) => handle),
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
): { readonly added: readonly Introducing[]; readonly dropped: readonly (readonly [LinkId, Handle])[] } {
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
    if (told.has(each.link)) stillFit += 1;
    else if (added.length < MAX_NAMED) added.push(each);
  }
  if (stillFit === told.size) return { added, dropped: [] };
  const isLost = (each: Peer | undefined): boolean => each === undefined || !isFit(each);
  const dropped = [...told].filter(([link]) => isLost(torrent.peers.get(link)));
  return { added, dropped: dropped.slice(0, MAX_NAMED) };
}

function takesPart(peer: Peer): peer is Introducing {
  return peer.introducing !== undefined;
}

/** How many more links we take. */
function freeFor(context: Context, torrent: Torrent): number {
  if (torrent.onlyLooks || !isRunning(torrent)) return 0;
  return Math.max(0, freeLinks(context) - context.config.maxPendingOffers);
}

/** A peer asks us to forward its offer. */
export function relayOffer(
  context: Context,
  torrent: Torrent,
  asker: Peer,
  { offerId, handle, sdp }: OfferMessage,
): void {
  const { introducing, link } = asker;
  if (introducing === undefined) return;
  const target = [...torrent.peers.values()].find((each) => each.introducing?.handle === handle);
  const refusal = refusalOf(context, introducing, target, asker, handle);
  if (
    refusal !== undefined ||
    target?.introducing === undefined ||
    !torrent.introductions?.relay.forward(context.now, offerId, link, target.link)
  )
    return sayIntroduction(context, asker, { type: "error", offerId, refusal: refusal ?? "busy" });
  target.introducing.free -= 1;
  sayIntroduction(context, target, { type: "offer", offerId, way: "from", handle: introducing.handle, sdp });
}

/** Why we do not forward an offer. Undefined: we may. */
function refusalOf(
  { now }: Context,
  introducing: IntroducingState,
  target: Peer | undefined,
  asker: Peer,
  handle: string,
): Refusal | undefined {
  if (!introducing.relayed.spend(now, 1)) return "busy";
  if (target === asker) return "noSelf";
  if (target?.introducing === undefined)
    return [...introducing.told.values()].some((each) => each === handle) ? "notConnected" : "noSuchPeer";
  return target.introducing.free > 0 ? undefined : "busy";
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
