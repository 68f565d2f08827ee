import { millis } from "../base/ids.ts";
import type { Context } from "./context.ts";
import { closeLink } from "./links.ts";
import type { Peer } from "./peer.ts";
import { isComplete, isSeed, piecesOf, type Torrent } from "./torrent.ts";

/** Closes a link if neither side has anything for the other, unless it is one of a few that we keep for introductions. */
export function closeIfUseless(context: Context, torrent: Torrent, peer: Peer): boolean {
  if (!isUseless(torrent, peer)) return false;
  // Others can have everything from a peer that had it from us; whoever comes and says that it has everything may lie.
  if (peer.up.total > 0) torrent.content?.superSeeding?.end();
  const parting = context.introductions?.tooMany(context, torrent, peer) ?? peer;
  if (parting === "none") return true;
  rememberComplete(context, torrent, parting);
  closeLink(context, torrent, parting, "nothingToShare");
  return true;
}

/** Both sides have everything. (Of an empty torrent, a peer may lack just the metadata.) */
function isUseless(torrent: Torrent, peer: Peer): boolean {
  if (!isComplete(torrent) || !isSeed(torrent, peer)) return false;
  return piecesOf(torrent, peer)?.length !== 0 || peer.metadataBytes !== undefined;
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
export function partSoon({ now, config }: Context, { peers }: Torrent): void {
  for (const peer of peers.values()) peer.partAt = millis(now + config.partMillis);
}
