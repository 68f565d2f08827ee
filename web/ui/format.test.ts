import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatPieceLength, formatRate, wholePercent } from "./format.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [99_940, "99.9 kB"],
  [99_950, "100 kB"],
  [999_500, "1.0 MB"],
  [999_499, "999 kB"],
  [12_400_000, "12.4 MB"],
  [3_400_000_000, "3.4 GB"],
  [64 * 2 ** 30, "68.7 GB"],
  [5e18, "5,000 PB"],
])("%i bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0.0 kB/s"],
  [400, "0.4 kB/s"],
  [12_400_000, "12.4 MB/s"],
])("%i bytes a second are written as %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test.each([
  [-3, "0 s"],
  [0.2, "1 s"],
  [59, "59 s"],
  [60, "1 min"],
  [125, "2 min 5 s"],
  [599, "9 min 59 s"],
  [600, "10 min"],
  [3569, "59 min"],
  [3570, "1 h"],
  [12_000, "3 h 20 min"],
  [86_399, "24 h"],
  [86_400, "1 day"],
  [350_000, "4 days"],
  [1e9, "more than 99 days"],
])("%d seconds are written as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("a percentage is 100 only if nothing is missing", () => {
  expect(wholePercent(999_999, 1_000_000)).toBe(99);
  expect(wholePercent(1_000_000, 1_000_000)).toBe(100);
  expect(wholePercent(0, 10)).toBe(0);
  expect(wholePercent(0, 0)).toBe(100);
  expect(wholePercent(11, 10)).toBe(100);
});

test("piece lengths are in KiB and MiB where they are multiples of those", () => {
  expect(formatPieceLength(524_288)).toBe("512 KiB");
  expect(formatPieceLength(2 * 2 ** 20)).toBe("2 MiB");
  expect(formatPieceLength(700_001)).toBe("700,001 bytes");
});
