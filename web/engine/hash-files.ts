import { equalBytes } from "#shared/base/bytes.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { HASH_BYTES } from "#shared/meta/metainfo.ts";
import { sha1 } from "./sha1.ts";

/** Pieces that are read or hashed at the same time: reading then overlaps hashing. More gains nothing. */
const PIECES_AT_ONCE = 4;

export interface Hashing {
  readonly layout: Layout;
  readonly read: (piece: PieceIndex) => Promise<Uint8Array<ArrayBuffer>>;
  /** Told of each hash, in any order. */
  readonly hashed: (piece: PieceIndex, hash: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/** Reads and hashes every piece. Rejects with what `read` rejects with, or with the signal's reason when it is aborted. */
export async function hashPieces({ layout, read, hashed, signal }: Hashing): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let piece = layout.piece(next++); piece !== undefined; piece = layout.piece(next++)) {
      signal.throwIfAborted();
      hashed(piece, await sha1(await read(piece)));
    }
  };
  await Promise.all(Array.from({ length: PIECES_AT_ONCE }, work));
  signal.throwIfAborted();
}

/** Whether a hash is the one that the info dictionary names for a piece. */
export function isPieceHash(pieceHashes: Uint8Array, piece: PieceIndex, hash: Uint8Array): boolean {
  return equalBytes(hash, pieceHashes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES));
}
