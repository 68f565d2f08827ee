import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatPieceLength, plural, wrapped } from "./format.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_000, "1.0 kB"],
  [12_345_678, "12.3 MB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [64 * 1024 ** 4, "70.4 TB"],
  [5e18, "5000.0 PB"],
])("%i bytes are shown as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [16_384, "16 KiB"],
  [1_048_576, "1 MiB"],
  [1_572_864, "1536 KiB"],
  [1_000_000, "1,000,000 bytes"],
])("a piece length of %i is shown as %s", (bytes, text) => {
  expect(formatPieceLength(bytes)).toBe(text);
});

test("a count of one takes the singular", () => {
  expect([plural(1, "file", "files"), plural(12_000, "file", "files")]).toEqual(["1 file", "12,000 files"]);
});

test.each([
  [0, "0 s"],
  [0.2, "1 s"],
  [59.5, "1 min"],
  [185, "3 min 5 s"],
  [600, "10 min"],
  [3_599.5, "1 h"],
  [3_720, "1 h 2 min"],
  [3_721, "1 h 3 min"],
  [24 * 3_600, "1 day"],
  [99 * 24 * 3_600, "99 days"],
  [1e12, "more than 99 days"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("text is broken between words, and a word that is too long gets a line of its own", () => {
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapped("a http://a.test/announce b", 7)).toEqual(["a", "http://a.test/announce", "b"]);
  expect(wrapped("", 7)).toEqual([""]);
});
