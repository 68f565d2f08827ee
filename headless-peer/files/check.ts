import type { PieceIndex } from "#shared/base/ids.ts";
import { PieceBuffers } from "#shared/driver/piece-buffers.ts";
import type { TakeBuffer } from "#shared/driver/ports.ts";
import { HASH_BYTES, type Info } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { sha1 } from "./sha1.ts";

/** Pieces to read or hash at once: reading overlaps hashing, and more gain nothing. */
const PIECES_AT_ONCE = 3;

/** Bytes of one check in memory, or one piece if that is longer. */
const BYTES_AT_ONCE = 64 * 1024 * 1024;

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

async function checkNow(check: Check): Promise<void> {
  const { pieces, layout, pieceHashes, read, checked, signal } = check;
  let next = 0;
  let isOver = false;

  const checkNext = async (): Promise<void> => {
    const buffers = new PieceBuffers();
    const take = (length: number): Uint8Array<ArrayBuffer> => buffers.take(length);
    for (let piece = pieces[next++]; piece !== undefined && !isOver; piece = pieces[next++]) {
      const bytes = await read(piece, take);
      const hash = await sha1(bytes);
      buffers.giveBack(bytes);
      signal.throwIfAborted();
      const wanted = pieceHashes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES);
      if (!isOver) checked(piece, Buffer.from(hash).equals(wanted));
    }
  };

  signal.throwIfAborted();
  const atOnce = Math.min(PIECES_AT_ONCE, Math.max(1, Math.floor(BYTES_AT_ONCE / layout.pieceLength)));
  const lanes = Array.from({ length: atOnce }, () =>
    checkNext().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  for (const end of await Promise.allSettled(lanes)) if (end.status === "rejected") throw end.reason;
}

export function allPieces(layout: Layout): PieceIndex[] {
  return Array.from({ length: layout.pieceCount }, (_, at) => layout.piece(at) ?? []).flat();
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
