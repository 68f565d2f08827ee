import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { Budget } from "./budget.ts";

test("a burst is granted at once, and afterwards what each second brings back", () => {
  const budget = new Budget({ burst: 3, perSecond: 2 });
  const spend = (at: number, cost = 1): boolean => budget.spend(millis(at), cost);
  expect([spend(1_000), spend(1_000), spend(1_000), spend(1_000)]).toEqual([true, true, true, false]);
  expect([spend(1_499), spend(1_500), spend(1_500)]).toEqual([false, true, false]);
  expect([spend(99_000, 4), spend(99_000, 3)]).toEqual([false, true]);
});
