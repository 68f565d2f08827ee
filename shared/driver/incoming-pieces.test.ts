import { beforeEach, describe, expect, test } from "vitest";
import { concatBytes } from "../base/bytes.ts";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import { BLOCK_BYTES, Layout } from "../meta/layout.ts";
import type { Input } from "../session/input.ts";
import { fakeSha1 } from "../sim/sample-torrent.ts";
import { IncomingPieces } from "./incoming-pieces.ts";
import { problemTeller, StorageError } from "./ports.ts";

const HASH = "a".repeat(40) as InfoHash;
const OTHER = "b".repeat(40) as InfoHash;
const PIECE = 0 as PieceIndex;
const LAST = 1 as PieceIndex;

/** Two pieces: three blocks, then one and a bit. */
const LAYOUT = new Layout(4 * BLOCK_BYTES + 100, 3 * BLOCK_BYTES);
const GOOD = Uint8Array.from({ length: LAYOUT.totalBytes }, (_, at) => at % 255);
const pieceHashes = concatBytes([
  fakeSha1(GOOD.subarray(0, 3 * BLOCK_BYTES)),
  fakeSha1(GOOD.subarray(3 * BLOCK_BYTES)),
]);

const problemOf = problemTeller((error) => `A bug: ${error}`);
let fed: Input[];
let stored: Map<PieceIndex, Uint8Array>;
let storageProblem: string | undefined;
let beforeHash: () => void;
let incoming: IncomingPieces;

beforeEach(() => {
  fed = [];
  stored = new Map();
  storageProblem = undefined;
  beforeHash = () => {};
  incoming = new IncomingPieces(
    async (bytes) => {
      const hash = fakeSha1(bytes);
      beforeHash();
      return hash;
    },
    (infoHash) => (infoHash === HASH ? { layout: LAYOUT, pieceHashes, storage } : undefined),
    (input) => fed.push(input),
    problemOf,
  );
});

const storage = {
  read: async () => undefined,
  write: async (piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>) => {
    if (storageProblem !== undefined) throw new StorageError(storageProblem, "storageFull");
    stored.set(piece, bytes);
  },
};

/** Writes all blocks of the first piece, some with their first byte flipped, and checks it. */
async function receive(badBlocks: readonly number[] = []): Promise<Input | undefined> {
  for (let at = 0; at < 3; at++) {
    const bytes = GOOD.slice(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES);
    if (badBlocks.includes(at)) bytes[0] = (bytes[0] ?? 0) ^ 0xff;
    incoming.write(HASH, PIECE, at * BLOCK_BYTES, bytes);
    bytes.fill(0); // They were only lent.
  }
  await incoming.check(HASH, PIECE);
  return fed.at(-1);
}

test("assembles a good piece, stores it and then reports it", async () => {
  expect(await receive()).toEqual({
    type: "pieceChecked",
    infoHash: HASH,
    piece: PIECE,
    good: true,
    badCopies: [],
  });
  expect(stored.get(PIECE)).toEqual(GOOD.subarray(0, 3 * BLOCK_BYTES));
});

test("blocks may arrive in any order, and the last piece is shorter", async () => {
  incoming.write(HASH, LAST, BLOCK_BYTES, GOOD.slice(4 * BLOCK_BYTES));
  incoming.write(HASH, LAST, 0, GOOD.slice(3 * BLOCK_BYTES, 4 * BLOCK_BYTES));
  await incoming.check(HASH, LAST);
  expect(fed).toMatchObject([{ type: "pieceChecked", piece: LAST, good: true }]);
  expect(stored.get(LAST)).toEqual(GOOD.subarray(3 * BLOCK_BYTES));
});

test("does not store a bad piece, and starts the next copy from nothing", async () => {
  expect(await receive([1])).toMatchObject({ type: "pieceChecked", good: false, badCopies: [] });
  expect(stored.size).toBe(0);
  await receive();
  expect(stored.get(PIECE)).toEqual(GOOD.subarray(0, 3 * BLOCK_BYTES));
});

test("a good copy reveals the bad blocks of every earlier one", async () => {
  await receive([1]);
  await receive([0, 2]);
  expect(await receive()).toMatchObject({
    good: true,
    badCopies: [
      { attempt: 0, blocks: [1] },
      { attempt: 1, blocks: [0, 2] },
    ],
  });
  await receive([0]);
  expect(await receive()).toMatchObject({ good: true, badCopies: [{ attempt: 0, blocks: [0] }] });
});

test("keeps a limited number of bad copies, but counts all attempts", async () => {
  for (let count = 0; count < 10; count++) await receive([count % 3]);
  const last = await receive();
  const attempts = last?.type === "pieceChecked" ? last.badCopies.map(({ attempt }) => attempt) : [];
  expect(attempts).toEqual([0, 1, 2, 3]);
});

test("forgets a dropped piece with its bad copies", async () => {
  await receive([1]);
  incoming.dropPiece(HASH, PIECE);
  expect(await receive()).toMatchObject({ good: true, badCopies: [] });
});

describe("a storage that fails", () => {
  test("is reported with its sentence, and the piece can be fetched again", async () => {
    storageProblem = "The storage is full.";
    expect(await receive()).toEqual({
      type: "torrentFailed",
      infoHash: HASH,
      piece: PIECE,
      problem: "The storage is full.",
      kind: "storageFull",
    });
    storageProblem = undefined;
    expect(await receive()).toMatchObject({ type: "pieceChecked", good: true });
  });

  test("resets the count of bad copies, as the session does", async () => {
    await receive([0]);
    storageProblem = "The storage is full.";
    await receive();
    storageProblem = undefined;
    await receive([2]);
    expect(await receive()).toMatchObject({ badCopies: [{ attempt: 0, blocks: [2] }] });
  });
});

test("a hash function that throws resets the count of bad copies, too", async () => {
  await receive([0]);
  beforeHash = () => {
    throw new Error("No memory.");
  };
  expect(await receive()).toMatchObject({ type: "torrentFailed" });
  beforeHash = () => {};
  await receive([2]);
  expect(await receive()).toMatchObject({ badCopies: [{ attempt: 0, blocks: [2] }] });
});

describe("a torrent that is gone", () => {
  test("writes nothing, even if its piece was being hashed", async () => {
    beforeHash = () => incoming.dropTorrent(HASH);
    await receive();
    expect(fed).toEqual([]);
    expect(stored.size).toBe(0);
  });

  test("takes its bad copies with it", async () => {
    await receive([1]);
    incoming.dropTorrent(HASH);
    expect(await receive()).toMatchObject({ good: true, badCopies: [] });
  });

  test("takes no blocks", async () => {
    incoming.write(OTHER, PIECE, 0, new Uint8Array(BLOCK_BYTES));
    await incoming.check(OTHER, PIECE);
    await incoming.check(HASH, PIECE);
    expect(fed).toEqual([]);
  });
});

test("any other error is a bug, reported with the platform's sentence", async () => {
  beforeHash = () => {
    throw new TypeError("x is not a function");
  };
  incoming.write(HASH, PIECE, 0, GOOD.subarray(0, BLOCK_BYTES));
  await incoming.check(HASH, PIECE);
  const problem = "A bug: TypeError: x is not a function";
  expect(fed).toEqual([{ type: "torrentFailed", infoHash: HASH, piece: PIECE, problem }]);
});

test("bad copies of all torrents together take at most 64 MiB", async () => {
  const big = new Layout(40 * 1024 * 1024, 40 * 1024 * 1024);
  const outcomes: Input[] = [];
  let hash = new Uint8Array(20);
  const pieces = new IncomingPieces(
    async () => hash,
    () => ({ layout: big, pieceHashes: new Uint8Array(20).fill(1), storage }),
    (input) => outcomes.push(input),
    problemOf,
  );
  const attempt = async (infoHash: InfoHash): Promise<void> => {
    pieces.write(infoHash, PIECE, 0, Uint8Array.of(outcomes.length));
    await pieces.check(infoHash, PIECE);
  };
  await attempt(HASH);
  await attempt(OTHER); // Too much: 80 MiB.
  hash = new Uint8Array(20).fill(1);
  await attempt(OTHER);
  expect(outcomes.at(-1)).toMatchObject({ good: true, badCopies: [] });
  await attempt(HASH);
  expect(outcomes.at(-1)).toMatchObject({ good: true, badCopies: [{ attempt: 0, blocks: [0] }] });
});

test("reuses a buffer that the storage gives back, but not one that it keeps", async () => {
  const kept: Uint8Array[] = [];
  for (const givesBack of [true, false]) {
    const written: Uint8Array[] = [];
    const keeping = {
      ...storage,
      givesBack,
      write: async (_: PieceIndex, bytes: Uint8Array) => void written.push(bytes),
    };
    const pieces = new IncomingPieces(
      async (bytes) => fakeSha1(bytes),
      () => ({ layout: LAYOUT, pieceHashes, storage: keeping }),
      () => {},
      problemOf,
    );
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 3; at++)
        pieces.write(HASH, PIECE, at * BLOCK_BYTES, GOOD.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES));
      await pieces.check(HASH, PIECE);
    }
    expect(written).toHaveLength(2);
    expect(written[0] === written[1]).toBe(givesBack);
    kept.push(...written);
  }
  expect(kept.every((bytes) => bytes.length === 3 * BLOCK_BYTES)).toBe(true);
});
