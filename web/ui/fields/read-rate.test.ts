import { expect, test } from "vitest";
import { readRate, writtenRate } from "./read-rate.ts";

test.each([
  ["500", 500_000],
  [" 500 kB/s ", 500_000],
  ["500kb", 500_000],
  ["1.5 MB/s", 1_500_000],
  ["1,5 m", 1_500_000],
  ["2M", 2_000_000],
  ["5", 5_000],
  ["10 GB/s", 10_000_000_000],
])("%j is %i bytes a second", (text, bytes) => {
  expect(readRate(text)).toBe(bytes);
  expect(readRate(writtenRate(bytes))).toBe(bytes);
});

test("nothing is no limit", () => {
  expect(readRate("  ")).toBeUndefined();
  expect(writtenRate(undefined)).toBe("");
});

test.each(["0", "4.9", "-5", "fast", "5 kB/min", "11 GB/s", "1e9", "1.2.3", "9".repeat(400)])(
  "%j is unclear",
  (text) => expect(readRate(text)).toBe("unclear"),
);
