import { expect, test } from "vitest";
import type { InfoHash, LinkId } from "../base/ids.ts";
import { FairLine } from "./fair-line.ts";

const FILM = "f".repeat(40) as InfoHash;
const SONG = "a".repeat(40) as InfoHash;
const link = (id: number): LinkId => id as LinkId;

test("torrents take turns, and in each its links", () => {
  const line = new FairLine();
  for (const id of [1, 2, 3]) line.join(link(id), FILM);
  line.join(link(9), SONG);
  const turns = [1, 2, 3, 4, 5, 6].map(() => {
    const next = line.next() as LinkId;
    line.join(next, next === 9 ? SONG : FILM); // Each wants one more.
    return next;
  });
  expect(turns).toEqual([1, 9, 2, 9, 3, 9]);
});

test("a link that waits keeps its place, and one that leaves has none", () => {
  const line = new FairLine();
  for (const id of [1, 2, 1, 3]) line.join(link(id), FILM);
  line.leave(link(2));
  line.leave(link(7));
  expect([line.next(), line.next(), line.next()]).toEqual([1, 3, undefined]);
  expect(line.isEmpty).toBe(true);
});
