import { ProtocolError } from "../base/errors.ts";
import type { LinkId } from "../base/ids.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import type { Contender } from "../policy/choker.ts";
import { isLoneSeeder } from "../policy/copies-sent.ts";
import { blockHeader, type WireRange } from "../wire/message.ts";
import { type Context, changed, charge, say, sendBytes } from "./context.ts";
import type { Input } from "./effect.ts";
import { COSTS, costOfRequest } from "./message-costs.ts";
import { isOpen, originOf, type Peer } from "./peer.ts";
import { type Content, currentTrackers, isComplete, type Torrent } from "./torrent.ts";

/** A peer requests a block. If we refuse, we reject it, provided that the peer supports that (BEP 6). */
export function requestArrived(context: Context, torrent: Torrent, peer: Peer, range: WireRange): void {
  const { content } = torrent;
  if (content === undefined) return refuse(context, peer, range);
  const block = content.layout.range(range.piece, range.begin, range.length);
  if (block === undefined || block.length > context.config.maxRequestBytes) {
    throw new ProtocolError("badRequest", `a request for ${range.length} bytes of piece ${range.piece}`);
  }
  const isTooMany = peer.theirRequests.length >= context.config.maxRequestsQueued;
  if (peer.weChoke || isTooMany || !content.picker.held.has(range.piece)) return refuse(context, peer, range);
  charge(context, peer, costOfRequest(range.length, content.layout.pieceLength));
  peer.theirRequests.push(range);
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
  if (up !== undefined) return up.queue(peer.link);
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
  if (peer.weChoke || bytes === undefined) return reject(context, peer, { piece, begin, length });

  sendBytes(context, peer, blockHeader(piece, begin, length));
  sendBytes(context, peer, bytes);
  peer.usedAt = context.now;
  peer.up.add(context.now, length);
  torrent.up.add(context.now, length);
  torrent.content?.sent.sent(piece);
  changed(context, torrent).uploads.add(peer);
}

/** Chooses which peers to unchoke for the next ten seconds. */
export function rechoke(context: Context, torrent: Torrent): void {
  applyChoice(context, torrent, torrent.choker.nextRound(contenders(context, torrent)));
}

/** A peer became interested, lost interest or left: fills free slots without waiting for the next round. */
export function fillSlots(context: Context, torrent: Torrent): void {
  if (!isSlotFree(torrent)) return;
  const open = [...torrent.peers.values()].filter(isOpen);
  const served = new Set(open.filter(({ weChoke }) => !weChoke).map(({ link }) => link));
  const interested = open.filter(({ theyAreInterested }) => theyAreInterested).map(({ link }) => link);
  applyChoice(context, torrent, torrent.choker.refill(interested, served));
}

/** Whether a slot is free for a peer that waits for one, or with a peer that no longer wants it. Peers change interest all the time. */
function isSlotFree({ choker, peers }: Torrent): boolean {
  let served = 0;
  let isAwaited = false;
  for (const { weChoke, theyAreInterested } of peers.values()) {
    if (!weChoke && !theyAreInterested) return true;
    if (!weChoke) served += 1;
    else isAwaited ||= theyAreInterested;
  }
  return isAwaited && served < choker.slots;
}

/** To how many more peers we would upload now. Undefined: we have nothing to give yet. */
export function freeSlots({ content, choker, peers }: Torrent): number | undefined {
  if (content === undefined || content.picker.held.count === 0) return undefined;
  const served = [...peers.values()].filter(({ weChoke }) => !weChoke).length;
  return Math.max(0, choker.slots - served);
}

function contenders(context: Context, torrent: Torrent): Contender[] {
  const rate = isComplete(torrent) ? "up" : "down";
  return [...torrent.peers.values()].filter(isOpen).map((peer) => ({
    link: peer.link,
    isInterested: peer.theyAreInterested,
    bytesPerSecond: peer[rate].bytesPerSecond(context.now),
    isSnubbing: peer.isSnubbing,
    origin: peer.kind === "tcp" ? originOf(peer.introduction) : `${peer.link}`,
    isNew: !peer.wasServed,
    isIdle: !peer.weChoke && peer.up.bytesPerSecond(context.now) === 0,
  }));
}

function applyChoice(context: Context, torrent: Torrent, chosen: ReadonlySet<LinkId>): void {
  for (const peer of torrent.peers.values()) {
    const isChosen = chosen.has(peer.link);
    if (!isOpen(peer) || isChosen !== peer.weChoke) continue;
    peer.weChoke = !isChosen;
    peer.wasServed = true;
    say(context, peer, { type: isChosen ? "unchoke" : "choke" });
    if (!isChosen) for (const range of peer.theirRequests.splice(0)) reject(context, peer, range);
  }
}

/** A refused request costs the peer something: our answer is as long. */
function refuse(context: Context, peer: Peer, range: WireRange): void {
  charge(context, peer, COSTS.message);
  reject(context, peer, range);
}

function reject(context: Context, peer: Peer, range: WireRange): void {
  if (peer.state.phase === "open" && peer.state.fast) say(context, peer, { type: "reject", range });
}

/** The request to serve next. */
function takeRequest(torrent: Torrent, content: Content, requests: WireRange[]): WireRange | undefined {
  const seeders = currentTrackers(torrent).map(({ announcer }) => announcer.counts.seeders);
  const isLone = isComplete(torrent) && isLoneSeeder(torrent.peers.size, seeders);
  return isLone ? requests.splice(content.sent.leastSent(requests), 1)[0] : requests.shift();
}
