import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { Cancels } from "./cancels.ts";

const block = (piece: number) => ({ piece: piece as PieceIndex, begin: 16_384, length: 16_384 });

test("each cancel awaits one answer", () => {
  const cancels = new Cancels();
  cancels.add(block(1));
  cancels.add(block(1));
  expect(cancels.awaits(1, 16_384)).toBe(true);
  expect(cancels.answered(1, 0)).toBe(false);
  expect([1, 2, 3].map(() => cancels.answered(1, 16_384))).toEqual([true, true, false]);
  expect(cancels.awaits(1, 16_384)).toBe(false);
});

test("a peer that answers no cancel is remembered for the last 512", () => {
  const cancels = new Cancels();
  for (let piece = 0; piece <= 512; piece++) cancels.add(block(piece));
  expect([0, 1, 512].map((piece) => cancels.awaits(piece, 16_384))).toEqual([false, true, true]);
});
