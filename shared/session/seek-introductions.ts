import { bytesToHex } from "../base/bytes.ts";
import { type LinkId, type Millis, millis, type OfferId } from "../base/ids.ts";
import type { Acquaintance, LinkCounts } from "../policy/introducers.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, freeLinks, peersSought } from "./context.ts";
import { closeLink } from "./links.ts";
import { described, isKnown, offersMade, sentBack, unanswered } from "./meeting.ts";
import { introducerOf, isOpen, type Peer, takesPart } from "./peer.ts";
import { FAIR_LINKS } from "./room.ts";
import { hasWorkingTracker, isComplete, isRunning, type Torrent } from "./torrent.ts";

/** From our offer to its answer, which passes two lines that may be busy, there and back. */
const ANSWER_MILLIS = 30_000;
/** After this time without an answer we give the offer to another introducer as well: describing takes some seconds at most, carrying less. */
const SLOW_MILLIS = 10_000;
/** So long we ask the peers of one introducer alone: those of another may be the same, which we know once links open. */
const ALONE_MILLIS = 3_000;
/** While a tracker works, introducers give us at most so many of the links that we look for. */
const INTRODUCED_SHARE = 3 / 4;

/** Asks for introductions while we lack pieces and peers: seeders wait for those who lack some. Ends the offers that introducers had who take part no more. */
export function seek(context: Context, torrent: Torrent): void {
  const { introductions } = torrent;
  if (introductions === undefined || !isRunning(torrent)) return;
  const returned = takeBack(context, torrent);
  for (
    let asked = offersMade(torrent).length - returned.length;
    asked < context.config.maxPendingOffers && (returned.length > 0 || wantsMore(context, torrent));
    asked++
  ) {
    const next = introductions.introducers.choose(
      context.now,
      countsOf(context, torrent),
      (handle) => !isKnown(context, torrent, handle),
    );
    if (next === undefined) return;
    offerThrough(context, torrent, { ...next, since: context.now }, returned.shift());
  }
}

/** Asks for an introduction, with an offer that another introducer did not carry or with a new one: each costs a connection. */
function offerThrough(
  context: Context,
  torrent: Torrent,
  route: Acquaintance & { readonly since: Millis },
  returned: Peer | undefined,
): void {
  const offerId = bytesToHex(context.random.bytes(20)) as OfferId;
  const introduction = { type: "offer", route, offerId, weOffered: true, peerId: undefined } as const;
  if (returned?.description !== undefined) {
    unanswered(context, torrent, returned);
    returned.introduction = introduction;
    return described(context, torrent, returned, returned.description);
  }
  const peer = addPeer(context, torrent, context.newLink(), introduction);
  peer.state = { phase: "opening", awaitsAnswer: true, giveUpAt: millis(context.now + ANSWER_MILLIS) };
  torrent.introductions?.asked.add(peer.link);
  context.effects.push({ type: "describe", link: peer.link, offer: undefined });
}

/** The offers that nobody carries, then those that nobody answers. Those that are too old for another try end. */
function takeBack(context: Context, torrent: Torrent): Peer[] {
  for (const peer of offersMade(torrent)) {
    const by = introducerOf(peer);
    const introducer = by === undefined ? undefined : torrent.peers.get(by);
    if (by !== undefined && (introducer === undefined || !takesPart(introducer)))
      sentBack(context, torrent, peer);
  }
  const made = offersMade(torrent);
  const returned = made.filter((peer) => introducerOf(peer) === undefined);
  const isFresh = ({ state }: Peer) =>
    state.phase === "opening" && state.giveUpAt - context.now >= ANSWER_MILLIS / 2;
  for (const peer of returned) if (!isFresh(peer)) closeLink(context, torrent, peer, "notIntroduced");
  return [...returned, ...made.filter((peer) => isSlow(context, peer))].filter(isFresh);
}

function isSlow({ now }: Context, { introduction: by, description }: Peer): boolean {
  if (by.type !== "offer" || by.route.introducer === undefined || description === undefined) return false;
  return now - by.route.since >= SLOW_MILLIS;
}

/** Whether introductions bring peers now, or have brought as many as they may. Not while we have few links: they may bring nobody. */
export function isEnough(context: Context, torrent: Torrent): boolean {
  const links = [...torrent.peers.values()];
  if (links.filter(isOpen).length < FAIR_LINKS) return false;
  const introduced = links.filter((peer) => introducerOf(peer) !== undefined);
  if (introduced.some(({ state }) => state.phase === "opening")) return true;
  return introduced.length > 0 && links.length >= INTRODUCED_SHARE * peersSought(context, torrent);
}

function wantsMore(context: Context, torrent: Torrent): boolean {
  const sought = peersSought(context, torrent);
  if (isComplete(torrent) || torrent.peers.size >= sought || freeLinks(context, torrent) === 0) return false;
  return !hasWorkingTracker(torrent) || introducedCount(torrent) < INTRODUCED_SHARE * sought;
}

function introducedCount({ peers }: Torrent): number {
  let count = 0;
  for (const peer of peers.values()) if (introducerOf(peer) !== undefined) count += 1;
  return count;
}

/** Looks at each link once, however many introducers there are to choose from. */
function countsOf({ now }: Context, torrent: Torrent): LinkCounts {
  const from = new Map<LinkId | undefined, number>();
  const openFrom = new Map<LinkId | undefined, number>();
  const asked = new Map<LinkId | undefined, number>();
  let open = 0;
  for (const peer of torrent.peers.values()) {
    addOne(from, introducerOf(peer));
    if (!isOpen(peer)) continue;
    open += 1;
    addOne(openFrom, introducerOf(peer));
  }
  const made = offersMade(torrent);
  for (const peer of made) addOne(asked, introducerOf(peer));
  const latest = made.find(
    (peer) =>
      introducerOf(peer) !== undefined &&
      peer.state.phase === "opening" &&
      peer.state.giveUpAt > now + ANSWER_MILLIS - ALONE_MILLIS,
  );
  return {
    from: (introducer) => from.get(introducer) ?? 0,
    others: (introducer) => open - (openFrom.get(introducer) ?? 0),
    askedOf: (introducer) => asked.get(introducer) ?? 0,
    only: latest && introducerOf(latest),
  };
}

function addOne(counts: Map<LinkId | undefined, number>, introducer: LinkId | undefined): void {
  counts.set(introducer, (counts.get(introducer) ?? 0) + 1);
}
