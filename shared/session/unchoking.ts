import type { LinkId } from "../base/ids.ts";
import type { Choice, Look } from "../policy/choker.ts";
import { type Context, changed, say } from "./context.ts";
import { originOf } from "./introduction.ts";
import { isOpen, type Peer } from "./peer.ts";
import { isComplete, serves, type Torrent } from "./torrent.ts";
import { reject } from "./upload.ts";

/** Links tell us when less than this waits to be sent, and not when the rest has left. */
const UNHEARD_BYTES = 256 * 1024;

/** A slot is worth moving for so much: it costs a round trip, and whoever gets it soon takes as much. */
const MUCH_LESS_BYTES = 256 * 1024;

/** The peer wants something of us, or nothing any more. */
export function interestChanged(context: Context, torrent: Torrent, peer: Peer, isInterested: boolean): void {
  peer.theyAreInterested = isInterested;
  peer.hasWanted ||= isInterested;
  const { choker } = torrent;
  if (isInterested)
    choker.interested(peer.link, peer.kind === "tcp" ? originOf(peer.introduction) : `${peer.link}`);
  else choker.uninterested(peer.link);
  changed(context, torrent).marks.add("contenders");
}

/** Chooses which peers to unchoke for the next ten seconds. While we tell of pieces one by one, whoever heard of some is served. */
export function rechoke(context: Context, torrent: Torrent): void {
  for (const { giveAndTake, down, up, weAreInterested, theyChoke } of torrent.peers.values())
    giveAndTake.roundEnded({ given: down.total, taken: up.total, weAreInterested, theyChoke });
  for (const other of context.slots.takeTurns(context.now)) changed(context, other).marks.add("contenders");
  if (torrent.content?.superSeeding !== undefined) return;
  apply(context, torrent, torrent.choker.nextRound(slotsOf(context, torrent), lookFor(context, torrent)));
  for (const { giveAndTake, down, up } of torrent.peers.values()) giveAndTake.settled(down.total, up.total);
}

/** Peers became interested, lost interest or left, or other torrents need slots. */
export function refillSlots(context: Context, torrent: Torrent): void {
  const { choker } = torrent;
  const takers = limitedSlots(context, torrent, choker.takers);
  for (const other of context.slots.wants(torrent, takers))
    if (other !== torrent) changed(context, other).marks.add("contenders");
  if (torrent.content?.superSeeding !== undefined) return;
  apply(context, torrent, choker.refill(slotsOf(context, torrent), lookFor(context, torrent)));
}

/** Peers wait for slots: gives them those that nobody uses, and those of peers to whom we owe much less. */
export function giveOnSlots(context: Context, torrent: Torrent): void {
  if (torrent.content?.superSeeding !== undefined) return;
  const muchLess = isComplete(torrent) ? Number.POSITIVE_INFINITY : MUCH_LESS_BYTES;
  apply(context, torrent, torrent.choker.giveOn(lookFor(context, torrent), muchLess));
}

/** We have told everybody of all pieces: from now on the choker chooses, also among those that we served. */
export function endSuperSeeding(context: Context, torrent: Torrent): void {
  const { content, choker, peers } = torrent;
  if (content === undefined) return;
  const served = [...peers.values()].filter((peer) => serves(torrent, peer));
  content.superSeeding = undefined;
  apply(context, torrent, choker.nextRound(slotsOf(context, torrent), lookFor(context, torrent)));
  for (const { link } of served) if (!choker.serves(link)) tellChoked(context, torrent, link, true);
}

/** The torrent has left the swarm, and its slots go to others. */
export function giveUpSlots(context: Context, torrent: Torrent): void {
  for (const other of context.slots.left(torrent)) changed(context, other).marks.add("contenders");
}

/** To how many more peers we would upload now. Undefined: we have nothing to give yet. */
export function freeSlots(context: Context, torrent: Torrent): number | undefined {
  const held = torrent.content?.picker.held.count ?? 0;
  if (held === 0) return undefined;
  const most = limitedSlots(context, torrent, Number.POSITIVE_INFINITY);
  return Math.max(0, Math.min(context.slots.free(torrent), most - torrent.choker.busy));
}

/** How many peers of the torrent we serve at a time: by its share of the slots, and by what its own limit feeds. */
function slotsOf(context: Context, torrent: Torrent): number {
  return limitedSlots(context, torrent, context.slots.of(torrent));
}

function limitedSlots({ limits }: Context, { infoHash }: Torrent, most: number): number {
  return limits?.up.slotsOf(infoHash, most) ?? most;
}

/** While we download, whoever we owe most since the last round has the highest claim. While we seed, all take turns. */
function lookFor(context: Context, torrent: Torrent): Look {
  const isSeeding = isComplete(torrent);
  return (link: LinkId) => {
    const peer = torrent.peers.get(link);
    if (peer === undefined) return { claim: 0, isOnlyLucky: true, isIdle: true };
    const { down, up, giveAndTake } = peer;
    const claim = isSeeding ? turnOf(context, torrent, peer) : giveAndTake.owedBytes(down.total, up.total);
    return {
      claim: peer.wastedSlot ? LAST : claim,
      isOnlyLucky: !isSeeding && (peer.isSnubbing || giveAndTake.isFreeRiding(down.total, up.total)),
      isIdle: isIdle(context, peer),
    };
  };
}

/** Whoever has had no slot for longest comes next. Whoever has one keeps it for a turn, and then makes way for those that wait. */
function turnOf({ now }: Context, { choker }: Torrent, { link, turnAt }: Peer): number {
  const millis = now - turnAt;
  if (!choker.serves(link)) return millis;
  return millis < TURN_MILLIS ? FIRST : -millis;
}

/** How long a seeder serves a peer while others wait: as long as a chance of the choker. */
const TURN_MILLIS = 30_000;
const FIRST = Number.MAX_SAFE_INTEGER;

/** Whoever wasted a slot comes after everybody else: a crowd that requests nothing must not hand slots on among itself. */
const LAST = Number.MIN_SAFE_INTEGER;

/** It has a slot, and for a while has requested nothing and got all that it had requested. */
function isIdle({ now, config }: Context, peer: Peer): boolean {
  const { theirRequests, readingBytes, queuedBytes, servedAt } = peer;
  if (theirRequests.length > 0 || readingBytes > 0 || queuedBytes > UNHEARD_BYTES) return false;
  return now - servedAt >= config.idleSlotMillis;
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
  peer.turnAt = context.now;
  say(context, peer, { type: isChoked ? "choke" : "unchoke" });
  if (isChoked) for (const range of peer.theirRequests.splice(0)) reject(context, peer, range);
}
