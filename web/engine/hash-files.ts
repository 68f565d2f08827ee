import { equalBytes } from "#shared/base/bytes.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { HASH_BYTES } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import type { FileStorage } from "./file-storage.ts";
import { sha1 } from "./sha1.ts";

/** Bytes per read, or one piece if that is longer. One piece per read would take twice the time. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads in flight or being hashed: reading overlaps with hashing, and more reads gain nothing. */
const READS_AT_ONCE = 3;

/** Bytes in memory, or one piece if that is longer. */
const BYTES_AT_ONCE = 64 * 1024 * 1024;

/** What to hash, and where the hashes go. */
export interface Hashing {
  readonly layout: Layout;
  readonly storage: FileStorage;
  /** Gets each hash, in any order. */
  readonly hashed: (piece: PieceIndex, hash: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads and hashes every piece of the files. Rejects with a `StorageError` if one cannot be read, or with the signal's
 * reason if it is aborted. After that it no longer calls `hashed`.
 */
export async function hashPieces({ layout, storage, hashed, signal }: Hashing): Promise<void> {
  const { pieceLength, totalBytes } = layout;
  const runPieces = Math.max(1, Math.floor(READ_BYTES / pieceLength));
  const runBytes = runPieces * pieceLength;
  let nextPiece = 0;
  let isOver = false;

  const hashRuns = async (): Promise<void> => {
    while (nextPiece < layout.pieceCount && !isOver) {
      const first = nextPiece;
      nextPiece += runPieces;
      const start = first * pieceLength;
      const run = await storage.readRange(start, Math.min(runBytes, totalBytes - start));
      const hashes = await Promise.all(cut(run, pieceLength).map(sha1));
      signal.throwIfAborted();
      for (const [at, hash] of hashes.entries()) {
        const piece = layout.piece(first + at);
        if (piece !== undefined && !isOver) hashed(piece, hash);
      }
    }
  };

  signal.throwIfAborted();
  const atOnce = Math.min(READS_AT_ONCE, Math.max(1, Math.floor(BYTES_AT_ONCE / runBytes)));
  try {
    await Promise.all(Array.from({ length: atOnce }, hashRuns));
  } finally {
    isOver = true;
  }
}

/** Whether a hash is the one that the info dictionary names for a piece. */
export function isPieceHash(pieceHashes: Uint8Array, piece: PieceIndex, hash: Uint8Array): boolean {
  return equalBytes(hash, pieceHashes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES));
}

function cut(run: Uint8Array<ArrayBuffer>, pieceLength: number): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < run.length; at += pieceLength) pieces.push(run.subarray(at, at + pieceLength));
  return pieces;
}
