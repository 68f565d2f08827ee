import type { LinkId } from "../base/ids.ts";
import { Framer } from "../wire/framer.ts";
import type { Context } from "./context.ts";
import type { Introduction } from "./introduction.ts";
import { newPeer, type Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** Adds a link to a torrent, before the handshake. `framer` has read the bytes received so far. */
export function addPeer(
  context: Context,
  torrent: Torrent,
  link: LinkId,
  introduction: Introduction,
  framer = new Framer(),
): Peer {
  const peer = newPeer(context.now, link, torrent.infoHash, introduction, framer, context.config);
  context.peers.set(link, peer);
  torrent.peers.set(link, peer);
  return peer;
}
