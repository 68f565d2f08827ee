import { millis } from "../base/ids.ts";
import { KEEP_ALIVE } from "../wire/message.ts";
import { type Context, changed, sendBytes } from "./context.ts";
import { doubtRejects, giveUpChoked, giveUpRequests, takeFromLate } from "./download.ts";
import { closeLink, linkClosed, tellOpened } from "./links.ts";
import { askOneByOne } from "./metadata.ts";
import { tellUntold } from "./our-pieces.ts";
import { isUnansweredOffer, type Peer } from "./peer.ts";
import { FAIR_LINKS } from "./room.ts";
import { stopAt, stopIfShared } from "./stop-sharing.ts";
import { isRunning, type Torrent } from "./torrent.ts";

/** Time has passed: finds silent peers, blocks that do not come, and what is due. */
export function sweepTorrent(context: Context, torrent: Torrent): void {
  if (!isRunning(torrent)) return;
  const changes = changed(context, torrent);
  changes.marks.add("announces");
  if (context.now < torrent.sweepAt) return;
  torrent.sweepAt = millis(context.now + context.config.sweepMillis);
  changes.marks.add("addresses"); // It may be time to dial one of them again.
  changes.marks.add("swarm");
  changes.marks.add("leechers");
  for (const peer of [...torrent.peers.values()]) sweepPeer(context, torrent, peer);
  sweepRequests(context, torrent);
  takeFromLate(context, torrent);
  context.webSeeding?.sweep(context, torrent);
  if (torrent.content?.picker.isPressed(context.now)) changes.marks.add("blocks");
  context.exchange?.tell(context, torrent);
  context.introductions?.tell(context, torrent);
  sweepMetadata(context, torrent);
  stopIfShared(context, torrent);
  if (torrent.choker.isAnybodyWaiting) changes.marks.add("idleSlots");
  if (context.now < torrent.rechokeAt) return;
  torrent.rechokeAt = millis(context.now + context.config.rechokeMillis);
  changes.marks.add("round");
  doubtRejects(context, torrent);
}

/** Gives up late metadata requests. A peer that answers only the first of two gets a new link, and one at a time. */
function sweepMetadata(context: Context, torrent: Torrent): void {
  for (const { link, letSecondWait } of torrent.metadataCopies.late(context.now)) {
    const peer = torrent.peers.get(link);
    if (!letSecondWait || peer?.state.phase !== "open" || peer.listensAt === undefined) continue;
    if (!askOneByOne(context, torrent, peer.state.peerId)) continue;
    closeLink(context, torrent, peer, "silent");
    // Not at once: it may still have the old link and drop the new one.
    torrent.candidates?.retryAt(millis(context.now + context.config.sweepMillis), peer.listensAt);
  }
  changed(context, torrent).marks.add("metadata");
}

/** When `sweepTorrent` has something to do next. */
export function deadlineOf({ webSeeding }: Context, torrent: Torrent): number {
  if (!isRunning(torrent)) return Number.POSITIVE_INFINITY;
  let next: number = torrent.sweepAt;
  // Without peers a sweep has hardly anything to do.
  if (torrent.peers.size === 0) {
    const dialAt = torrent.candidates?.nextAt() ?? Number.POSITIVE_INFINITY;
    const fetchAt = webSeeding?.nextAt(torrent) ?? Number.POSITIVE_INFINITY;
    next = Math.max(next, Math.min(dialAt, stopAt(torrent), fetchAt));
  }
  for (const { current } of torrent.tiers)
    next = Math.min(next, current.announcer.deadline ?? Number.POSITIVE_INFINITY);
  return next;
}

function sweepPeer(context: Context, torrent: Torrent, peer: Peer): void {
  const { now, config } = context;
  if (peer.state.phase === "opening") {
    if (now < peer.state.giveUpAt && !isSlowForFew(context, torrent, peer)) return;
    context.effects.push({ type: "close", link: peer.link, reason: "neverOpened" });
    return linkClosed(context, torrent, peer, isUnansweredOffer(peer) ? "offerExpired" : "noRoute");
  }
  if (peer.rival !== undefined && now >= peer.rival.giveUpAt)
    context.dialling?.settleRivals(context, torrent, peer, false);
  if (!torrent.peers.has(peer.link)) return;
  tellOpened(context, torrent, peer);
  const isMute = peer.state.phase === "handshaking" && now >= peer.state.giveUpAt;
  if (isMute || now - peer.heardAt >= config.silenceMillis)
    return closeLink(context, torrent, peer, "silent");
  if (peer.partAt !== undefined && now >= peer.partAt) changed(context, torrent).theirPieces.add(peer);
  tellUntold(context, peer);
  if (now - peer.saidAt >= config.keepAliveMillis) sendBytes(context, peer, KEEP_ALIVE);
}

/** Trackers hand offers to peers that may have no room, and answer nothing. Whoever has hardly a link makes others soon. */
function isSlowForFew({ now, config }: Context, torrent: Torrent, peer: Peer): boolean {
  if (!isUnansweredOffer(peer) || peer.introduction.route.tracker === undefined) return false;
  const waited = peer.state.phase === "opening" ? now - peer.state.giveUpAt + config.answerMillis : 0;
  if (waited < config.slowOfferMillis) return false;
  let links = 0;
  for (const each of torrent.peers.values()) if (!isUnansweredOffer(each)) links += 1;
  return links < FAIR_LINKS;
}

/** Requests what late peers hold up from others: after finding all late ones, or the next of them would hold it up. */
function sweepRequests(context: Context, torrent: Torrent): void {
  for (const peer of torrent.peers.values()) giveUpChoked(context, torrent, peer);
  const late = [...torrent.peers.values()].filter((peer) => isLate(context, torrent, peer));
  for (const peer of late) {
    peer.stalls += 1;
    peer.isSnubbing = true;
    giveUpRequests(context, torrent, peer);
    peer.pipeline.stalled();
  }
}

/** A peer that sends us anything is not late, in whatever order it sends. The first request is the oldest. */
function isLate({ now, config }: Context, { content }: Torrent, { link, gaveAt }: Peer): boolean {
  const [oldest] = content?.picker.requestsTo(link).values() ?? [];
  return oldest !== undefined && now - Math.max(oldest.at, gaveAt) >= config.requestMillis;
}
