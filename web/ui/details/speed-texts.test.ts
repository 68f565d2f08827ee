import { expect, test } from "vitest";
import { axisRate, speedSentence } from "./speed-texts.ts";

const speedsOf = (down: readonly number[], up: readonly number[]) => ({
  lastAt: Date.UTC(2026, 0, 5, 9, 30),
  down: Float32Array.from(down),
  up: Float32Array.from(up),
});

test("the sentence has the speeds of now, the highest and the average of the time that is shown", () => {
  expect(speedSentence(speedsOf([0, 1_000_000, 3_000_000, 2_000_000], [0, 0, 0, 0]), 2_000_000, 0)).toBe(
    "The last 4 s. Down: 2.0 MB/s now, 3.0 MB/s at most, 1.5 MB/s on average. Up: nothing.",
  );
  expect(speedSentence(speedsOf(Array(900).fill(0), [...Array(899).fill(0), 9_000]), 0, 0)).toBe(
    "The last 15 min. Down: nothing. Up: 0.0 kB/s now, 9.0 kB/s at most, 0.0 kB/s on average.",
  );
});

test("what is faster now than all that was drawn is the highest", () => {
  expect(speedSentence(speedsOf([1000, 1000], [0, 0]), 5000, 0)).toContain("5.0 kB/s now, 5.0 kB/s at most");
});

test("a speed beside an axis has no decimal that says nothing", () => {
  expect([0, 500, 2000, 50_000, 1_000_000, 1_200_000, 20_000_000].map(axisRate)).toEqual([
    "0",
    "0.5 kB/s",
    "2 kB/s",
    "50 kB/s",
    "1 MB/s",
    "1.2 MB/s",
    "20 MB/s",
  ]);
});
