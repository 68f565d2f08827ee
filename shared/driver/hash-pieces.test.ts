import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { Layout } from "../meta/layout.ts";
import { fakeSha1 } from "../sim/sample-torrent.ts";
import { type Hashing, hashPieces, type Run } from "./hash-pieces.ts";

const CONTENT = new Uint8Array(10 * 16 - 5).map((_, at) => at * 7);
const LAYOUT = new Layout(CONTENT.length, 16);

/** Hashes in memory; `runs` are the reads in order. */
async function hash(wish: Partial<Hashing> = {}) {
  const runs: Run[] = [];
  const hashes = new Map<number, Uint8Array>();
  await hashPieces({
    layout: LAYOUT,
    read: async (run) => {
      runs.push(run);
      return CONTENT.slice(run.start, run.start + run.length);
    },
    sha1: async (bytes) => fakeSha1(bytes),
    runBytes: 48,
    runsAtOnce: 2,
    hashed: (piece, found) => hashes.set(piece, found),
    ...wish,
  });
  return { runs, hashes };
}

function expected(piece: number): Uint8Array {
  return fakeSha1(CONTENT.slice(piece * 16, (piece + 1) * 16));
}

test("all pieces are hashed, several in one read, and the last is shorter", async () => {
  const { runs, hashes } = await hash();
  expect(runs.map(({ start, length }) => [start, length])).toEqual([
    [0, 48],
    [48, 48],
    [96, 48],
    [144, 11],
  ]);
  expect([...hashes.keys()].sort()).toEqual([...LAYOUT.pieces()]);
  for (const [piece, found] of hashes) expect(found).toEqual(expected(piece));
});

test("of chosen pieces only neighbours are read together", async () => {
  const pieces = [0, 2, 3, 4, 5, 9] as PieceIndex[];
  const { runs, hashes } = await hash({ pieces });
  expect(runs.map(({ pieces: run }) => run)).toEqual([[0], [2, 3, 4], [5], [9]]);
  expect([...hashes.keys()].sort()).toEqual(pieces);
});

test("a buffer is used again once its pieces are hashed, and never before", async () => {
  const inUse = new Set<Uint8Array>();
  const seen = new Set<Uint8Array>();
  const { hashes } = await hash({
    runBytes: 1,
    read: async ({ start, length }, take) => {
      const buffer = take(length);
      expect(inUse.has(buffer)).toBe(false);
      inUse.add(buffer);
      seen.add(buffer);
      buffer.set(CONTENT.subarray(start, start + length));
      return buffer;
    },
    sha1: async (bytes) => {
      await undefined;
      for (const buffer of inUse) if (buffer.buffer === bytes.buffer) inUse.delete(buffer);
      return fakeSha1(bytes);
    },
  });
  for (const [piece, found] of hashes) expect(found).toEqual(expected(piece));
  expect(seen.size).toBeLessThan(5); // Two at a time, and a shorter one for the last piece.
});

test("what `hashed` throws ends the hashing, and nothing more is told", async () => {
  const told: number[] = [];
  const hashing = hash({
    hashed: (piece) => {
      told.push(piece);
      throw new Error("enough");
    },
  });
  await expect(hashing).rejects.toThrow("enough");
  expect(told).toHaveLength(1);
});
