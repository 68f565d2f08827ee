import { type Context, changed, tell } from "./context.ts";
import type { Input } from "./input.ts";
import { banPeer } from "./links.ts";
import { newMetadataCopies } from "./metadata.ts";
import { setMetadata } from "./new-torrent.ts";
import { isOpen } from "./peer.ts";
import { readEarlyPieces } from "./their-pieces.ts";
import type { Torrent } from "./torrent.ts";

/** The metadata that peers sent is right, is not what the hash names, or is of no use to us. */
export function metadataChecked(
  context: Context,
  torrent: Torrent,
  { metadata, problem, selectedFiles }: Extract<Input, { type: "metadataChecked" }>,
): void {
  if (torrent.content !== undefined) return;
  if (problem !== undefined) {
    torrent.metadataCopies = newMetadataCopies(context.config);
    torrent.problem = problem;
    return tell(context, torrent.infoHash, { type: "metadataUnusable", reason: problem });
  }
  if (metadata === undefined) return metadataIsFake(context, torrent);
  torrent.metadataCopies = newMetadataCopies(context.config); // We no longer need the copies.
  torrent.selectedFiles = selectedFiles ?? torrent.selectedFiles;
  const content = setMetadata(context, torrent, metadata, undefined);
  context.effects.push({ type: "keepMetadata", infoHash: torrent.infoHash, metadata });
  tell(context, torrent.infoHash, { type: "metadataArrived", name: metadata.info.name });
  changed(context, torrent).marks.add("metadataKnown"); // Now others can get it from us.
  for (const peer of [...torrent.peers.values()])
    if (isOpen(peer)) readEarlyPieces(context, torrent, content, peer);
}

function metadataIsFake(context: Context, torrent: Torrent): void {
  const liar = torrent.metadataCopies.wrong();
  const peerId = liar && torrent.peerIds.get(liar);
  if (peerId !== undefined) banPeer(context, torrent, peerId, undefined);
  const reason = "it is not what the hash names";
  tell(context, torrent.infoHash, { type: "metadataUnusable", reason });
  changed(context, torrent).marks.add("metadata");
}
