import type { Message } from "../wire/message.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/**
 * What messages cost of a link's budget (`config.messages`). What a download needs in any number is free: blocks that we
 * requested, answers to our cancels, requests that we accept, news of pieces. Everything else costs as much as the work it makes.
 */
export const COSTS = {
  /** Anything that takes a moment, however large torrent and swarm are. */
  message: 1,
  /** Makes us drop or send hundreds of requests, or choose again whom to unchoke. Clients do it every ten seconds. */
  turn: 50,
  /** We parse it, and may answer with 16 KiB. The largest metadata takes 611 of them. */
  extended: 5,
} as const;

const BYTES_PER_UNIT = 4_096;

/** Sending fewer bytes than this does not pay for a request. Clients ask for so little only at the end of a piece. */
const FREE_REQUEST_BYTES = 4_096;

export function costOfBytes({ length }: Uint8Array): number {
  return COSTS.message + Math.floor(length / BYTES_PER_UNIT);
}

/** A request that we accept. `pieceLength` is the torrent's. */
export function costOfRequest(length: number, pieceLength: number): number {
  return length >= Math.min(FREE_REQUEST_BYTES, pieceLength) ? 0 : COSTS.message;
}

/** The cost of a message, except where its handler knows better. */
export function costOf({ content }: Torrent, peer: Peer, message: Message): number {
  switch (message.type) {
    case "choke":
    case "unchoke":
      return peer.theyChoke === (message.type === "choke") ? COSTS.message : COSTS.turn;
    case "interested":
    case "notInterested":
      return peer.theyAreInterested === (message.type === "interested") ? COSTS.message : COSTS.turn;
    case "block":
      return content?.picker.requestTo(peer.link, message.piece, message.begin) ||
        peer.cancels.awaits(message.piece, message.begin)
        ? 0
        : costOfBytes(message.bytes);
    case "reject":
      return peer.cancels.awaits(message.range.piece, message.range.begin) ? 0 : COSTS.message;
    case "extended":
      return COSTS.extended + costOfBytes(message.payload);
    case "have":
    case "haveAll":
    case "haveNone":
    case "bitfield":
    case "request":
      return 0; // Their handlers know what is news.
    default:
      return COSTS.message;
  }
}
