import { ProtocolError } from "../base/errors.ts";
import type { LinkId } from "../base/ids.ts";
import { BLOCK_BYTES, type Block } from "../meta/layout.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import { encodeRequests, type Message, type WireRange } from "../wire/message.ts";
import { type Context, changed, say, sendBytes, tell } from "./context.ts";
import { sayThatWeWait } from "./extended.ts";
import { isOpen, type Peer } from "./peer.ts";
import { type Content, isRunning, isSeed, type Torrent } from "./torrent.ts";

/** Tells the peer when our interest changes. We stay interested in a piece that it may have rejected just for now. */
export function updateInterest(context: Context, torrent: Torrent, peer: Peer): void {
  if (!isOpen(peer)) return;
  const { picker } = torrent.content ?? {};
  const isInterested = picker?.isInteresting(peer.link) ?? false;
  if (isInterested === peer.weAreInterested) return;
  if (!isInterested && peer.doubted.size > 0 && !picker?.isComplete) return;
  peer.weAreInterested = isInterested;
  if (isInterested) peer.giveAndTake.interested();
  say(context, peer, { type: isInterested ? "interested" : "notInterested" });
}

/** Leechers that agree on their order share out the first pieces without a word. */
export function shareOut({ peerId }: Context, torrent: Torrent): void {
  let place = 0;
  let leechers = 1;
  for (const peer of torrent.peers.values()) {
    const { state } = peer;
    if (state.phase !== "open" || isSeed(torrent, peer)) continue;
    leechers += 1;
    if (state.peerId < peerId) place += 1;
  }
  torrent.content?.picker.shareWith(place, leechers);
}

/** Fills the peer's pipeline with requests, or asks when its turn comes. */
export function requestMore(context: Context, torrent: Torrent, peer: Peer): void {
  const down = context.limits?.down;
  if (down?.governs(torrent.infoHash)) down.queue(peer.link, torrent.infoHash);
  else if (mayRequest(torrent, peer))
    request(context, torrent, peer, peer.pipeline.room(requestsTo(torrent, peer)));
}

/** Requests one block. False: the peer has none for us, or enough to do. */
export function requestNext(context: Context, torrent: Torrent, peer: Peer): boolean {
  const count = requestsTo(torrent, peer);
  const isEnough = context.limits?.down.isEnoughAhead(torrent.infoHash, count * BLOCK_BYTES) ?? false;
  return request(context, torrent, peer, isEnough ? 0 : Math.min(1, peer.pipeline.free(count)));
}

/** How many requests to the peer are unanswered. */
export function requestsTo({ content }: Torrent, { link }: Peer): number {
  return content?.picker.requestsTo(link).size ?? 0;
}

/** The requests travel in one message of the link. */
function request(context: Context, torrent: Torrent, peer: Peer, count: number): boolean {
  const { content } = torrent;
  if (content === undefined || count <= 0 || !mayRequest(torrent, peer)) return false;
  const most = Math.min(count, allowance(context, torrent, content));
  const blocks = content.picker.pick(peer.link, most, context.now);
  if (blocks.length === 0) return false;
  sendBytes(context, peer, encodeRequests(blocks));
  return true;
}

function mayRequest(torrent: Torrent, peer: Peer): boolean {
  if (!isOpen(peer) || peer.theyChoke || !peer.weAreInterested) return false;
  return torrent.content !== undefined && isRunning(torrent) && !torrent.isChecking && !torrent.onlyLooks;
}

/** While somebody waits for pieces, what is requested must come soon, or a seek would wait for all that was requested before. */
function allowance({ now, config }: Context, { down }: Torrent, { picker }: Content): number {
  if (!picker.hasDeadlines) return Number.POSITIVE_INFINITY;
  const blocks = (down.bytesPerSecond(now) / BLOCK_BYTES) * (config.aheadMillis / 1_000);
  return Math.max(config.leastAhead, Math.ceil(blocks)) - picker.requestCount;
}

/** Blocks became free: requests them from whoever has room, first from peers that do not keep us waiting. */
export function requestMoreOfAll(context: Context, torrent: Torrent): void {
  for (const peer of torrent.peers.values()) if (!peer.isSnubbing) requestMore(context, torrent, peer);
  for (const peer of torrent.peers.values()) if (peer.isSnubbing) requestMore(context, torrent, peer);
}

/** Somebody waits for pieces at these times from now on. */
export function deadlinesSet(context: Context, torrent: Torrent, deadlines: readonly Deadline[]): void {
  torrent.deadlines = deadlines;
  torrent.content?.picker.setDeadlines(deadlines);
  sayThatWeWait(context, torrent);
  takeBackSurplus(context, torrent);
}

/** What was requested would come before what somebody waits for: takes it back, and requests anew. */
export function takeBackSurplus(context: Context, torrent: Torrent): void {
  const { content } = torrent;
  changed(context, torrent).marks.add("blocks");
  if (!content?.picker.hasDeadlines) return;
  const room = allowance(context, torrent, content);
  for (const { link, block } of content.picker.surplus(room, context.now)) {
    content.picker.release(link, block);
    cancel(context, torrent, link, block);
  }
}

/** A block arrived. We take it if we still lack it, even if it comes too late for our request. */
export function blockArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  message: Extract<Message, { type: "block" }>,
): void {
  const { content } = torrent;
  if (content === undefined) return;
  const block = provenBlock(content, message);
  endRequest(context, content, peer, block);
  peer.isSnubbing = false;
  if (peer.rejects.delete(block.piece)) content.picker.peerHas(peer.link, block.piece);
  doubt(content, peer);

  if (takeBlock(context, torrent, content, peer.link, block, message.bytes)) peer.lastPiece = block.piece;
  peer.down.add(context.now, block.length);
  torrent.down.add(context.now, block.length);
  changed(context, torrent).downloads.add(peer);
}

/** Takes a block that came over a link, if we still lack it, and whoever else was asked for it need not send it. False: we hold it. */
export function takeBlock(
  context: Context,
  torrent: Torrent,
  { picker }: Content,
  link: LinkId,
  block: Block,
  bytes: Uint8Array,
): boolean {
  const { infoHash } = torrent;
  const { piece, begin } = block;
  const others = picker.othersAsked(link, block);
  const arrival = picker.blockArrived(link, block, context.now);
  if (arrival === "notWanted") return false;
  context.effects.push({ type: "writeBlock", infoHash, piece, begin, bytes });
  for (const other of others) cancel(context, torrent, other, block);
  if (arrival === "pieceFull") context.effects.push({ type: "checkPiece", infoHash, piece });
  return true;
}

function provenBlock(content: Content, message: Extract<Message, { type: "block" }>): Block {
  const block = content.layout.range(message.piece, message.begin, message.bytes.length);
  const isOurs = block !== undefined && block.begin % BLOCK_BYTES === 0;
  if (!isOurs || content.layout.block(block.piece, block.begin / BLOCK_BYTES).length !== block.length) {
    throw new ProtocolError(
      "badBlock",
      `${message.bytes.length} bytes at ${message.begin} of piece ${message.piece}`,
    );
  }
  return block;
}

/**
 * The peer will not send a block (BEP 6), perhaps because it has enough to do. We ask it for that piece again when it
 * sends another block, or at the next round of choking.
 */
export function rejectArrived(context: Context, torrent: Torrent, peer: Peer, range: WireRange): void {
  if (peer.cancels.answered(range.piece, range.begin)) return; // It still serves a newer request for the same block.
  const picker = torrent.content?.picker;
  const request = picker?.requestTo(peer.link, range.piece, range.begin);
  if (picker === undefined || request === undefined) return;
  const { piece } = request.block;
  picker.release(peer.link, request.block);
  if (!peer.theyChoke) peer.pipeline.rejected(requestsTo(torrent, peer));
  if (!peer.theyChoke && picker.peerLacks(peer.link, piece)) {
    const count = (peer.rejects.get(piece) ?? 0) + 1;
    peer.rejects.set(piece, count);
    if (count < context.config.rejectsBelieved) peer.doubted.add(piece);
  }
  const changes = changed(context, torrent);
  changes.downloads.add(peer);
  changes.marks.add("blocks");
}

/** Peers that had enough to do may have less by now. We ask again for what they rejected, unless they did so often. */
export function doubtRejects(context: Context, torrent: Torrent): void {
  for (const peer of torrent.peers.values()) {
    if (peer.doubted.size === 0 || torrent.content === undefined) continue;
    doubt(torrent.content, peer);
    changed(context, torrent).downloads.add(peer);
  }
  requestMoreOfAll(context, torrent);
}

function doubt({ picker }: Content, { link, doubted }: Peer): void {
  for (const piece of doubted) picker.peerHas(link, piece);
  doubted.clear();
}

/**
 * The peer choked us. With BEP 6 it still answers each request: with the block, if it had unchoked us again by the time it read
 * the request. Otherwise we request what it owes from others.
 */
export function chokeArrived(context: Context, torrent: Torrent, peer: Peer): void {
  peer.theyChoke = true;
  tell(context, torrent.infoHash, { type: "peerChoked", link: peer.link });
  if (peer.state.phase === "open" && !peer.state.fast) giveUpRequests(context, torrent, peer);
  else if (requestsTo(torrent, peer) > 0) peer.owesSinceChoke = context.now;
}

/** Some clients say that they support BEP 6, and drop requests at a choke all the same: others get what it has not answered in time. */
export function giveUpChoked(context: Context, torrent: Torrent, peer: Peer): void {
  const { link, owesSinceChoke: chokedAt } = peer;
  const picker = torrent.content?.picker;
  if (chokedAt === undefined || context.now - chokedAt < context.config.chokedMillis) return;
  peer.owesSinceChoke = undefined;
  if (peer.theyChoke) return giveUpRequests(context, torrent, peer);
  for (const { block, at } of [...(picker?.requestsTo(link).values() ?? [])])
    if (at <= chokedAt) picker?.release(link, block);
  changed(context, torrent).marks.add("blocks");
}

/** Forgets every request to this peer, so that others can be asked. */
export function giveUpRequests(context: Context, torrent: Torrent, peer: Peer): void {
  torrent.content?.picker.releaseAll(peer.link);
  changed(context, torrent).marks.add("blocks");
}

/** Requests failed pieces from others when the one peer we asked lets them wait. */
export function takeFromLate(context: Context, torrent: Torrent): void {
  const late = torrent.content?.picker.takeFromLate(context.now) ?? [];
  for (const { link } of late) {
    const peer = torrent.peers.get(link);
    if (peer !== undefined) peer.isSnubbing = true;
  }
  if (late.length > 0) changed(context, torrent).marks.add("blocks");
}

function endRequest(context: Context, { picker }: Content, peer: Peer, block: Block): void {
  const request = picker.requestTo(peer.link, block.piece, block.begin);
  if (request === undefined) return void peer.cancels.answered(block.piece, block.begin);
  peer.gaveAt = context.now;
  peer.usedAt = context.now;
  peer.pipeline.arrived(context.now, request.at, block.length);
}

/** Tells a peer, if it is still here, that we no longer want a block. A web seed is no longer asked for it. */
export function cancel(context: Context, torrent: Torrent, link: LinkId, block: Block): void {
  const peer = torrent.peers.get(link);
  if (peer !== undefined) {
    peer.cancels.add(block);
    say(context, peer, { type: "cancel", range: block });
  } else if (torrent.webSeeds.has(link)) context.webSeeding?.withdrawn(context, torrent, link, block);
}
