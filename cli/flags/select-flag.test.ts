import { expect, test } from "vitest";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, Layout } from "#shared/meta/layout.ts";
import { MAX_GLOB_CHARACTERS, parseGlob, selectByGlobs } from "./select-flag.ts";

const PATHS = [
  "Season 1/a.mp4",
  "Season 1/b.srt",
  "Season 2/Extras/a.mp4",
  "cover.jpg",
  ".hidden",
  "what?.txt",
];

function infoOf(paths: readonly string[], padding: readonly number[] = []): Info {
  const files = paths.map((path, at): FileEntry => {
    const entry = { path, bytes: 10, offset: 10 * at };
    return padding.includes(at) ? { ...entry, isPadding: true } : entry;
  });
  const layout = new Layout(16_384, 10 * paths.length);
  return { name: "All", layout, files, isFolder: true, isPrivate: false, pieceHashes: new Uint8Array(20) };
}

test.each([
  [["*.mp4"], [0, 2]],
  [["Season 1/*"], [0, 1]],
  [["**/a.mp4"], [0, 2]],
  [["*/a.mp4"], [0]],
  [["Season {1,2}/**/*.mp4"], [0, 2]],
  [["*.{jpg,srt}"], [1, 3]],
  [["**"], [0, 1, 2, 3, 4, 5]],
  [["Season 2/**"], [2]],
  [
    ["cover.jpg", "b.*"],
    [1, 3],
  ],
  [[".hidden"], [4]],
  [["what_.txt"], [5]], // As it is saved.
  [["what[?].txt"], [5]], // As the torrent has it.
])("%o selects %o", (globs, files) => {
  expect(selectByGlobs(globs)(infoOf(PATHS))).toEqual(files);
});

test("without a glob every file is selected", () => {
  expect(selectByGlobs([])(infoOf(PATHS))).toBeUndefined();
});

test("padding is never selected", () => {
  expect(selectByGlobs(["**"])(infoOf(["a", ".pad/10", "b"], [1]))).toEqual([0, 2]);
});

test("globs that match nothing are an error that lists some names", () => {
  expect(() => selectByGlobs(["*.mkv", "x/*"])(infoOf(PATHS))).toThrow(
    "No file in the torrent matches *.mkv or x/*. It has: Season 1/a.mp4, Season 1/b.srt, Season 2/Extras/a.mp4, cover.jpg, .hidden, and 1 more. Change --select, or leave it out.",
  );
});

test("globs add up, and one that is empty or too long is refused", () => {
  expect(parseGlob("b", parseGlob("a"))).toEqual(["a", "b"]);
  expect(parseGlob("x".repeat(MAX_GLOB_CHARACTERS))).toHaveLength(1);
  expect(() => parseGlob("")).toThrow("*.mp4");
  expect(() => parseGlob("x".repeat(MAX_GLOB_CHARACTERS + 1))).toThrow("*.mp4");
});
