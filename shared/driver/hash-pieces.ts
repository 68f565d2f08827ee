import type { PieceIndex } from "../base/ids.ts";
import type { Layout } from "../meta/layout.ts";
import { PieceBuffers } from "./piece-buffers.ts";
import type { Sha1, TakeBuffer } from "./ports.ts";

/** Bytes of one hashing in memory, or one run if that is longer. */
const BYTES_AT_ONCE = 64 * 1024 * 1024;

/** Pieces that follow one another and are read together. */
export interface Run {
  readonly pieces: readonly PieceIndex[];
  /** The run's place among the torrent's bytes. */
  readonly start: number;
  readonly length: number;
}

/** What to hash, how, and where the hashes go. */
export interface Hashing {
  readonly layout: Layout;
  /** In ascending order. Absent: all pieces. */
  readonly pieces?: readonly PieceIndex[];
  /** Reads a run. A buffer from `take` is used again once its pieces are hashed. */
  readonly read: (run: Run, take: TakeBuffer) => Promise<Uint8Array<ArrayBuffer>>;
  readonly sha1: Sha1;
  /** Bytes of a run, or one piece if that is longer. */
  readonly runBytes: number;
  /** Runs to read or hash at the same time, so that reading overlaps with hashing. */
  readonly runsAtOnce: number;
  /** Gets each hash, in any order. What it throws ends the hashing. */
  readonly hashed: (piece: PieceIndex, hash: Uint8Array) => void;
  /** Ends the hashing. */
  readonly signal?: Aborted;
}

/** The part of an `AbortSignal` that we use: it is no part of the language. */
interface Aborted {
  throwIfAborted(): void;
}

/**
 * Reads and hashes pieces. Rejects, once all reads have ended, with what `read` or `hashed` threw first or with the
 * signal's reason, and calls `hashed` no more after that.
 */
export async function hashPieces(hashing: Hashing): Promise<void> {
  const { layout, read, sha1, hashed, signal } = hashing;
  signal?.throwIfAborted();
  const runs = runsOf(hashing);
  let isOver = false;

  const hashRun = async (run: Run, buffers: PieceBuffers): Promise<void> => {
    let taken: Uint8Array | undefined;
    const take = (length: number): Uint8Array<ArrayBuffer> => {
      const buffer = buffers.take(length);
      taken = buffer;
      return buffer;
    };
    try {
      const bytes = await read(run, take);
      const hashes = await Promise.all(
        run.pieces.map((_, at) => sha1(partOf(bytes, at, layout.pieceLength))),
      );
      if (taken === bytes) buffers.giveBack(bytes);
      signal?.throwIfAborted();
      for (const [at, piece] of run.pieces.entries()) if (!isOver) hashed(piece, hashes[at] as Uint8Array);
    } catch (error) {
      isOver = true; // At once, before another run goes on.
      throw error;
    }
  };

  const hashRuns = async (): Promise<void> => {
    const buffers = new PieceBuffers();
    for (let run = runs.next(); !isOver && !run.done; run = runs.next()) await hashRun(run.value, buffers);
  };

  const { runBytes, runsAtOnce } = hashing;
  const longest = Math.max(runBytes, layout.pieceLength);
  const atOnce = Math.min(runsAtOnce, Math.max(1, Math.floor(BYTES_AT_ONCE / longest)));
  const lanes = Array.from({ length: atOnce }, hashRuns);
  for (const end of await Promise.allSettled(lanes)) if (end.status === "rejected") throw end.reason;
}

function partOf(run: Uint8Array<ArrayBuffer>, at: number, pieceLength: number): Uint8Array<ArrayBuffer> {
  return run.subarray(at * pieceLength, (at + 1) * pieceLength);
}

function* runsOf({ layout, pieces, runBytes }: Hashing): Generator<Run> {
  const most = Math.max(1, Math.floor(runBytes / layout.pieceLength));
  let run: PieceIndex[] = [];
  for (const piece of pieces ?? layout.pieces()) {
    const follows = run.length > 0 && piece === (run.at(-1) ?? 0) + 1;
    if (run.length === most || (run.length > 0 && !follows)) {
      yield runFrom(layout, run);
      run = [];
    }
    run.push(piece);
  }
  if (run.length > 0) yield runFrom(layout, run);
}

function runFrom(layout: Layout, pieces: readonly PieceIndex[]): Run {
  const start = (pieces[0] ?? 0) * layout.pieceLength;
  const length = Math.min(pieces.length * layout.pieceLength, layout.totalBytes - start);
  return { pieces, start, length };
}
