import { webcrypto } from "node:crypto";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Layout } from "#shared/meta/layout.ts";

/** Bytes of one read, or one piece if that is longer. */
const READ_BYTES = 1024 * 1024;

/** Runs being read or hashed at once, enough to keep the four threads of Node's pool busy. */
const READS_AT_ONCE = 6;

/** Bytes in memory. */
const BYTES_AT_ONCE = 64 * 1024 * 1024;

/** Fills the target with the torrent's bytes from `start` on. */
export type ReadBytes = (start: number, target: Uint8Array<ArrayBuffer>) => Promise<void>;

/**
 * Reads and hashes all pieces, on as many cores as Node's thread pool has threads: WebCrypto hashes there, and our own thread
 * hands out work. Calls `hashed` for each piece, in any order. Rejects with the first error of `read`, once all reads have
 * ended.
 */
export async function hashPieces(
  layout: Layout,
  read: ReadBytes,
  hashed: (piece: PieceIndex, hash: Uint8Array) => void,
): Promise<void> {
  const { pieceLength, totalBytes } = layout;
  const runPieces = Math.max(1, Math.floor(READ_BYTES / pieceLength));
  const runBytes = Math.min(runPieces * pieceLength, totalBytes);
  let nextPiece = 0;

  const hashRuns = async (): Promise<void> => {
    const buffer = new Uint8Array(runBytes);
    while (nextPiece < layout.pieceCount) {
      const first = nextPiece;
      nextPiece += runPieces;
      const start = first * pieceLength;
      const run = buffer.subarray(0, Math.min(runBytes, totalBytes - start));
      await read(start, run);
      const hashes = await Promise.all(cut(run, pieceLength).map(sha1));
      for (const [at, hash] of hashes.entries()) {
        const piece = layout.piece(first + at);
        if (piece !== undefined) hashed(piece, hash);
      }
    }
  };

  const atOnce = Math.min(READS_AT_ONCE, Math.max(1, Math.floor(BYTES_AT_ONCE / runBytes)));
  const lanes = Array.from({ length: atOnce }, () =>
    hashRuns().catch((error) => {
      nextPiece = layout.pieceCount; // Stops the other lanes too.
      throw error;
    }),
  );
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === "rejected") throw lane.reason;
  }
}

async function sha1(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest("SHA-1", bytes));
}

function cut(run: Uint8Array<ArrayBuffer>, pieceLength: number): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < run.length; at += pieceLength) pieces.push(run.subarray(at, at + pieceLength));
  return pieces;
}
