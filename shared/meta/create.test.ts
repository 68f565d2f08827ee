import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes } from "../base/bytes.ts";
import { UsageError } from "../base/errors.ts";
import { type ChosenFile, encodeInfo, pieceLengthFor, planTorrent, type TorrentPlan } from "./create.ts";
import { parseInfo } from "./info.ts";
import { fileSpans, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const chosen = (...paths: string[]): ChosenFile[] => paths.map((path) => ({ path, bytes: 1 }));
const paths = ({ files }: TorrentPlan<ChosenFile>): string[] => files.map(({ path }) => path);
const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();

/** Hashes in-memory files the way the page and the command line hash real ones. */
function infoHash(files: Record<string, Uint8Array>, isPrivate: boolean, pieceLength?: number): string {
  const sources = Object.entries(files).map(([path, content]) => ({ path, content, bytes: content.length }));
  const plan = planTorrent(sources, { pieceLength });
  const hashes = Array.from({ length: plan.layout.pieceCount }, (_, index) => {
    const spans = fileSpans(plan.files, index * plan.layout.pieceLength, plan.layout.pieceLength);
    const parts = spans.map(({ file, offset, length }) =>
      (plan.sources[file]?.content ?? new Uint8Array()).subarray(offset, offset + length),
    );
    return sha1(concatBytes(parts));
  });
  return sha1(encodeInfo(plan, concatBytes(hashes), isPrivate)).toString("hex");
}

const filled = (letter: string, length: number): Uint8Array =>
  new Uint8Array(length).fill(letter.charCodeAt(0));

// The expected hashes come from a few lines of Python written from BEP 3 alone.
test("a single file gets the info-hash that other programs compute", () => {
  const files = { "hello.txt": new TextEncoder().encode("hello") };
  expect(infoHash(files, false)).toBe("df11b0c53070fa058eb25ec7da8b88d758b75a2a");
});

test("a folder gets the info-hash that other programs compute, in any order of files", () => {
  const entries: [string, Uint8Array][] = [
    ["Ảnh/b.txt", filled("b", 10_000)],
    ["Ảnh/a/z.bin", filled("z", 20_000)],
    ["Ảnh/a.txt", filled("", 0)],
    ["Ảnh/a-1", filled("1", 3)],
    ["Ảnh/～.txt", filled("w", 7)],
    ["Ảnh/😀.txt", filled("s", 9)],
    ["Ảnh/é", filled("e", 5)],
  ];
  for (const order of [entries, entries.toReversed()]) {
    expect(infoHash(Object.fromEntries(order), true, 16 * KIB)).toBe(
      "9b6d89f3bd05a1dc9470636073bed3c1a00ef036",
    );
  }
});

test("files are sorted by the UTF-8 bytes of their whole paths", () => {
  // `-` < `.` < `/` < `0`, so a folder's files sort between files whose names start with the folder's.
  const bySlash = ["x/a-b", "x/a.b", "x/a/b", "x/a0b"];
  expect(paths(planTorrent(chosen(...bySlash.toReversed())))).toEqual(["a-b", "a.b", "a/b", "a0b"]);
  // UTF-16 would put the emoji, whose high surrogate is U+D83D, before U+FF5E.
  expect(paths(planTorrent(chosen("😀", "～", "é", "e\u0301", "z", "Z")))).toEqual([
    "Z",
    "e\u0301",
    "z",
    "é",
    "～",
    "😀",
  ]);
});

test("a single file's torrent is named after the file", () => {
  const plan = planTorrent([{ path: "a.txt", bytes: 5 }]);
  expect([plan.name, plan.isFolder]).toEqual(["a.txt", false]);
  expect(plan.files).toEqual([{ path: "a.txt", bytes: 5, offset: 0 }]);
});

test("a folder's torrent is named after the folder, even with one file", () => {
  const plan = planTorrent(chosen("Holiday/beach/1.jpg", "Holiday/a.txt"));
  expect([plan.name, plan.isFolder, ...paths(plan)]).toEqual(["Holiday", true, "a.txt", "beach/1.jpg"]);
  const lone = planTorrent(chosen("Holiday/1.jpg"));
  expect([lone.name, lone.isFolder, ...paths(lone)]).toEqual(["Holiday", true, "1.jpg"]);
});

test("loose files and folders form one torrent, named after the first and the number of others", () => {
  const plan = planTorrent(chosen("c", "b/1", "b/2", "a.txt"));
  expect([plan.name, plan.isFolder, ...paths(plan)]).toEqual([
    "a.txt and 2 more",
    true,
    "a.txt",
    "b/1",
    "b/2",
    "c",
  ]);
});

test("a requested name replaces ours", () => {
  expect(planTorrent(chosen("a.txt"), { name: "b.txt" })).toMatchObject({
    name: "b.txt",
    isFolder: false,
    files: [{ path: "b.txt" }],
  });
  expect(planTorrent(chosen("F/x"), { name: "G" })).toMatchObject({ name: "G", files: [{ path: "x" }] });
  expect(planTorrent(chosen("a", "b"), { name: "AB" })).toMatchObject({ name: "AB", isFolder: true });
});

test("each file of the plan has its source", () => {
  const files = [
    { path: "b", bytes: 1, tag: "second" },
    { path: "a", bytes: 2, tag: "first" },
  ];
  expect(planTorrent(files).sources.map(({ tag }) => tag)).toEqual(["first", "second"]);
});

test.each([
  [0, 64 * KIB],
  [1, 64 * KIB],
  [32 * MIB - 1, 64 * KIB],
  [32 * MIB, 128 * KIB],
  [64 * MIB - 1, 128 * KIB],
  [64 * MIB, 512 * KIB],
  [4 * GIB, 512 * KIB],
  [4 * GIB + 1, MIB],
  [8 * GIB, MIB],
  [64 * GIB, 8 * MIB],
  [128 * GIB + 1, 32 * MIB],
  [MAX_TOTAL_BYTES, MAX_PIECE_BYTES],
])("%d bytes get pieces of %d", (total, pieceLength) => {
  expect(pieceLengthFor(total)).toBe(pieceLength);
});

test.each([16 * KIB, 16 * MIB])("a piece length of %d can be requested", (pieceLength) => {
  expect(planTorrent(chosen("a"), { pieceLength }).layout.pieceLength).toBe(pieceLength);
});

const refused: [string, () => unknown][] = [
  ["noFiles", () => planTorrent([])],
  ["sameName", () => planTorrent(chosen("a", "b", "a"))],
  ["sameName", () => planTorrent(chosen("a", "a/b"))],
  ["sameName", () => planTorrent(chosen("x/a/b/c", "x/a"))],
  ["badPath", () => planTorrent(chosen(""))],
  ["badPath", () => planTorrent(chosen("/a"))],
  ["badPath", () => planTorrent(chosen("a//b"))],
  ["badPath", () => planTorrent(chosen("../a"))],
  ["badPath", () => planTorrent(chosen("a/."))],
  ["badName", () => planTorrent(chosen("a"), { name: "" })],
  ["badName", () => planTorrent(chosen("a"), { name: ".." })],
  ["badName", () => planTorrent(chosen("a"), { name: "a/b" })],
  ["badPieceLength", () => planTorrent(chosen("a"), { pieceLength: 8 * KIB })],
  ["badPieceLength", () => planTorrent(chosen("a"), { pieceLength: 32 * MIB })],
  ["badPieceLength", () => planTorrent(chosen("a"), { pieceLength: 100_000 })],
  ["badPieceLength", () => planTorrent(chosen("a"), { pieceLength: Number.NaN })],
  ["tooLarge", () => planTorrent([{ path: "a", bytes: MAX_TOTAL_BYTES + 1 }])],
  ["tooMuch", () => planTorrent([{ path: "a", bytes: 64 * GIB }], { pieceLength: 16 * KIB })],
  ["tooMuch", () => planTorrent([{ path: "a", bytes: MAX_TOTAL_BYTES }], { pieceLength: 16 * KIB })],
  ["tooMuch", () => planTorrent([{ path: "a".repeat(10_000_000), bytes: 1 }])],
];

test.each(refused)("rejects it as %s with a sentence (%#)", (code, plan) => {
  expect(plan).toThrow(expect.objectContaining({ name: "UsageError", code }));
  expect(plan).toThrow(/^[A-Z].*\.$/);
});

test("an encoded torrent parses back to its plan", () => {
  const part = fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 });
  const list = fc.array(
    fc.record({
      path: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
      bytes: fc.nat(100_000),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(list, fc.boolean(), (files, isPrivate) => {
      let plan: TorrentPlan<ChosenFile>;
      try {
        plan = planTorrent(files, { pieceLength: 16 * KIB });
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError); // The same name twice.
        return;
      }
      const hashes = new Uint8Array(20 * plan.layout.pieceCount);
      const { name, isFolder, layout } = plan;
      expect(parseInfo(encodeInfo(plan, hashes, isPrivate))).toEqual({
        name,
        isFolder,
        layout,
        files: plan.files,
        pieceHashes: hashes,
        isPrivate,
      });
      expect(planTorrent(files.toReversed(), { pieceLength: 16 * KIB })).toEqual(plan);
    }),
  );
});
