import type { Context } from "./context.ts";
import { closeLink } from "./links.ts";
import type { Peer } from "./peer.ts";
import { isPrivate, type Torrent } from "./torrent.ts";

/**
 * Peers are sought without a tracker, unless the torrent is private (BEP 27). Whether a magnet link's torrent is, nobody
 * knows before its metadata is here: other clients seek as well, and stop then.
 */
export function startDiscovery({ effects }: Context, torrent: Torrent): void {
  if (!isPrivate(torrent)) effects.push({ type: "discover", infoHash: torrent.infoHash });
}

export function endDiscovery({ effects }: Context, { infoHash }: Torrent): void {
  effects.push({ type: "endDiscovery", infoHash });
}

/** The metadata came and says that only trackers may name peers: whoever was found in another way is let go. */
export function becamePrivate(context: Context, torrent: Torrent): void {
  endDiscovery(context, torrent);
  torrent.candidates.forgetUntracked();
  for (const peer of [...torrent.peers.values()]) {
    if (!cameFromTracker(torrent, peer)) closeLink(context, torrent, peer, "notFromTracker");
  }
}

/** Of those that dialled us nobody knows how they found us: who came from a tracker comes again. */
function cameFromTracker({ candidates }: Torrent, { introduction }: Peer): boolean {
  if (introduction.type === "accepted") return false;
  return introduction.type === "offer" || candidates.isKnown(introduction.address);
}
