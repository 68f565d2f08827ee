import type { LinkId } from "../base/ids.ts";
import type { Choice, Look } from "../policy/choker.ts";
import { type Context, changed, say } from "./context.ts";
import { isOpen, originOf, type Peer } from "./peer.ts";
import { isComplete, type Torrent } from "./torrent.ts";
import { reject } from "./upload.ts";

/** The peer wants something of us, or nothing any more. */
export function interestChanged(context: Context, torrent: Torrent, peer: Peer, isInterested: boolean): void {
  peer.theyAreInterested = isInterested;
  const { choker } = torrent;
  if (isInterested)
    choker.interested(peer.link, peer.kind === "tcp" ? originOf(peer.introduction) : `${peer.link}`);
  else choker.uninterested(peer.link);
  changed(context, torrent).marks.add("contenders");
}

/** Chooses which peers to unchoke for the next ten seconds. */
export function rechoke(context: Context, torrent: Torrent): void {
  for (const peer of torrent.peers.values())
    peer.giveAndTake.roundEnded(peer.down.total, peer.up.total, peer.weAreInterested);
  for (const other of context.slots.takeTurns()) changed(context, other).marks.add("contenders");
  apply(context, torrent, torrent.choker.nextRound(context.slots.of(torrent), lookFor(context, torrent)));
}

/** Peers became interested, lost interest or left, or other torrents need slots. */
export function refillSlots(context: Context, torrent: Torrent): void {
  const { choker } = torrent;
  for (const other of context.slots.wants(torrent, choker.takers))
    if (other !== torrent) changed(context, other).marks.add("contenders");
  apply(context, torrent, choker.refill(context.slots.of(torrent), lookFor(context, torrent)));
}

/** Gives slots that nobody uses to peers that wait. */
export function giveOnSlots(context: Context, torrent: Torrent): void {
  apply(context, torrent, torrent.choker.giveOn(lookFor(context, torrent)));
}

/** The torrent has left the swarm, and its slots go to others. */
export function giveUpSlots(context: Context, torrent: Torrent): void {
  for (const other of context.slots.left(torrent)) changed(context, other).marks.add("contenders");
}

/** To how many more peers we would upload now. Undefined: we have nothing to give yet. */
export function freeSlots({ slots }: Context, torrent: Torrent): number | undefined {
  const held = torrent.content?.picker.held.count ?? 0;
  return held === 0 ? undefined : slots.free(torrent);
}

/** While we download, whoever we owe most has the highest claim; while we seed, whoever takes most. */
function lookFor(context: Context, torrent: Torrent): Look {
  const isSeeding = isComplete(torrent);
  return (link: LinkId) => {
    const peer = torrent.peers.get(link);
    if (peer === undefined) return { claim: 0, isOnlyLucky: true, isIdle: true };
    const { down, up, giveAndTake } = peer;
    const claim = isSeeding ? up.bytesPerSecond(context.now) : down.total - up.total;
    return {
      claim: peer.wastedSlot ? LAST : claim,
      isOnlyLucky: !isSeeding && (peer.isSnubbing || giveAndTake.isFreeRiding(down.total, up.total)),
      isIdle: isIdle(context, peer),
    };
  };
}

/** Whoever wasted a slot comes after everybody else: a crowd that requests nothing must not hand slots on among itself. */
const LAST = Number.MIN_SAFE_INTEGER;

/** It has a slot, and has requested nothing for a while. */
function isIdle({ now, config }: Context, { theirRequests, readingBytes, servedAt }: Peer): boolean {
  return theirRequests.length === 0 && readingBytes === 0 && now - servedAt >= config.idleSlotMillis;
}

function apply(context: Context, torrent: Torrent, { choke, unchoke }: Choice): void {
  for (const link of choke) tellChoked(context, torrent, link, true);
  for (const link of unchoke) tellChoked(context, torrent, link, false);
}

function tellChoked(context: Context, torrent: Torrent, link: LinkId, isChoked: boolean): void {
  const peer = torrent.peers.get(link);
  if (peer === undefined || !isOpen(peer)) return;
  if (isChoked) peer.wastedSlot = peer.up.total === peer.sentBeforeSlot && isIdle(context, peer);
  else peer.sentBeforeSlot = peer.up.total;
  peer.servedAt = context.now;
  say(context, peer, { type: isChoked ? "choke" : "unchoke" });
  if (isChoked) for (const range of peer.theirRequests.splice(0)) reject(context, peer, range);
}
