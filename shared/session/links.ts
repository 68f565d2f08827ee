import { ProtocolError } from "../base/errors.ts";
import { millis, type PeerId } from "../base/ids.ts";
import { encodeMetadataMessage } from "../wire/extension.ts";
import { encodeHandshake, type Handshake } from "../wire/handshake.ts";
import { KEEP_ALIVE } from "../wire/message.ts";
import { type Context, say, sendBytes } from "./context.ts";
import { dialEnded, shun } from "./dialling.ts";
import { requestMoreOfAll } from "./download.ts";
import type { CloseReason, LinkEnd } from "./effect.ts";
import { sayExtendedHandshake } from "./extended.ts";
import { peerView } from "./look.ts";
import { fetchMetadata } from "./metadata.ts";
import { isOpen, type Peer, type PeerPhase } from "./peer.ts";
import { allTrackers, isComplete, isRunning, type Torrent } from "./torrent.ts";
import { chooseWhomToServe } from "./upload.ts";

type OpenPhase = Extract<PeerPhase, { phase: "open" }>;

/** The link is open: both sides send their handshake at once. */
export function linkOpened(context: Context, torrent: Torrent, peer: Peer): void {
  if (peer.state.phase !== "opening") return;
  peer.state = { phase: "handshaking", giveUpAt: millis(context.now + context.config.handshakeMillis) };
  peer.heardAt = context.now;
  const handshake = { infoHash: torrent.infoHash, peerId: context.peerId, fast: true, extended: true };
  sendBytes(context, peer, encodeHandshake(handshake));
}

/** The other side's first frame. */
export function handshakeArrived(context: Context, torrent: Torrent, peer: Peer, handshake: Handshake): void {
  if (handshake.infoHash !== torrent.infoHash)
    throw new ProtocolError("otherTorrent", "the peer wants another torrent");
  if (handshake.peerId === context.peerId) return closeForGood(context, torrent, peer, "ourselves");
  if (torrent.banned.has(handshake.peerId)) return closeForGood(context, torrent, peer, "banned");

  const { peerId, fast, extended } = handshake;
  const state: OpenPhase = { phase: "open", peerId, fast, extended };
  const twin = openPeer(torrent, peerId);
  peer.state = state;
  if (twin !== undefined && !staysBeside(context, torrent, peer, twin, peerId)) return;
  torrent.lastLinkFailure = undefined;
  remember(context, torrent, peer, peerId);
  if (extended) sayExtendedHandshake(context, torrent, peer);
  sayWhatWeHave(context, torrent, peer, state);
}

/** Whether the newer of two links to a peer stays: for good, or until we hear from the older one. */
function staysBeside(context: Context, torrent: Torrent, newer: Peer, older: Peer, peerId: PeerId): boolean {
  const isNewerPreferred = isPreferred(context, newer, older, peerId);
  const { aliveMillis, pingMillis } = context.config;
  const isAlive = older.kind === "rtc" || context.now - older.heardAt < aliveMillis; // WebRTC checks its paths itself.
  if (isNewerPreferred) endTwin(context, torrent, older, newer, "twin");
  else if (isAlive || older.rival !== undefined) endTwin(context, torrent, newer, older, "twin");
  else {
    older.rival = { link: newer.link, giveUpAt: millis(context.now + pingMillis) };
    ping(context, older);
  }
  return torrent.peers.has(newer.link);
}

/** The older of two links to a peer is alive, or has been silent too long. */
export function settleRivals(context: Context, torrent: Torrent, older: Peer, isAlive: boolean): void {
  const newer = older.rival && torrent.peers.get(older.rival.link);
  older.rival = undefined;
  if (newer === undefined) return;
  if (isAlive) endTwin(context, torrent, newer, older, "twin");
  else endTwin(context, torrent, older, newer, "silent");
}

function endTwin(context: Context, torrent: Torrent, loser: Peer, winner: Peer, reason: CloseReason): void {
  winner.listensAt ??= loser.listensAt;
  winner.candidates.push(...loser.candidates.splice(0)); // We do not dial those while the winner lives.
  closeLink(context, torrent, loser, reason);
}

/** Makes a live peer say something: it must answer a request for metadata, at least with a reject (BEP 9). */
function ping(context: Context, peer: Peer): void {
  const { metadataId: id } = peer;
  if (id === undefined) return sendBytes(context, peer, KEEP_ALIVE);
  say(context, peer, { type: "extended", id, payload: encodeMetadataMessage({ type: "request", piece: 0 }) });
}

function remember({ config }: Context, { peerIds }: Torrent, { link }: Peer, peerId: PeerId): void {
  peerIds.set(link, peerId);
  const [oldest] = peerIds.keys();
  if (oldest !== undefined && peerIds.size > config.linksRemembered) peerIds.delete(oldest);
}

/**
 * Two peers that connect to each other at the same time get two links. Both sides must keep the same one: TCP before
 * WebRTC, then that of the initiator with the lower peer id, then, if one side made both offers, the lower offer id.
 */
function isPreferred(context: Context, newer: Peer, older: Peer, theirs: PeerId): boolean {
  const rank = ({ introduction: by }: Peer): string => {
    if (by.type === "offer") return `1 ${by.weOffered ? context.peerId : theirs} ${by.offerId}`;
    return `0 ${by.type === "dialled" ? context.peerId : theirs}`;
  };
  return rank(newer) < rank(older);
}

/** The open link to this peer. */
function openPeer(torrent: Torrent, peerId: PeerId): Peer | undefined {
  for (const peer of torrent.peers.values()) {
    if (peer.state.phase === "open" && peer.state.peerId === peerId) return peer;
  }
  return undefined;
}

function sayWhatWeHave(context: Context, torrent: Torrent, peer: Peer, { fast }: OpenPhase): void {
  const held = torrent.content?.held;
  if (fast && (held === undefined || held.count === 0)) return say(context, peer, { type: "haveNone" });
  if (held === undefined) return;
  if (fast && held.isFull) return say(context, peer, { type: "haveAll" });
  say(context, peer, { type: "bitfield", bits: held.bytes });
}

/** Closes a link if neither side has anything for the other. (Of an empty torrent, a peer may lack just the metadata.) */
export function closeIfUseless(context: Context, torrent: Torrent, peer: Peer): boolean {
  if (!isComplete(torrent) || !(peer.has?.isFull ?? false)) return false;
  if (peer.has?.length === 0 && peer.metadataBytes === undefined) return false;
  rememberComplete(context, torrent, peer);
  closeLink(context, torrent, peer, "nothingToShare");
  return true;
}

/** Both sides close such a link, so we hear no more from this peer. */
function rememberComplete({ config, now }: Context, { completePeers }: Torrent, { state }: Peer): void {
  if (state.phase !== "open" || completePeers.size >= config.linksRemembered) return;
  completePeers.set(state.peerId, now);
}

/**
 * We have everything: a peer that has everything, too, closes the link once it knows. If we closed it at once, we could
 * lose the very `have` that tells it.
 */
export function partSoon({ now, config }: Context, peer: Peer): void {
  peer.partAt = millis(now + config.partMillis);
}

/** Closes a link. */
export function closeLink(context: Context, torrent: Torrent, peer: Peer, reason: CloseReason): void {
  context.effects.push({ type: "close", link: peer.link, reason });
  if (reason === "silent") peerLost(torrent, peer);
  forgetLink(context, torrent, peer);
}

/** Closes a link, and never dials its peer again. */
function closeForGood(context: Context, torrent: Torrent, peer: Peer, reason: CloseReason): void {
  shun(torrent, peer);
  closeLink(context, torrent, peer, reason);
}

/** The other side or the network ended a link. */
export function linkClosed(context: Context, torrent: Torrent, peer: Peer, reason: LinkEnd): void {
  if (!isOpen(peer) && reason !== "theyLeft") torrent.lastLinkFailure = reason;
  peerLost(torrent, peer);
  forgetLink(context, torrent, peer);
}

/** Bans a peer that sent bad data. */
export function banPeer(context: Context, torrent: Torrent, peerId: PeerId): void {
  torrent.banned.add(peerId);
  for (let peer = openPeer(torrent, peerId); peer !== undefined; peer = openPeer(torrent, peerId)) {
    torrent.content?.picker.disbelieve(peer.link);
    closeForGood(context, torrent, peer, "banned");
  }
}

function forgetLink(context: Context, torrent: Torrent, peer: Peer): void {
  if (!torrent.peers.delete(peer.link)) return;
  if (peer.down.total > 0) torrent.formerPeers.push(peerView(context.now, torrent, peer));
  if (torrent.formerPeers.length > context.config.linksRemembered) torrent.formerPeers.shift();
  context.peers.delete(peer.link);
  context.limits?.up?.leave(peer.link);
  context.limits?.down?.leave(peer.link);
  torrent.content?.picker.peerLeft(peer.link);
  torrent.metadataCopies.left(peer.link);
  dialEnded(context, torrent, peer);
  if (!isRunning(torrent)) return;
  // Its slot and its requests are free for others.
  if (!peer.weChoke) chooseWhomToServe(context, torrent);
  requestMoreOfAll(context, torrent);
  fetchMetadata(context, torrent);
  context.due.seeks.add(torrent);
}

/**
 * A link broke that a tracker had introduced. Its peer may still be there, even if it came after the tracker's last
 * count: until the next count we look for one more.
 */
function peerLost(torrent: Torrent, peer: Peer): void {
  const { introduction, has } = peer;
  if (!isOpen(peer) || introduction.type !== "offer") return;
  if (isComplete(torrent) && has?.isFull === true) return;
  const entry = allTrackers(torrent).find(({ url }) => url === introduction.tracker);
  if (entry !== undefined) entry.lostPeers += 1;
}
