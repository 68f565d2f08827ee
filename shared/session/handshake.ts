import { ProtocolError } from "../base/errors.ts";
import { millis, type PeerId } from "../base/ids.ts";
import { encodeHandshake, type Handshake } from "../wire/handshake.ts";
import { type Context, changed, say, sendBytes } from "./context.ts";
import { sayExtendedHandshake } from "./extended.ts";
import { NO_FAILED_ATTEMPTS } from "./link-end.ts";
import { closeForGood, openPeer } from "./links.ts";
import type { Peer, PeerPhase } from "./peer.ts";
import type { Torrent } from "./torrent.ts";
import { staysBeside } from "./twins.ts";

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
  const state: OpenPhase = { phase: "open", since: context.now, peerId, fast, extended };
  const twin = openPeer(torrent, peerId);
  peer.state = state;
  if (twin !== undefined && !staysBeside(context, torrent, peer, twin, peerId)) return;
  torrent.failedAttempts = NO_FAILED_ATTEMPTS;
  context.introductions?.met(context, torrent, peer);
  remember(context, torrent, peer, peerId);
  changed(context, torrent).opened.add(peer);
  const isHidden = context.revealing?.hidePieces(context, torrent, peer) ?? false;
  if (extended) sayExtendedHandshake(context, torrent, peer);
  if (isHidden && fast) say(context, peer, { type: "haveNone" });
  if (!isHidden) sayWhatWeHave(context, torrent, peer, state);
}

function remember({ config }: Context, { peerIds }: Torrent, { link }: Peer, peerId: PeerId): void {
  peerIds.set(link, peerId);
  const [oldest] = peerIds.keys();
  if (oldest !== undefined && peerIds.size > config.linksRemembered) peerIds.delete(oldest);
}

function sayWhatWeHave(context: Context, torrent: Torrent, peer: Peer, { fast }: OpenPhase): void {
  const held = torrent.content?.picker.held;
  if (fast && (held === undefined || held.count === 0)) return say(context, peer, { type: "haveNone" });
  if (held === undefined) return;
  if (fast && held.isFull) return say(context, peer, { type: "haveAll" });
  say(context, peer, { type: "bitfield", bits: held.bytes });
}
