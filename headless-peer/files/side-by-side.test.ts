import { expect, test } from "vitest";
import { sideBySide } from "./side-by-side.ts";

test("it works on all items, a limited number at once", async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  await sideBySide([5, 4, 3, 2, 1], 2, async (item) => {
    now += 1;
    most = Math.max(most, now);
    for (let turn = 0; turn < item; turn++) await undefined;
    now -= 1;
    done.push(item);
  });
  expect(most).toBe(2);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
});

test("it rejects when the started work has ended, and starts nothing after an error", async () => {
  const ended: number[] = [];
  const work = sideBySide([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error("one");
    for (let turn = 0; turn < 10; turn++) await undefined;
    ended.push(item);
  });
  await expect(work).rejects.toThrow("one");
  expect(ended).toEqual([2]);
});
