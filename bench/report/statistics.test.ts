import { expect, test } from "vitest";
import { ratios, summarize } from "./statistics.ts";

test("the median of an odd count is the middle value by size, not by position", () => {
  expect(summarize([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
});

test("the median of an even count is halfway between the two in the middle", () => {
  expect(summarize([4, 1, 2, 100])).toEqual({ median: 3, min: 1, max: 100 });
});

test("one value is its own median", () => {
  expect(summarize([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test("an empty list cannot be summarized", () => {
  expect(() => summarize([])).toThrow(RangeError);
});

test("ratios compare runs of the same round", () => {
  // The machine was half as fast in the second round; the ratio stays the same.
  expect(ratios([20, 10, 30], [10, 5, 10])).toEqual([2, 2, 3]);
});

test("runs with different numbers of rounds are not compared", () => {
  expect(() => ratios([1, 2], [1])).toThrow(RangeError);
});
