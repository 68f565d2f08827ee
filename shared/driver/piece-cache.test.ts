import { beforeEach, describe, expect, test } from "vitest";
import { type InfoHash, type LinkId, linkIdCounter, type PieceIndex } from "../base/ids.ts";
import { Layout } from "../meta/layout.ts";
import type { Input } from "../session/input.ts";
import { MAX_LOADING_BYTES, PieceCache } from "./piece-cache.ts";
import { problemTeller, StorageError } from "./ports.ts";
import { ReadBuffers } from "./read-buffers.ts";

const HASH = "a".repeat(40) as InfoHash;
const OTHER = "b".repeat(40) as InfoHash;
const MIB = 1024 * 1024;

const problemOf = problemTeller((error) => `A bug: ${error}`);
let fed: Input[];
let reads: string[];
let content: (infoHash: InfoHash, piece: PieceIndex) => Promise<Uint8Array | undefined>;
let cache: PieceCache;
let newLink: () => LinkId;
/** Closed links. */
let gone: Set<LinkId>;
let pieceBytes: number;

beforeEach(() => {
  fed = [];
  reads = [];
  newLink = linkIdCounter();
  gone = new Set();
  pieceBytes = 100;
  content = async (_, piece) => new Uint8Array(100).fill(piece);
  cache = new PieceCache(
    (infoHash) => ({
      layout: new Layout(pieceBytes * 2_000, pieceBytes),
      storage: {
        read: async (piece) => {
          reads.push(`${infoHash[0]}${piece}`);
          return content(infoHash, piece);
        },
        write: async () => {},
      },
    }),
    (link) => !gone.has(link),
    (input) => fed.push(input),
    problemOf,
  );
});

function read(piece: number, begin = 0, length = 10, infoHash = HASH, link = newLink()): LinkId {
  cache.read({ type: "readBlock", link, infoHash, piece: piece as PieceIndex, begin, length });
  return link;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await undefined;
}

test("answers with a view of the block's piece", async () => {
  const whole = Uint8Array.from({ length: 100 }, (_, at) => at);
  content = async () => whole;
  const link = read(3, 20, 30);
  await settled();
  expect(fed).toEqual([
    {
      type: "blockRead",
      link,
      infoHash: HASH,
      piece: 3,
      begin: 20,
      length: 30,
      bytes: whole.subarray(20, 50),
    },
  ]);
  const [answer] = fed;
  expect(answer?.type === "blockRead" && answer.bytes?.buffer).toBe(whole.buffer);
});

test("reads a piece once for all its blocks, early and late", async () => {
  const links = [read(1), read(1, 10), read(1, 20)];
  await settled();
  links.push(read(1, 30));
  expect(reads).toEqual(["a1"]);
  expect(fed.map((input) => input.type === "blockRead" && input.link)).toEqual(links);
});

test("answers at once from a cached piece", async () => {
  read(1);
  await settled();
  read(1);
  expect(fed).toHaveLength(2);
});

test("answers without bytes for a missing piece, and tries again next time", async () => {
  content = async () => undefined;
  read(1);
  read(1);
  await settled();
  expect(fed).toMatchObject([{ bytes: undefined }, { bytes: undefined }]);
  read(1);
  await settled();
  expect(reads).toEqual(["a1", "a1"]);
});

test("returns no short block from a piece that is too short", async () => {
  content = async () => new Uint8Array(15);
  read(1, 0, 10);
  read(1, 10, 10);
  await settled();
  expect(fed).toMatchObject([{ bytes: new Uint8Array(10) }, { bytes: undefined }]);
});

test("a torrent without storage has no pieces", async () => {
  const none = new PieceCache(
    () => undefined,
    () => true,
    (input) => fed.push(input),
    problemOf,
  );
  const link = newLink();
  none.read({ type: "readBlock", link, infoHash: HASH, piece: 0 as PieceIndex, begin: 0, length: 1 });
  await settled();
  expect(fed).toMatchObject([{ link, bytes: undefined }]);
});

test("a storage error stops the torrent with its sentence, once", async () => {
  content = async () => {
    throw new StorageError("The disk is gone.");
  };
  read(1);
  read(1);
  await settled();
  expect(fed).toEqual([
    { type: "torrentFailed", infoHash: HASH, piece: undefined, problem: "The disk is gone." },
  ]);
});

describe("memory", () => {
  test("is bounded, and keeps what was used last", async () => {
    pieceBytes = 20 * MIB;
    content = async () => new Uint8Array(pieceBytes);
    for (const piece of [1, 2, 3]) read(piece);
    await settled();
    read(1); // Now piece 2 is the least recently used.
    read(4);
    await settled();
    reads.length = 0;
    for (const piece of [1, 3, 4]) read(piece);
    await settled();
    expect(reads).toEqual([]);
    read(2);
    await settled();
    expect(reads).toEqual(["a2"]);
  });

  test("holds two pieces for each upload slot, and more of small pieces", async () => {
    pieceBytes = 2 * MIB;
    content = async () => new Uint8Array(pieceBytes);
    const pieces = Array.from({ length: 17 }, (_, piece) => piece);
    for (const piece of pieces) read(piece);
    await settled();
    reads.length = 0;
    for (const piece of pieces.slice(1)) read(piece);
    await settled();
    expect(reads).toEqual([]);
    read(0);
    expect(reads).toEqual(["a0"]);
  });

  test("holds one piece, however large", async () => {
    pieceBytes = 65 * MIB;
    content = async () => new Uint8Array(pieceBytes);
    read(1);
    await settled();
    read(1);
    expect(reads).toEqual(["a1"]);
    read(2);
    await settled();
    read(1);
    await settled();
    expect(reads).toEqual(["a1", "a2", "a1"]);
  });

  test("is not filled by requests for a byte of each of a thousand pieces: links take turns", async () => {
    pieceBytes = 16 * MIB;
    const loading: ((bytes: Uint8Array) => void)[] = [];
    content = () => new Promise((resolve) => loading.push(resolve));
    const greedy = newLink();
    for (let piece = 0; piece < 1_024; piece++) read(piece, 0, 1, HASH, greedy);
    await settled();
    const most = MAX_LOADING_BYTES / pieceBytes;
    expect(reads).toHaveLength(most);
    read(1_100);
    read(1_101);
    for (let turn = 0; turn < 6; turn++) {
      loading.shift()?.(new Uint8Array(pieceBytes));
      await settled();
      expect(loading).toHaveLength(most);
    }
    expect(reads.slice(most)).toEqual(["a2", "a1100", "a1101", "a3", "a4", "a5"]);
  });

  test("is not spent on closed links", async () => {
    pieceBytes = MAX_LOADING_BYTES;
    const [here, left] = [newLink(), newLink()];
    read(1, 0, 1, HASH, here);
    for (const piece of [2, 3, 4]) read(piece, 0, 1, HASH, left);
    read(4, 0, 1, HASH, here);
    gone.add(left);
    await settled();
    await settled();
    expect(reads).toEqual(["a1", "a4"]);
    expect(fed).toHaveLength(3);
  });

  test("is freed with its torrent, and not with another", async () => {
    read(1);
    read(1, 0, 10, OTHER);
    await settled();
    cache.dropTorrent(HASH);
    read(1);
    read(1, 0, 10, OTHER);
    await settled();
    expect(reads).toEqual(["a1", "b1", "a1"]);
  });
});

test("reuses a buffer only once neither the cache nor an input holds its piece", async () => {
  const answers: { readonly input: Input; readonly done: (() => void) | undefined }[] = [];
  const buffers = new ReadBuffers();
  const filled: Uint8Array[] = [];
  const served = new PieceCache(
    () => ({
      layout: new Layout(MIB * 100, MIB),
      storage: {
        read: async (piece, take = (bytes) => new Uint8Array(bytes)) => {
          const bytes = take(MIB).fill(piece);
          filled.push(bytes);
          return bytes;
        },
        write: async () => {},
      },
    }),
    () => true,
    (input, done) => answers.push({ input, done }),
    problemOf,
    buffers,
  );
  const readAll = async (pieces: readonly number[]): Promise<void> => {
    for (const piece of pieces) {
      const block = { piece: piece as PieceIndex, begin: 100, length: 10 };
      served.read({ type: "readBlock", link: newLink(), infoHash: HASH, ...block });
      await settled();
    }
  };
  const pieces = Array.from({ length: 40 }, (_, piece) => piece);
  await readAll(pieces);
  expect(new Set(filled).size).toBe(40); // No input is done.
  for (const [piece, { input }] of answers.entries())
    expect(input).toMatchObject({ bytes: new Uint8Array(10).fill(piece) });

  for (const { done } of answers) done?.();
  await readAll(pieces);
  expect(new Set(filled).size).toBeLessThan(80);
});

test("everybody waiting for a piece gets it, even if the first answer evicts it", async () => {
  const answered: number[][] = [];
  const buffers = new ReadBuffers();
  const served: PieceCache = new PieceCache(
    () => ({
      layout: new Layout(100 * 100, 100),
      storage: {
        read: async (piece, take = (bytes) => new Uint8Array(bytes)) => take(100).fill(piece),
        write: async () => {},
      },
    }),
    () => true,
    (input, done) => {
      if (input.type === "blockRead") answered.push([...(input.bytes ?? [])]);
      done?.();
      if (answered.length > 1) return;
      served.dropTorrent(HASH);
      ask(2, OTHER);
    },
    problemOf,
    buffers,
  );
  function ask(piece: number, infoHash: InfoHash): void {
    const block = { piece: piece as PieceIndex, begin: 0, length: 2 };
    served.read({ type: "readBlock", link: newLink(), infoHash, ...block });
  }
  ask(1, HASH);
  ask(1, HASH);
  await settled();
  expect(answered).toEqual([
    [1, 1],
    [1, 1],
    [2, 2],
  ]);
});
