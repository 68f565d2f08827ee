import fc from "fast-check";
import { expect, test } from "vitest";
import { score } from "./scores.ts";

const deeds = fc.record({ goodPieces: fc.nat(10_000), failedPieces: fc.nat(100), stalls: fc.nat(100) });

test("a new peer starts in the middle", () => {
  expect(score({ goodPieces: 0, failedPieces: 0, stalls: 0 })).toBe(50);
});

test("a score is a whole number between 0 and 100", () => {
  fc.assert(
    fc.property(deeds, (done) => {
      expect(score(done)).toBeGreaterThanOrEqual(0);
      expect(score(done)).toBeLessThanOrEqual(100);
      expect(Number.isInteger(score(done))).toBe(true);
    }),
  );
});

test("good pieces never lower it, bad ones and stalls never raise it, and a bad piece weighs more than a stall", () => {
  fc.assert(
    fc.property(deeds, (done) => {
      expect(score({ ...done, goodPieces: done.goodPieces + 1 })).toBeGreaterThanOrEqual(score(done));
      const spoilt = score({ ...done, failedPieces: done.failedPieces + 1 });
      const stalled = score({ ...done, stalls: done.stalls + 1 });
      expect(stalled).toBeLessThanOrEqual(score(done));
      expect(spoilt).toBeLessThanOrEqual(stalled);
    }),
  );
});

test("a generous peer is near the top, a spoiler near the bottom", () => {
  expect(score({ goodPieces: 99, failedPieces: 0, stalls: 0 })).toBe(99);
  expect(score({ goodPieces: 0, failedPieces: 2, stalls: 0 })).toBeLessThan(10);
});
