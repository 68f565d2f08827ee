import { expect, test } from "vitest";
import type { LinkId } from "../base/ids.ts";
import { Turns } from "./turns.ts";

const links = (...each: number[]): LinkId[] => each as LinkId[];
const [ONE, TWO, THREE] = links(1, 2, 3) as [LinkId, LinkId, LinkId];

test("whoever never had a turn comes first, then whoever has waited longest", () => {
  const turns = new Turns();
  for (const link of [ONE, TWO, THREE]) turns.joined(link, `${link}`);
  expect(turns.next([TWO])).toBe(TWO);
  const order = [1, 2, 3, 4].map(() => turns.next([ONE, TWO, THREE]));
  expect(order).toEqual([ONE, THREE, TWO, ONE]);
  expect(turns.next([])).toBeUndefined();
});

test("origins take turns, and within each its links", () => {
  const turns = new Turns();
  turns.joined(ONE, "crowd");
  turns.joined(TWO, "crowd");
  turns.joined(THREE, "alone");
  const order = [1, 2, 3, 4, 5, 6].map(() => turns.next([ONE, TWO, THREE]));
  expect(order).toEqual([ONE, THREE, TWO, THREE, ONE, THREE]);
});

test("an origin that loses all its links is forgotten", () => {
  const turns = new Turns();
  turns.joined(ONE, "one");
  turns.joined(TWO, "two");
  turns.next([ONE]);
  turns.next([TWO]);
  turns.left(TWO);
  turns.joined(THREE, "two");
  expect(turns.next([ONE, THREE])).toBe(THREE);
});

test("slots are shared between origins, and what one leaves goes to the others", () => {
  const turns = new Turns();
  for (const id of [1, 2, 3, 4]) turns.joined(id as LinkId, "crowd");
  turns.joined(5 as LinkId, "alone");
  expect(turns.shared(links(1, 2, 3, 4, 5), 4)).toEqual([1, 2, 5, 3, 4]);
  expect(turns.shared(links(1, 2, 3, 4), 3)).toEqual([1, 2, 3, 4]);
});
