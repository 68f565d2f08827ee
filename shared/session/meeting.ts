import type { Handle, OfferId } from "../base/ids.ts";
import {
  type AnswerMessage,
  isHandleOf,
  type OfferMessage,
  type RefusalMessage,
} from "../wire/introduction.ts";
import { admittedDescription, strippedDescription } from "../wire/session-description.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, changed, leaveOut } from "./context.ts";
import { INTRODUCED } from "./introduction.ts";
import type { CloseReason, LinkEnd } from "./link-end.ts";
import { closeLink } from "./links.ts";
import { hasRoomToAnswer, offerAnswered } from "./offers.ts";
import { type Introducing, introducerOf, isUnansweredOffer, type Peer, takesPart } from "./peer.ts";
import { sayIntroduction, tellFull } from "./relaying.ts";
import type { Torrent } from "./torrent.ts";

/** Links that one introducer's offers are opening to us. */
const MAX_OPENING_ANSWERS = 4;

/** Ends that say that an introduction did not work. With others, such as `twin`, the introducer did what it should. */
const FAILURES: ReadonlySet<LinkEnd | CloseReason> = new Set<LinkEnd | CloseReason>([
  "offerExpired",
  "negotiationFailed",
  "noRoute",
  "theyLeft",
  "silent",
  "brokeTheRules",
  "ourselves",
  "banned",
]);

/** The description of a link that a peer introduces is ready: the introducer carries it on. */
export function described(context: Context, torrent: Torrent, peer: Peer, sdp: string): void {
  const { introduction: by } = peer;
  if (by.type !== "offer" || by.route.introducer === undefined) return;
  const { handle, introducer: link } = by.route;
  const introducer = torrent.peers.get(link);
  const stripped = strippedDescription(sdp);
  if (introducer === undefined || !takesPart(introducer) || stripped === undefined)
    return closeLink(context, torrent, peer, "notIntroduced");
  const { offerId } = by;
  if (!by.weOffered) return sayIntroduction(context, introducer, { type: "answer", offerId, sdp: stripped });
  peer.description = stripped;
  sayIntroduction(context, introducer, { type: "offer", offerId, way: "to", handle, sdp: stripped });
}

/** An introducer forwards an offer to us. If we do not want it, we say nothing. */
export function offerToUs(
  context: Context,
  torrent: Torrent,
  introducer: Introducing,
  { offerId, handle, sdp }: OfferMessage,
): void {
  const { introducing } = introducer;
  if (torrent.onlyLooks) return;
  introducing.offersSince += 1;
  if (!introducing.offered.spend(context.now, 1) || isKnown(context, torrent, handle)) return;
  const offer = admittedDescription(sdp);
  if (offer === undefined) return leaveOut(context, introducer, "an offer that describes no data channel");
  const rival = [...torrent.peers.values()].find(
    ({ introduction: by }) =>
      by.type === "offer" && by.route.introducer === introducer.link && by.route.handle === handle,
  );
  if (rival !== undefined && !givesWay(introducer, rival, handle)) return;
  if (!mayAnswer(context, torrent, introducer)) return;
  if (rival !== undefined) closeLink(context, torrent, rival, "twin");
  const route = { introducer: introducer.link, handle, since: context.now };
  const introduction = { type: "offer", route, offerId, weOffered: false, peerId: undefined } as const;
  const { link } = addPeer(context, torrent, context.newLink(), introduction);
  context.effects.push({ type: "describe", link, offer });
}

/** Both sides offer at the same time: the one with the lower handle stays. */
function givesWay({ introducing: { you } }: Introducing, rival: Peer, theirs: Handle): boolean {
  return isUnansweredOffer(rival) && !(you !== undefined && you < theirs);
}

/** Whether a handle names us, or a peer that we have a link to or want none to. */
export function isKnown({ peerId }: Context, { peers, banned }: Torrent, handle: Handle): boolean {
  if (isHandleOf(handle, peerId)) return true;
  for (const { state } of peers.values())
    if (state.phase === "open" && isHandleOf(handle, state.peerId)) return true;
  return [...banned].some((peerId) => isHandleOf(handle, peerId));
}

/** Introducers can forward any number of offers, and make some up. */
function mayAnswer(context: Context, torrent: Torrent, peer: Peer): boolean {
  const { now } = context;
  const { link } = peer;
  const { introductions } = torrent;
  if (introductions === undefined || !introductions.introducers.isTrusted(now, link)) return false;
  const opening = [...torrent.peers.values()].filter(
    (peer) => peer.state.phase === "opening" && !peer.state.awaitsAnswer && introducerOf(peer) === link,
  );
  if (opening.length >= MAX_OPENING_ANSWERS || !introductions.offers.spend(now, 1)) return false;
  if (hasRoomToAnswer(context, torrent, INTRODUCED)) return true;
  tellFull(context, peer);
  return false;
}

/** An introducer forwards the answer to an offer of ours. False: it is not for us. */
export function answerArrived(
  context: Context,
  torrent: Torrent,
  introducer: Peer,
  { offerId, sdp }: AnswerMessage,
): boolean {
  const peer = ourOffer(torrent, introducer, offerId);
  if (peer === undefined) return false;
  const answer = admittedDescription(sdp);
  if (answer === undefined) failed(context, torrent, peer);
  else {
    peer.description = undefined;
    context.effects.push({ type: "takeAnswer", link: peer.link, sdp: answer });
    offerAnswered(context, peer);
  }
  return true;
}

/** An introducer does not forward an offer of ours, or the peer that it asked has left. */
export function refused(
  context: Context,
  torrent: Torrent,
  introducer: Peer,
  { offerId, refusal }: RefusalMessage,
): void {
  const peer = ourOffer(torrent, introducer, offerId);
  if (peer === undefined) return;
  if (refusal === "busy")
    torrent.introductions?.introducers.ended(context.now, introducer.link, undefined, "busy");
  else judge(context, torrent, peer, "failed");
  sentBack(context, torrent, peer);
}

/** Nobody carries this offer of ours any more. Another introducer may: each offer costs a connection. */
export function sentBack(context: Context, torrent: Torrent, peer: Peer): void {
  const { introduction: by, description } = peer;
  if (by.type !== "offer" || description === undefined)
    return closeLink(context, torrent, peer, "notIntroduced");
  peer.introduction = { ...by, route: {} };
  changed(context, torrent).marks.add("introducible");
}

/** Nobody has answered an offer of ours in time: whoever was to carry it has failed, if anybody was. */
export function unanswered(context: Context, torrent: Torrent, peer: Peer): void {
  judge(context, torrent, peer, "failed");
}

function failed(context: Context, torrent: Torrent, peer: Peer): void {
  judge(context, torrent, peer, "failed");
  closeLink(context, torrent, peer, "notIntroduced");
}

function ourOffer(torrent: Torrent, introducer: Peer, offerId: OfferId): Peer | undefined {
  return offersMade(torrent).find(
    ({ introduction: by }) =>
      by.type === "offer" && by.offerId === offerId && by.route.introducer === introducer.link,
  );
}

/** Our offers that wait for an answer through an introducer, or for an introducer. No more than `maxPendingOffers`. */
export function offersMade({ introductions, peers }: Torrent): readonly Peer[] {
  const made: Peer[] = [];
  for (const link of introductions?.asked ?? []) {
    const peer = peers.get(link);
    if (peer !== undefined && isUnansweredOffer(peer)) made.push(peer);
    else introductions?.asked.delete(link);
  }
  return made;
}

/** Both sides of a link have said who they are. */
export function met(context: Context, torrent: Torrent, peer: Peer): void {
  judge(context, torrent, peer, "met");
}

/** A link ended. */
export function left(context: Context, torrent: Torrent, peer: Peer, reason: LinkEnd | CloseReason): void {
  if (peer.state.phase !== "open" && FAILURES.has(reason)) judge(context, torrent, peer, "failed");
}

/** Counts an attempt for the introducer, or against it. */
function judge(context: Context, torrent: Torrent, { introduction: by }: Peer, how: "met" | "failed"): void {
  if (by.type !== "offer" || by.route.introducer === undefined) return;
  const handle = by.weOffered ? by.route.handle : undefined;
  torrent.introductions?.introducers.ended(context.now, by.route.introducer, handle, how);
}
