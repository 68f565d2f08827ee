import {
  announceDue,
  changeTrackers,
  completedAtTrackers,
  foundCompleteAtTrackers,
  leaveUnused,
  startAnnouncing,
  stopAnnouncing,
} from "./announcing.ts";
import { noChanges } from "./changes.ts";
import { type Context, tell } from "./context.ts";
import { requestMore, requestMoreOfAll, shareOut, takeBackSurplus, updateInterest } from "./download.ts";
import { sayExtendedHandshake } from "./extended.ts";
import { closeLink, tellOpened } from "./links.ts";
import { fetchMetadata } from "./metadata.ts";
import { tellHeld, tellUntold } from "./our-pieces.ts";
import { closeIfUseless, partSoon } from "./parting.ts";
import { seekPeers } from "./seeking.ts";
import { countSharing } from "./stop-sharing.ts";
import { isComplete, isPrivate, isRunning, phaseOf, problemOf, type Torrent } from "./torrent.ts";
import { giveOnSlots, giveUpSlots, rechoke, refillSlots } from "./unchoking.ts";
import { serve } from "./upload.ts";

/**
 * The second stroke of `handle`: derives what follows from what inputs have changed of one torrent, and erases the marks.
 * Takes time only for what has changed.
 *
 * The order matters: a link that closes frees slots and blocks, whom we choke gets no block, and trackers hear the outcome.
 */
export function settle(context: Context, torrent: Torrent): void {
  settleRunning(context, torrent);
  if (torrent.isActive) settleSwarm(context, torrent);
  else {
    torrent.isDone = isComplete(torrent);
    torrent.changes = noChanges();
  }
  tellState(context, torrent);
}

function settleSwarm(context: Context, torrent: Torrent): void {
  settleLinks(context, torrent);
  settlePieces(context, torrent);
  settleUploads(context, torrent);
  settleDownloads(context, torrent);
  settleSearch(context, torrent);
}

/** Tells whoever watches in what phase it is now, and in what trouble. */
function tellState(context: Context, torrent: Torrent): void {
  const { told, infoHash } = torrent;
  const phase = phaseOf(torrent);
  const problem = problemOf(torrent);
  if (context.torrents.get(infoHash) !== torrent) return tell(context, infoHash, { type: "torrentRemoved" });
  if (phase !== told.phase) {
    countSharing(context, torrent, phase);
    tell(context, infoHash, { type: "phaseChanged", phase });
  }
  if (problem !== told.problem) tell(context, infoHash, { type: "problemChanged", problem });
  told.phase = phase;
  told.problem = problem;
}

/** Enters or leaves the swarm, or moves to other trackers. */
function settleRunning(context: Context, torrent: Torrent): void {
  const { changes, infoHash } = torrent;
  const { formerTrackers } = changes;
  changes.formerTrackers = undefined;
  if (torrent.isActive !== isRunning(torrent)) {
    torrent.isActive = isRunning(torrent);
    if (torrent.isActive) start(context, torrent);
    else stop(context, torrent);
  } else if (torrent.isActive && formerTrackers !== undefined) changeTrackers(context, torrent);
  if (formerTrackers === undefined) return;
  const isRemoved = context.torrents.get(infoHash) !== torrent;
  if (isRemoved) context.effects.push({ type: "dropBuffers", infoHash });
  leaveUnused(context, formerTrackers);
}

function start(context: Context, torrent: Torrent): void {
  context.dialling?.startDiscovery(context, torrent);
  startAnnouncing(context, torrent);
  torrent.changes.marks.add("webSeeds");
}

function stop(context: Context, torrent: Torrent): void {
  stopAnnouncing(context, torrent);
  context.dialling?.endDiscovery(context, torrent);
  for (const peer of [...torrent.peers.values()]) closeLink(context, torrent, peer, "stopped");
  context.webSeeding?.stop(context, torrent);
  giveUpSlots(context, torrent);
}

/** Closes links that are of no use, and tells the others that we know the metadata. */
function settleLinks(context: Context, torrent: Torrent): void {
  const { changes, peers } = torrent;
  for (const peer of changes.opened)
    if (peer.client !== undefined || peer.isPastStart) tellOpened(context, torrent, peer);
  for (const peer of changes.overfull)
    if (peers.has(peer.link)) closeLink(context, torrent, peer, "readsNothing");
  changes.overfull.clear();
  for (const peer of changes.theirPieces) {
    if (!peers.has(peer.link) || closeIfUseless(context, torrent, peer)) continue;
    changes.downloads.add(peer);
  }
  changes.theirPieces.clear();
  if (changes.marks.delete("revealed")) takeBackSurplus(context, torrent);
  if (!changes.marks.delete("metadataKnown")) return;
  if (isPrivate(torrent)) context.dialling?.becamePrivate(context, torrent);
  for (const peer of peers.values())
    if (peer.state.phase === "open" && peer.state.extended) sayExtendedHandshake(context, torrent, peer);
}

/** Tells everybody what we hold now, whom we no longer need, and trackers that it is all. */
function settlePieces(context: Context, torrent: Torrent): void {
  const { changes, peers, content } = torrent;
  const { held } = changes;
  if (held.length > 0 && content?.withheldUntil === undefined) tellHeld(context, torrent, held);
  if (held.length > 0) for (const peer of peers.values()) updateInterest(context, torrent, peer);
  else for (const peer of changes.downloads) if (peers.has(peer.link)) updateInterest(context, torrent, peer); // It may have broken the rules after its last block.
  held.length = 0;
  const wasChecked = changes.marks.delete("checkEnded");
  const isDone = isComplete(torrent);
  if (isDone && !torrent.isDone) {
    if (wasChecked) foundCompleteAtTrackers(context, torrent);
    else completed(context, torrent);
    for (const peer of peers.values()) tellUntold(context, peer);
    partSoon(context, torrent);
    changes.marks.add("contenders"); // From now on those that take most deserve the slots.
  }
  torrent.isDone = isDone;
}

function completed(context: Context, torrent: Torrent): void {
  completedAtTrackers(context, torrent);
  tell(context, torrent.infoHash, { type: "torrentCompleted" });
}

/** Chooses whom to serve, and serves. */
function settleUploads(context: Context, torrent: Torrent): void {
  const { changes } = torrent;
  context.revealing?.revealMore(context, torrent);
  if (changes.marks.delete("contenders")) refillSlots(context, torrent);
  if (changes.marks.delete("round")) rechoke(context, torrent);
  else if (changes.marks.has("idleSlots")) giveOnSlots(context, torrent);
  changes.marks.delete("idleSlots");
  for (const peer of changes.uploads) if (torrent.peers.has(peer.link)) serve(context, torrent, peer);
  changes.uploads.clear();
}

/** Requests metadata and blocks. */
function settleDownloads(context: Context, torrent: Torrent): void {
  const { changes } = torrent;
  if (changes.marks.delete("metadata")) fetchMetadata(context, torrent);
  if (changes.marks.delete("leechers")) shareOut(context, torrent);
  const hasFree = changes.marks.delete("blocks");
  if (hasFree) requestMoreOfAll(context, torrent);
  else
    for (const peer of changes.downloads)
      if (torrent.peers.has(peer.link)) requestMore(context, torrent, peer);
  changes.downloads.clear();
  if (changes.marks.delete("webSeeds") || hasFree) context.webSeeding?.fetchMore(context, torrent); // Peers chose first.
}

/** Looks for peers. */
function settleSearch(context: Context, torrent: Torrent): void {
  const { changes } = torrent;
  const isSwarmChanged = changes.marks.delete("swarm");
  if (changes.marks.delete("introducible") || isSwarmChanged) context.introductions?.seek(context, torrent);
  if (isSwarmChanged) seekPeers(context, torrent);
  if (changes.marks.delete("addresses")) context.dialling?.dialMore(context, torrent);
  if (changes.marks.delete("announces")) announceDue(context, torrent);
}
