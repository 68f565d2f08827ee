import { type Context, freeLinks, mostLinks } from "./context.ts";
import { type Peer, takesPart } from "./peer.ts";
import { hasWorkingTracker, isSeed, type Torrent } from "./torrent.ts";

/**
 * How many links to others that have everything a peer keeps while no tracker works, so that it can introduce a newcomer that knows
 * it alone. With four, some of a hundred seeders lost all of them to chance; each is a connection that idles.
 */
const MAX_KEPT = 6;

/**
 * Both we and this peer have everything. Which link is to close: this one, or another in its place. `none`: we keep it. Chance
 * decides, or those that came together would keep to themselves. Other torrents come first: half of all links stay free for them.
 */
export function tooMany(context: Context, torrent: Torrent, peer: Peer): Peer | "none" {
  if (!takesPart(peer) || hasWorkingTracker(torrent)) return peer;
  if (freeLinks(context, torrent) < mostLinks(context, torrent) / 2) return peer;
  const kept = [...torrent.peers.values()].filter((each) => isSeed(torrent, each));
  if (kept.length <= MAX_KEPT) return "none";
  return kept[context.random.below(kept.length)] ?? peer;
}
