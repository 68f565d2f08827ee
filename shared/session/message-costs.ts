import type { Message } from "../wire/message.ts";
import { type Peer, requestKey } from "./peer.ts";

/**
 * What messages cost of a link's budget (`config.messages`). Free is what a download needs any number of: blocks that we asked
 * for, requests that we take, pieces that we had not heard of. Everything else costs what it makes us do.
 */
export const COSTS = {
  /** Anything that takes a moment, whatever the size of torrent and swarm. */
  message: 1,
  /** Makes us give up or ask for hundreds of blocks, or choose again whom to serve. Clients do it every ten seconds. */
  turn: 50,
  /** Is parsed, and may be answered with 16 KiB. Whole metadata comes in 640 of them. */
  extended: 5,
} as const;

const BYTES_PER_UNIT = 4_096;

/** Requests for less are not paid for by the bytes that are sent. No client asks for so little but at the end of a piece. */
const FREE_REQUEST_BYTES = 4_096;

export function costOfBytes({ length }: Uint8Array): number {
  return COSTS.message + Math.floor(length / BYTES_PER_UNIT);
}

/** A request that we take. `pieceLength` is the torrent's. */
export function costOfRequest(length: number, pieceLength: number): number {
  return length >= Math.min(FREE_REQUEST_BYTES, pieceLength) ? 0 : COSTS.message;
}

/** Of messages whose handlers do not know better. */
export function costOf(peer: Peer, message: Message): number {
  switch (message.type) {
    case "choke":
    case "unchoke":
      return peer.theyChoke === (message.type === "choke") ? COSTS.message : COSTS.turn;
    case "interested":
    case "notInterested":
      return peer.theyAreInterested === (message.type === "interested") ? COSTS.message : COSTS.turn;
    case "block":
      return peer.requests.has(requestKey(message.piece, message.begin)) ? 0 : costOfBytes(message.bytes);
    case "extended":
      return COSTS.extended + costOfBytes(message.payload);
    case "have":
    case "haveAll":
    case "haveNone":
    case "bitfield":
    case "request":
      return 0; // Their handlers tell what is news.
    default:
      return COSTS.message;
  }
}
