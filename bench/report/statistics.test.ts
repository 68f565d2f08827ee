import { expect, test } from "vitest";
import { ratios, summarize } from "./statistics.ts";

test("the median of an odd count is the value in the middle, by size and not by order", () => {
  expect(summarize([10, 9, 100])).toEqual({ median: 10, least: 9, most: 100 });
});

test("the median of an even count lies between the two in the middle", () => {
  expect(summarize([4, 1, 2, 100])).toEqual({ median: 3, least: 1, most: 100 });
});

test("one value is its own median", () => {
  expect(summarize([7])).toEqual({ median: 7, least: 7, most: 7 });
});

test("no values cannot be summarized", () => {
  expect(() => summarize([])).toThrow(RangeError);
});

test("ratios compare runs of the same round", () => {
  // The machine was half as fast in the second round: the ratio does not notice.
  expect(ratios([20, 10, 30], [10, 5, 10])).toEqual([2, 2, 3]);
});

test("runs of different rounds are not compared", () => {
  expect(() => ratios([1, 2], [1])).toThrow(RangeError);
});
