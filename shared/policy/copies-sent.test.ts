import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { Layout } from "../meta/layout.ts";
import { CopiesSent, isLoneSeeder } from "./copies-sent.ts";

const requests = (...pieces: number[]) => pieces.map((piece) => ({ piece }));

/** Three pieces of two blocks, the last of one. */
function newCopies(...sent: number[]): CopiesSent {
  const copies = new CopiesSent(new Layout(5 * 16_384, 32_768));
  for (const piece of sent) copies.sent(piece as PieceIndex);
  return copies;
}

test("requests come in their order while no piece has been sent", () => {
  expect(newCopies().leastSent(requests(2, 0, 1))).toBe(0);
});

test("a piece that the swarm lacks comes before one that it has", () => {
  expect(newCopies(0, 0).leastSent(requests(0, 0, 1))).toBe(2);
  expect(newCopies(0, 0, 1, 1, 2).leastSent(requests(2, 1, 0))).toBe(0);
});

test("a begun piece is finished before another is begun", () => {
  expect(newCopies(1).leastSent(requests(1, 0))).toBe(0);
});

test("the last piece counts as sent after its only block", () => {
  expect(newCopies(2).leastSent(requests(2, 1))).toBe(1);
});

test("we are a lone seeder if no tracker counts another", () => {
  const us = { seeders: 1, left: 0 };
  expect(isLoneSeeder([us, { seeders: 0, left: 0 }])).toBe(true);
  expect(isLoneSeeder([])).toBe(true);
  expect(isLoneSeeder([us, { seeders: 2, left: 0 }])).toBe(false);
});

test("the only seeder that a tracker counts is not us before it has heard that we have everything", () => {
  expect(isLoneSeeder([{ seeders: 0, left: 100 }])).toBe(true);
  expect(isLoneSeeder([{ seeders: 1, left: 100 }])).toBe(false);
  expect(isLoneSeeder([{ seeders: 1, left: undefined }])).toBe(false);
});
