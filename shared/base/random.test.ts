import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom, shuffle } from "./random.ts";

test("the same seed gives the same numbers, another seed different ones", () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, () => random.below(1_000_000));
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("numbers stay below the bound and are equally likely", () => {
  const random = seededRandom(7);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) {
    const number = random.below(10);
    counts[number] = (counts[number] ?? 0) + 1;
  }
  expect(counts).toHaveLength(10);
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test("bytes have the requested length and take every value", () => {
  const bytes = seededRandom(3).bytes(5_000);
  expect(bytes).toHaveLength(5_000);
  expect(new Set(bytes).size).toBe(256);
});

test("shuffling keeps every item and favours no order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const sorted = (list: number[]): number[] => [...list].sort((left, right) => left - right);
      expect(sorted(shuffle([...items], seededRandom(seed)))).toEqual(sorted(items));
    }),
  );
  const random = seededRandom(5);
  const firsts = Array.from({ length: 3_000 }, () => shuffle([0, 1, 2], random)[0]);
  for (const item of [0, 1, 2]) {
    expect(Math.abs(firsts.filter((first) => first === item).length - 1_000)).toBeLessThan(120);
  }
});

test("the seeded generator rejects a bound that is not a positive integer, as Node does", () => {
  for (const bound of [1.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => seededRandom(1).below(bound), String(bound)).toThrow(RangeError);
});
