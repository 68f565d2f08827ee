import type { Context } from "./context.ts";
import { closeLink } from "./links.ts";
import type { Peer } from "./peer.ts";
import { isPrivate, type Torrent } from "./torrent.ts";

/**
 * Looks for peers without a tracker, unless the torrent is private (BEP 27). For a magnet link we only learn that from
 * the metadata: like other clients we look until then.
 */
export function startDiscovery({ effects }: Context, torrent: Torrent): void {
  if (!isPrivate(torrent)) effects.push({ type: "discover", infoHash: torrent.infoHash });
}

export function endDiscovery({ effects }: Context, { infoHash }: Torrent): void {
  effects.push({ type: "endDiscovery", infoHash });
}

/** The metadata says that only trackers may name peers: drops all that we found in other ways. */
export function becamePrivate(context: Context, torrent: Torrent): void {
  endDiscovery(context, torrent);
  torrent.candidates?.forgetUntracked();
  for (const peer of [...torrent.peers.values()]) {
    if (!cameFromTracker(torrent, peer)) closeLink(context, torrent, peer, "notFromTracker");
  }
}

/** We cannot know how a peer that dialled us found us; one that a tracker sent will come again. */
function cameFromTracker({ candidates }: Torrent, { introduction }: Peer): boolean {
  if (introduction.type === "accepted") return false;
  if (introduction.type === "offer") return introduction.route.tracker !== undefined;
  return candidates?.isKnown(introduction.address) ?? false;
}
