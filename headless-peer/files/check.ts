import type { PieceIndex } from "#shared/base/ids.ts";
import { hashPieces } from "#shared/driver/hash-pieces.ts";
import type { TakeBuffer } from "#shared/driver/ports.ts";
import { type Info, isPieceHash } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { sha1 } from "./sha1.ts";

/** Pieces to read or hash at once: reading overlaps hashing, and more gain nothing. */
const PIECES_AT_ONCE = 3;

/** Torrents to check at once: a thousand may be added together, and a disk reads a few faster than all. */
export const MAX_CHECKS = 8;

let running = 0;
const waiting: (() => void)[] = [];

/** What to check, and how to report it. */
export interface Check {
  readonly pieces: readonly PieceIndex[];
  readonly layout: Layout;
  readonly pieceHashes: Uint8Array;
  readonly read: (piece: PieceIndex, take: TakeBuffer) => Promise<Uint8Array<ArrayBuffer>>;
  /** Called for each piece, in any order. What it throws ends the check. */
  readonly checked: (piece: PieceIndex, good: boolean) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads and hashes pieces, once fewer than `MAX_CHECKS` other checks run. Rejects, when all reads have ended, with what `read`
 * or `checked` threw or with the signal's reason, and calls `checked` no more after that.
 */
export async function checkPieces(check: Check): Promise<void> {
  if (check.pieces.length === 0) return;
  if (running < MAX_CHECKS) running += 1;
  else await new Promise<void>((takeOver) => waiting.push(takeOver));
  try {
    await checkNow(check);
  } finally {
    const takeOver = waiting.shift();
    if (takeOver === undefined) running -= 1;
    else takeOver();
  }
}

function checkNow({ pieces, layout, pieceHashes, read, checked, signal }: Check): Promise<void> {
  return hashPieces({
    layout,
    pieces,
    read: ({ pieces: [piece] }, take) => read(piece as PieceIndex, take),
    sha1,
    runBytes: 1, // One piece at a time: a file may be touched meanwhile, and then only its pieces are read again.
    runsAtOnce: PIECES_AT_ONCE,
    hashed: (piece, hash) => checked(piece, isPieceHash(pieceHashes, piece, hash)),
    signal,
  });
}

/** The pieces that a file has bytes of. */
export function* piecesOf({ layout, files }: Info, at: number): Generator<PieceIndex> {
  const file = files[at];
  if (file === undefined || file.bytes === 0) return;
  const first = Math.floor(file.offset / layout.pieceLength);
  const last = Math.floor((file.offset + file.bytes - 1) / layout.pieceLength);
  for (let index = first; index <= last; index++) {
    const piece = layout.piece(index);
    if (piece !== undefined) yield piece;
  }
}
