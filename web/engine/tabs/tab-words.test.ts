import { expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { readTabWord, type ToldTorrent } from "./tab-words.ts";

const LIFE = "f".repeat(32);
const hash = (number: number): InfoHash => number.toString(16).padStart(40, "0") as InfoHash;

const told = (number: number, change: object = {}): ToldTorrent => ({
  infoHash: hash(number),
  name: "Film",
  state: "downloading",
  bytesDone: 5,
  bytesTotal: 10,
  downBytesPerSecond: 2,
  upBytesPerSecond: 1,
  isOwn: false,
  isWaiting: false,
  storageId: "a",
  ...change,
});

test.each([
  { type: "here", life: LIFE },
  { type: "gone", life: LIFE },
  { type: "here", life: "f".repeat(64) },
  { type: "torrents", life: LIFE, infoHashes: [], changes: [] },
  { type: "torrents", life: LIFE, infoHashes: [hash(1), hash(2)], changes: [told(2)] },
  {
    type: "torrents",
    life: LIFE,
    infoHashes: [hash(1)],
    changes: [told(1, { storageId: undefined, isOwn: true })],
  },
])("a word of a tab is read as it was said: %j", (word) => {
  expect(readTabWord(word)).toEqual(word);
});

test.each([
  ["nothing", null],
  ["a text", "here"],
  ["a list", [1]],
  ["a type of a later version", { type: "hello", life: LIFE }],
  ["no life", { type: "here" }],
  ["an empty life", { type: "here", life: "" }],
  ["a long life", { type: "here", life: "f".repeat(65) }],
  ["no list", { type: "torrents", life: LIFE, changes: [] }],
  ["no changes", { type: "torrents", life: LIFE, infoHashes: [] }],
])("a message with %s is ignored", (_what, data) => {
  expect(readTabWord(data)).toBeUndefined();
});

test("what cannot be read of a list is left out, and wrong figures are none", () => {
  const odd = [
    null,
    told(1, { infoHash: "xyz" }),
    told(1, { infoHash: "0".repeat(1_000_000) }),
    told(1, { state: "hashing" }),
    told(1, { name: 7 }),
    told(3, { bytesDone: 20, downBytesPerSecond: -1, upBytesPerSecond: Number.NaN, isOwn: 1, storageId: 7 }),
    told(4, { bytesTotal: Number.POSITIVE_INFINITY, later: "field", storageId: "s".repeat(65) }),
  ];
  expect(readTabWord({ type: "torrents", life: LIFE, infoHashes: [hash(3), 5, "x"], changes: odd })).toEqual({
    type: "torrents",
    life: LIFE,
    infoHashes: [hash(3)],
    changes: [
      told(3, { bytesDone: 10, downBytesPerSecond: 0, upBytesPerSecond: 0, storageId: undefined }),
      told(4, { bytesTotal: 0, bytesDone: 0, storageId: undefined }),
    ],
  });
});

test("names are one line, and cut where nobody would read on", () => {
  const names = (...all: string[]) => {
    const changes = all.map((name, at) => told(at, { name }));
    const word = readTabWord({ type: "torrents", life: LIFE, infoHashes: [], changes });
    return word?.type === "torrents" ? word.changes.map(({ name }) => name) : [];
  };
  expect(names("a\nb\u202ec", "n".repeat(300), "n".repeat(301))).toEqual([
    "a bc",
    "n".repeat(300),
    `${"n".repeat(300)}…`,
  ]);
});

test("no more torrents are read than a tab tells of", () => {
  const count = 1_001;
  const all = Array.from({ length: count }, (_, at) => told(at));
  const word = readTabWord({
    type: "torrents",
    life: LIFE,
    infoHashes: all.map(({ infoHash }) => infoHash),
    changes: all,
  });
  expect(word).toMatchObject({
    infoHashes: { length: 1_000 },
    changes: { length: 1_000 },
  });
});
