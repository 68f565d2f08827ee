import { Bitfield } from "../base/bitfield.ts";
import { ProtocolError } from "../base/errors.ts";
import { type LinkId, millis } from "../base/ids.ts";
import {
  decodeMetadataMessage,
  encodeMetadataMessage,
  METADATA_PIECE_BYTES,
  type MetadataMessage,
} from "../wire/extension.ts";
import { type Context, say } from "./context.ts";
import { isOpen, type Peer } from "./peer.ts";
import { isRunning, type MetadataFetch, type Torrent } from "./torrent.ts";

/** A message about metadata (BEP 9). */
export function metadataMessageArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  payload: Uint8Array,
): void {
  const message = decodeMetadataMessage(payload);
  if (message?.type === "request") serveMetadata(context, torrent, peer, message.piece);
  if (message?.type === "reject") refused(context, torrent, peer.link);
  if (message?.type === "data") dataArrived(context, torrent, peer, message);
}

/** Asks one peer for the whole info dictionary, if it is missing and nobody has been asked. */
export function fetchMetadata(context: Context, torrent: Torrent): void {
  if (torrent.content !== undefined || torrent.metadataFetch !== undefined || !isRunning(torrent)) return;
  for (const peer of torrent.peers.values()) {
    const { metadataId, metadataBytes } = peer;
    if (peer.state.phase !== "open" || metadataId === undefined || metadataBytes === undefined) continue;
    if (metadataBytes > context.config.maxMetadataBytes || torrent.metadataRefusals.has(peer.link)) continue;
    torrent.metadataFetch = {
      link: peer.link,
      peerId: peer.state.peerId,
      giveUpAt: millis(context.now + context.config.metadataMillis),
      askedCount: 0,
      bytes: new Uint8Array(metadataBytes),
      received: new Bitfield(Math.ceil(metadataBytes / METADATA_PIECE_BYTES)),
      isWhole: false,
    };
    return requestMetadata(context, torrent.metadataFetch, peer);
  }
}

function requestMetadata(context: Context, fetch: MetadataFetch, peer: Peer): void {
  const { received } = fetch;
  const most = Math.min(received.length, received.count + context.config.maxMetadataRequests);
  for (; fetch.askedCount < most; fetch.askedCount++)
    sayMetadata(context, peer, { type: "request", piece: fetch.askedCount });
}

/** The peer cannot or will not, or takes too long: the next one is asked. */
export function refused(context: Context, torrent: Torrent, link: LinkId): void {
  if (torrent.metadataFetch?.link !== link || torrent.metadataFetch.isWhole) return;
  torrent.metadataRefusals.add(link);
  torrent.metadataFetch = undefined;
  fetchMetadata(context, torrent);
}

function dataArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  { piece, totalBytes, bytes }: Extract<MetadataMessage, { type: "data" }>,
): void {
  const fetch = torrent.metadataFetch;
  if (fetch === undefined || fetch.link !== peer.link || fetch.isWhole) return;
  if (totalBytes !== fetch.bytes.length || bytes.length !== expectedBytes(fetch, piece)) {
    throw new ProtocolError("badMetadata", `${bytes.length} bytes of metadata piece ${piece}`);
  }
  if (!fetch.received.set(piece)) return;
  fetch.bytes.set(bytes, piece * METADATA_PIECE_BYTES);
  fetch.giveUpAt = millis(fetch.giveUpAt + context.config.metadataPieceMillis);
  if (!fetch.received.isFull) return requestMetadata(context, fetch, peer);
  fetch.isWhole = true;
  context.effects.push({ type: "checkMetadata", infoHash: torrent.infoHash, bytes: fetch.bytes });
}

function expectedBytes({ bytes }: MetadataFetch, piece: number): number {
  return Math.min(METADATA_PIECE_BYTES, bytes.length - piece * METADATA_PIECE_BYTES);
}

/** Answered even while choking (BEP 9); rejected when we have none, or while the link is busy enough. */
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
