import { ProtocolError } from "../base/errors.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import { blockHeader, type WireRange } from "../wire/message.ts";
import { type Context, changed, charge, say, sendBytes } from "./context.ts";
import type { Input } from "./input.ts";
import { COSTS, costOfRequest } from "./message-costs.ts";
import type { Peer } from "./peer.ts";
import { type Content, isAlone, isComplete, serves, type Torrent } from "./torrent.ts";

/** A peer requests a block. If we refuse, we reject it, provided that the peer supports that (BEP 6). */
export function requestArrived(context: Context, torrent: Torrent, peer: Peer, range: WireRange): void {
  const { content } = torrent;
  if (content === undefined) return refuse(context, peer, range);
  const block = content.layout.range(range.piece, range.begin, range.length);
  if (block === undefined || block.length > context.config.maxRequestBytes) {
    throw new ProtocolError("badRequest", `a request for ${range.length} bytes of piece ${range.piece}`);
  }
  const isTooMany = peer.theirRequests.length >= context.config.maxRequestsQueued;
  const isOffered =
    content.picker.held.has(range.piece) &&
    (content.superSeeding?.isRevealed(peer.link, range.piece) ?? true);
  if (!serves(torrent, peer) || isTooMany || !isOffered) return refuse(context, peer, range);
  charge(context, peer, costOfRequest(range.length, content.layout.pieceLength));
  peer.theirRequests.push(range);
  content.superSeeding?.asked(context.now, peer.link, range.piece);
  changed(context, torrent).uploads.add(peer);
}

export function cancelArrived(context: Context, peer: Peer, range: WireRange): void {
  const at = peer.theirRequests.findIndex(
    (request) =>
      request.piece === range.piece && request.begin === range.begin && request.length === range.length,
  );
  if (at < 0) return;
  peer.theirRequests.splice(at, 1);
  reject(context, peer, range); // A cancelled request needs an answer, too (BEP 6).
}

/** Reads blocks for a peer while its link has room, or when its turn comes. */
export function serve(context: Context, torrent: Torrent, peer: Peer): void {
  const up = context.limits?.up;
  if (up?.governs(torrent.infoHash)) return up.queue(peer.link, torrent.infoHash);
  while (serveNext(context, torrent, peer));
}

/** Reads one block for a peer. False: it requests none, or its link has no room. */
export function serveNext(context: Context, torrent: Torrent, peer: Peer): boolean {
  const { content, infoHash } = torrent;
  const hasRoom = peer.queuedBytes + peer.readingBytes < context.config.linkHighWaterBytes;
  if (content === undefined || peer.theirRequests.length === 0 || !hasRoom) return false;
  const range = takeRequest(torrent, content, peer.theirRequests);
  const piece = range === undefined ? undefined : content.layout.piece(range.piece);
  if (range === undefined || piece === undefined) return false;
  peer.readingBytes += readingCost(range.length);
  const { begin, length } = range;
  context.effects.push({ type: "readBlock", link: peer.link, infoHash, piece, begin, length });
  return true;
}

/** Even one byte costs the reading of a piece: so a link has no more reads under way than it has room for full blocks. */
function readingCost(length: number): number {
  return Math.max(length, BLOCK_BYTES);
}

/** The storage read a block for a peer. */
export function blockRead(
  context: Context,
  torrent: Torrent,
  read: Extract<Input, { type: "blockRead" }>,
): void {
  const peer = torrent.peers.get(read.link);
  if (peer === undefined) return;
  const { piece, begin, length, bytes } = read;
  peer.readingBytes -= readingCost(length);
  if (!serves(torrent, peer) || bytes === undefined) return reject(context, peer, { piece, begin, length });

  sendBytes(context, peer, blockHeader(piece, begin, length));
  sendBytes(context, peer, bytes);
  peer.usedAt = context.now;
  peer.servedAt = context.now;
  peer.up.add(context.now, length);
  torrent.up.add(context.now, length);
  torrent.content?.sent.sent(piece);
  torrent.content?.superSeeding?.blockSent(context.now, peer.link, piece);
  const changes = changed(context, torrent);
  changes.uploads.add(peer);
  if (torrent.choker.sent(peer.link, length)) changes.marks.add("contenders");
}

/** A refused request costs the peer something: our answer is as long. */
function refuse(context: Context, peer: Peer, range: WireRange): void {
  charge(context, peer, COSTS.message);
  reject(context, peer, range);
}

/** We will not send this block: says so if the peer supports that (BEP 6). */
export function reject(context: Context, peer: Peer, range: WireRange): void {
  if (peer.state.phase === "open" && peer.state.fast) say(context, peer, { type: "reject", range });
}

/** The request to serve next. */
function takeRequest(torrent: Torrent, content: Content, requests: WireRange[]): WireRange | undefined {
  const isChoice = requests.length > 1 && torrent.peers.size > 1 && isComplete(torrent);
  return isChoice && isAlone(torrent)
    ? requests.splice(content.sent.leastSent(requests), 1)[0]
    : requests.shift();
}
