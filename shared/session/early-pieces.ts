import { Bitfield } from "../base/bitfield.ts";

/** What a peer said it has, before we knew how many pieces there are. */
export interface EarlyPieces {
  /** Its bitfield, or the message that stands for one. Undefined: not received yet. */
  first: Uint8Array | "haveAll" | "haveNone" | undefined;
  readonly pieces: Set<number>;
}

/** Turns what the peer said before we knew the metadata into a bitfield. Undefined: it does not fit the torrent. */
export function settleEarlyPieces({ first, pieces }: EarlyPieces, pieceCount: number): Bitfield | undefined {
  const has = firstPieces(first, pieceCount);
  for (const piece of pieces) {
    if (piece >= pieceCount) return undefined;
    has?.set(piece);
  }
  return has;
}

function firstPieces(first: EarlyPieces["first"], pieceCount: number): Bitfield | undefined {
  if (first === "haveAll") return Bitfield.full(pieceCount);
  if (first instanceof Uint8Array) return Bitfield.fromBytes(first, pieceCount);
  return new Bitfield(pieceCount);
}
