import { expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { Layout } from "#shared/meta/layout.ts";
import { sha1 } from "../sha1.ts";
import { StoredByOthers } from "./stored-by-others.ts";

const INFO_HASH = "1".repeat(40) as InfoHash;
const LAYOUT = new Layout(35, 10);
const GOOD = [0, 1, 2, 3].map((at) => new Uint8Array(LAYOUT.pieceBytes(at as PieceIndex)).fill(at + 1));

/** A torrent of four pieces; `stored` has what is read of each. */
async function newReader(stored: readonly (Uint8Array | undefined | Error)[]) {
  const pieceHashes = new Uint8Array(80);
  for (const [at, bytes] of GOOD.entries()) pieceHashes.set(await sha1(bytes), at * 20);
  const read = vi.fn(async (piece: PieceIndex) => {
    const bytes = stored[piece];
    if (bytes instanceof Error) throw bytes;
    return bytes;
  });
  const found = vi.fn();
  const reader = new StoredByOthers({
    target: () => ({ layout: LAYOUT, pieceHashes, storage: { read, write: () => Promise.resolve() } }),
    missing: (_, pieces) => pieces.filter((piece) => piece < LAYOUT.pieceCount),
    sha1,
    found: (_, piece) => found(piece),
  });
  const heard = (...pieces: number[]): void => reader.heard(INFO_HASH, pieces as PieceIndex[]);
  return { heard, read, found };
}

test("pieces that fit their hashes are found, each read once, one after the other", async () => {
  const { heard, read, found } = await newReader(GOOD);
  heard(3, 1);
  heard(1, 0, 99);
  expect(read).toHaveBeenCalledTimes(1);
  await eventually(() => expect(found.mock.calls).toEqual([[3], [1], [0]]));
  expect(read).toHaveBeenCalledTimes(3);
  heard(2);
  await eventually(() => expect(found).toHaveBeenCalledTimes(4));
});

test("pieces that are bad, short, gone or unreadable are not, and those behind them are", async () => {
  const { heard, found } = await newReader([
    new Uint8Array(10),
    GOOD[1]?.subarray(1),
    new Error("broken"),
    GOOD[3],
  ]);
  heard(0, 1, 2, 3);
  await eventually(() => expect(found.mock.calls).toEqual([[3]]));
  const gone = await newReader([undefined, GOOD[1]]);
  gone.heard(0, 1);
  await eventually(() => expect(gone.found.mock.calls).toEqual([[1]]));
});
