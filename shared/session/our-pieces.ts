import type { PieceIndex } from "../base/ids.ts";
import { encodeHaves } from "../wire/message.ts";
import { type Context, sendBytes } from "./context.ts";
import { isOpen, type Peer } from "./peer.ts";
import { isSeed, piecesOf, type Torrent } from "./torrent.ts";

/**
 * Tells every peer of pieces that we hold from now on. Peers that have them, too, need not know at once: they hear of them
 * with the next news, at the next sweep, or when we have everything. In a busy swarm that saves every second message.
 */
export function tellHeld(context: Context, torrent: Torrent, held: readonly PieceIndex[]): void {
  const news = encodeHaves(held);
  for (const peer of torrent.peers.values()) {
    if (!isOpen(peer)) continue;
    if (peer.untold.length === 0 && !canWait(torrent, peer, held)) {
      sendBytes(context, peer, news);
      continue;
    }
    for (const piece of held) peer.untold.push(piece);
    if (!canWait(torrent, peer, held)) tellUntold(context, peer);
  }
}

/** Tells a peer what could wait until now. */
export function tellUntold(context: Context, peer: Peer): void {
  if (peer.untold.length > 0) sendBytes(context, peer, encodeHaves(peer.untold.splice(0)));
}

/** Seeders hear everything at once: they choose what to give by what others have. */
function canWait(torrent: Torrent, peer: Peer, held: readonly PieceIndex[]): boolean {
  const has = piecesOf(torrent, peer);
  return has !== undefined && !isSeed(torrent, peer) && held.every((piece) => has.has(piece));
}
