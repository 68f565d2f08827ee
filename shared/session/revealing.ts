import { type LinkId, type Millis, millis, type PieceIndex } from "../base/ids.ts";
import { SuperSeeding } from "../policy/super-seeding.ts";
import { encodeHaves } from "../wire/message.ts";
import { type Context, changed, type Revealing, say, sendBytes } from "./context.ts";
import { sayExtendedHandshake } from "./extended.ts";
import { tellHeld } from "./our-pieces.ts";
import { isOpen, type Peer } from "./peer.ts";
import { type Content, isAlone, isComplete, type Torrent } from "./torrent.ts";
import { endSuperSeeding } from "./unchoking.ts";

/** Super-seeding, which only seeders need. */
export const REVEALING: Revealing = { withheldUntil, hidePieces, revealMore };

/** Nobody waits longer for the end of a check: enough to hash some gigabytes. */
const WITHHOLDING_MILLIS = 10_000;

/** The check may find that we have everything. Undefined: somebody knows already of something that we have. */
function withheldUntil({ now }: Context, { content, peers }: Torrent): Millis | undefined {
  const isSomethingKnown = (content?.picker.held.count ?? 0) > 0 && [...peers.values()].some(isOpen);
  return isSomethingKnown ? undefined : millis(now + WITHHOLDING_MILLIS);
}

/**
 * A peer has said who it is. The only seeder hides its pieces from it, and tells of them one by one (BEP 16). False: the peer may
 * know what we have.
 */
function hidePieces(context: Context, torrent: Torrent, peer: Peer): boolean {
  const { content } = torrent;
  if (content === undefined) return false;
  if (content.withheldUntil !== undefined) return true;
  if (content.superSeeding === undefined && startsHiding(torrent, content, peer))
    content.superSeeding = newSuperSeeding(context, content);
  if (content.superSeeding === undefined || content.superSeeding.isOver(context.now)) return false;
  join(context, content.superSeeding, peer);
  changed(context, torrent);
  return true;
}

function join({ now }: Context, superSeeding: SuperSeeding, { link, waits }: Peer): void {
  superSeeding.joined(link, now);
  if (waits) superSeeding.waits(link);
}

/** Not while anybody knows what we have: it would ask for pieces that others are to pass on. */
function startsHiding(torrent: Torrent, content: Content, peer: Peer): boolean {
  if (!isOnlySeeder(torrent, content)) return false;
  for (const other of torrent.peers.values()) if (other !== peer && isOpen(other)) return false;
  return true;
}

function isOnlySeeder(torrent: Torrent, { picker, layout }: Content): boolean {
  return isComplete(torrent) && picker.held.isFull && layout.pieceCount >= 2 && isAlone(torrent);
}

function newSuperSeeding({ random, peers }: Context, { layout, picker }: Content): SuperSeeding {
  return new SuperSeeding(layout, random, {
    count: (link) => picker.piecesOf(link)?.count ?? 0,
    isInterested: (link) => peers.get(link)?.theyAreInterested ?? false,
    isWaiting: (link) => isWaiting(peers.get(link)),
    availability: (piece) => picker.availability(piece),
    has: (link, piece) => picker.piecesOf(link)?.has(piece) ?? false,
  });
}

/** Tells peers of further pieces, or, once the swarm has everything, of all the rest. */
function revealMore(context: Context, torrent: Torrent): void {
  const { content } = torrent;
  if (content?.withheldUntil !== undefined) endWithholding(context, torrent, content, content.withheldUntil);
  if (!content?.superSeeding?.isWorthALook(context.now)) return;
  if (!isAlone(torrent)) content.superSeeding.end();
  if (content.superSeeding.isOver(context.now)) return revealRest(context, torrent, content);
  for (const link of content.superSeeding.choosy(context.now)) {
    const isFirst = !content.superSeeding.serves(link);
    const peer = torrent.peers.get(link);
    if (revealRestTo(context, torrent, content, link) && isFirst && peer !== undefined)
      say(context, peer, { type: "unchoke" });
  }
  for (;;) {
    const next = content.superSeeding.reveal(context.now);
    const peer = next && torrent.peers.get(next.link);
    if (next === undefined || peer === undefined) return;
    say(context, peer, { type: "have", piece: next.piece });
    if (next.isFirst) say(context, peer, { type: "unchoke" });
  }
}

/** The check has ended, or somebody else has everything, or peers have waited long enough. */
function endWithholding(context: Context, torrent: Torrent, content: Content, until: Millis): void {
  if (torrent.isChecking && isAlone(torrent) && context.now < until) return;
  content.withheldUntil = undefined;
  if (!isOnlySeeder(torrent, content))
    return tellHeld(context, torrent, [...content.picker.held.indices()] as PieceIndex[]);
  if (![...torrent.peers.values()].some(isOpen)) return; // It begins with the first peer.
  const superSeeding = newSuperSeeding(context, content);
  content.superSeeding = superSeeding;
  for (const peer of torrent.peers.values()) {
    if (peer.state.phase !== "open") continue;
    join(context, superSeeding, peer);
    if (peer.state.extended) sayExtendedHandshake(context, torrent, peer);
  }
}

function revealRest(context: Context, torrent: Torrent, content: Content): void {
  let isDone = true;
  for (const link of torrent.peers.keys()) if (revealRestTo(context, torrent, content, link)) isDone = false;
  if (isDone) endSuperSeeding(context, torrent);
}

/** False: the peer knows of all already. */
function revealRestTo(context: Context, torrent: Torrent, { superSeeding }: Content, link: LinkId): boolean {
  const peer = torrent.peers.get(link);
  const pieces = superSeeding?.rest(link) ?? [];
  if (peer === undefined || pieces.length === 0) return false;
  sendBytes(context, peer, encodeHaves(pieces));
  return true;
}

function isWaiting(peer: Peer | undefined): boolean {
  return peer !== undefined && peer.theirRequests.length + peer.readingBytes > 0;
}
