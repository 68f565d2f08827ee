import { ProtocolError } from "../base/errors.ts";
import type { PeerId } from "../base/ids.ts";
import { MetadataCopies } from "../policy/metadata-copies.ts";
import {
  decodeMetadataMessage,
  encodeMetadataMessage,
  METADATA_PIECE_BYTES,
  type MetadataMessage,
} from "../wire/extension.ts";
import type { SessionConfig } from "./config.ts";
import { type Context, changed, say } from "./context.ts";
import { isOpen, type Peer } from "./peer.ts";
import { isRunning, type Torrent } from "./torrent.ts";

export function newMetadataCopies({ metadata }: SessionConfig): MetadataCopies {
  return new MetadataCopies(metadata, METADATA_PIECE_BYTES);
}

/** `-lt` of its peer id: it answers one request, ignores the link after two at a time, and refuses another link (0.9.8). */
const RTORRENT = "2d6c74";

/** A message about metadata (BEP 9). */
export function metadataMessageArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  payload: Uint8Array,
): void {
  const message = decodeMetadataMessage(payload);
  if (message?.type === "request") serveMetadata(context, torrent, peer, message.piece);
  if (message?.type === "reject") torrent.metadataCopies.refused(peer.link, context.now);
  if (message?.type === "data") dataArrived(context, torrent, peer, message);
  if (message !== undefined && message.type !== "request") changed(context, torrent).marks.add("metadata");
}

/** The peer says whether it has the metadata, and how long it is. */
export function metadataOffered(context: Context, torrent: Torrent, peer: Peer): void {
  const { metadataCopies, oneByOne } = torrent;
  changed(context, torrent).marks.add("metadata");
  const { link, state, metadataId, metadataBytes } = peer;
  if (state.phase !== "open" || metadataId === undefined || metadataBytes === undefined)
    return metadataCopies.left(link);
  const isOneByOne = state.peerId.startsWith(RTORRENT) || oneByOne.has(state.peerId);
  metadataCopies.offered(link, metadataBytes, isOneByOne);
}

/** From now on we ask the peer for one piece of metadata at a time. False: we did already, or remember too many. */
export function askOneByOne({ config }: Context, { oneByOne }: Torrent, peerId: PeerId): boolean {
  if (oneByOne.has(peerId) || oneByOne.size >= config.linksRemembered) return false;
  oneByOne.add(peerId);
  return true;
}

/** Asks every peer that could give some of the info dictionary, if it is missing. */
export function fetchMetadata(context: Context, torrent: Torrent): void {
  if (torrent.content !== undefined || !isRunning(torrent)) return;
  const { infoHash, metadataCopies, peers } = torrent;
  const bytes = metadataCopies.takeWhole();
  if (bytes !== undefined) context.effects.push({ type: "checkMetadata", infoHash, bytes });
  for (const peer of peers.values())
    for (const piece of metadataCopies.pick(peer.link, context.now))
      sayMetadata(context, peer, { type: "request", piece });
}

function dataArrived(
  context: Context,
  { content, metadataCopies }: Torrent,
  { link }: Peer,
  { piece, totalBytes, bytes }: Extract<MetadataMessage, { type: "data" }>,
): void {
  if (content !== undefined) return;
  if (metadataCopies.arrived(link, piece, totalBytes, bytes, context.now)) return;
  metadataCopies.refused(link, context.now); // So we ask others for it.
  throw new ProtocolError("badMetadata", `${bytes.length} bytes of metadata piece ${piece}`);
}

/** We answer even while choking (BEP 9), but reject if we have none or the link is busy enough. */
function serveMetadata(context: Context, torrent: Torrent, peer: Peer, piece: number): void {
  const infoBytes = torrent.content?.metadata.infoBytes;
  const start = piece * METADATA_PIECE_BYTES;
  const isBusy = peer.queuedBytes > context.config.linkHighWaterBytes;
  if (infoBytes === undefined || start >= infoBytes.length || isBusy) {
    return sayMetadata(context, peer, { type: "reject", piece });
  }
  const bytes = infoBytes.subarray(start, start + METADATA_PIECE_BYTES);
  sayMetadata(context, peer, { type: "data", piece, totalBytes: infoBytes.length, bytes });
}

function sayMetadata(context: Context, peer: Peer, message: MetadataMessage): void {
  const { metadataId: id } = peer;
  if (id === undefined || !isOpen(peer)) return;
  say(context, peer, { type: "extended", id, payload: encodeMetadataMessage(message) });
}
