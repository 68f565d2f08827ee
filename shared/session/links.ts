import type { PeerId, PieceIndex } from "../base/ids.ts";
import { type Context, changed, tell } from "./context.ts";
import { type CloseReason, type LinkEnd, withFailure } from "./link-end.ts";
import { peerView } from "./look.ts";
import { isOpen, type Peer } from "./peer.ts";
import { allTrackers, hasFinished, isComplete, isSeed, type Torrent } from "./torrent.ts";
import type { PeerView } from "./view.ts";

/** The open link to this peer. */
export function openPeer(torrent: Torrent, peerId: PeerId): Peer | undefined {
  for (const peer of torrent.peers.values()) {
    if (peer.state.phase === "open" && peer.state.peerId === peerId) return peer;
  }
  return undefined;
}

/** Tells once that both sides have said who they are. */
export function tellOpened(context: Context, torrent: Torrent, peer: Peer): void {
  if (!changed(context, torrent).opened.delete(peer)) return;
  peer.isToldOf = true;
  const view = peerView(context.now, torrent, peer);
  tell(context, torrent.infoHash, { type: "linkOpened", peer: view });
}

/** Closes a link. `brokenRule` says what its peer did against the rules. */
export function closeLink(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  reason: CloseReason,
  brokenRule?: string,
): void {
  context.effects.push({ type: "close", link: peer.link, reason });
  if (reason === "silent") peerLost(torrent, peer);
  forgetLink(context, torrent, peer, reason, brokenRule);
}

/** Closes a link, and never dials its peer again. */
export function closeForGood(context: Context, torrent: Torrent, peer: Peer, reason: CloseReason): void {
  for (const address of peer.candidates.splice(0)) torrent.candidates?.shun(address);
  closeLink(context, torrent, peer, reason);
}

/** The other side or the network ended a link. */
export function linkClosed(context: Context, torrent: Torrent, peer: Peer, reason: LinkEnd): void {
  if (!isOpen(peer)) torrent.failedAttempts = withFailure(torrent.failedAttempts, reason, peer.routes);
  peerLost(torrent, peer);
  forgetLink(context, torrent, peer, reason);
}

/** Bans a peer that sent bad data: blocks of a piece, or metadata. */
export function banPeer(
  context: Context,
  torrent: Torrent,
  peerId: PeerId,
  badPiece: PieceIndex | undefined,
): void {
  if (!torrent.banned.has(peerId)) tell(context, torrent.infoHash, { type: "peerBanned", peerId, badPiece });
  torrent.banned.add(peerId);
  for (const oldest of torrent.banned) {
    if (torrent.banned.size <= context.config.linksRemembered) break;
    torrent.banned.delete(oldest);
  }
  for (let peer = openPeer(torrent, peerId); peer !== undefined; peer = openPeer(torrent, peerId)) {
    torrent.content?.picker.disbelieve(peer.link);
    closeForGood(context, torrent, peer, "banned");
  }
}

function forgetLink(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  reason: LinkEnd | CloseReason,
  brokenRule?: string,
): void {
  if (!torrent.peers.delete(peer.link)) return;
  context.introductions?.left(context, torrent, peer, reason);
  const changes = changed(context, torrent);
  tellOpened(context, torrent, peer);
  const view = peerView(context.now, torrent, peer);
  const ended = { reason, ...(brokenRule !== undefined && { brokenRule }) };
  if (peer.isToldOf) tell(context, torrent.infoHash, { type: "linkClosed", peer: view, ...ended });
  else tell(context, torrent.infoHash, { type: "linkFailed", link: peer.link, ...ended });
  if (hasFinished(torrent, peer)) rememberFinished(context, torrent, peer, view);
  if (peer.down.total > 0) torrent.formerPeers.push(view);
  if (torrent.formerPeers.length > context.config.linksRemembered) torrent.formerPeers.shift();
  context.peers.delete(peer.link);
  context.limits?.up.leave(peer.link, torrent.infoHash);
  context.limits?.down.leave(peer.link, torrent.infoHash);
  torrent.content?.picker.peerLeft(peer.link);
  if (torrent.content?.superSeeding?.left(peer.link)) torrent.content.superSeeding = undefined; // It begins anew with the next peer.
  torrent.metadataCopies.left(peer.link);
  dialEnded(context, torrent, peer);
  torrent.choker.left(peer.link);
  changes.marks.add("contenders");
  changes.marks.add("blocks");
  changes.marks.add("metadata");
  changes.marks.add("swarm");
}

function rememberFinished({ config }: Context, torrent: Torrent, { state }: Peer, view: PeerView): void {
  if (state.phase !== "open") return;
  const { finishedPeers } = torrent;
  finishedPeers.delete(state.peerId);
  finishedPeers.set(state.peerId, view);
  const [oldest] = finishedPeers.keys();
  if (oldest === undefined || finishedPeers.size <= config.linksRemembered) return;
  finishedPeers.delete(oldest);
  torrent.finishedBefore += 1;
}

/** We may dial its peer again, soon if the link was useful. */
function dialEnded({ now }: Context, { candidates: known }: Torrent, peer: Peer): void {
  const { candidates, down, up, prefersEncryption } = peer;
  for (const address of candidates) {
    if (down.total + up.total > 0) known?.left(now, address, prefersEncryption);
    else known?.failed(now, address);
  }
}

/**
 * A link broke that a tracker had introduced. Its peer may still be there, even if it came after the tracker's last
 * count: until the next count we look for one more.
 */
function peerLost(torrent: Torrent, peer: Peer): void {
  const { introduction } = peer;
  if (!isOpen(peer) || introduction.type !== "offer") return;
  if (isComplete(torrent) && isSeed(torrent, peer)) return;
  const entry = allTrackers(torrent).find(({ url }) => url === introduction.route.tracker);
  if (entry !== undefined) entry.lostPeers += 1;
}
