import { expect, test } from "vitest";
import { MAX_SPARE_BYTES, PieceBuffers } from "./piece-buffers.ts";

test("reuses a returned buffer for one piece of its length at a time", () => {
  const buffers = new PieceBuffers();
  const first = buffers.take(100);
  buffers.giveBack(first);
  expect(buffers.take(100)).toBe(first);
  expect(buffers.take(100)).not.toBe(first);
});

test("a piece of another length gets a buffer of that length", () => {
  const buffers = new PieceBuffers();
  buffers.giveBack(buffers.take(100));
  expect(buffers.take(60)).toHaveLength(60);
  expect(buffers.take(100)).toHaveLength(100);
});

test("keeps no more than the limit", () => {
  const buffers = new PieceBuffers();
  const half = MAX_SPARE_BYTES / 2;
  const given = [buffers.take(half), buffers.take(half), buffers.take(half)];
  for (const buffer of given) buffers.giveBack(buffer);
  const again = [buffers.take(half), buffers.take(half), buffers.take(half)];
  expect(again.filter((buffer) => given.includes(buffer))).toHaveLength(2);
});
