import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { MinuteCounts } from "./minute-counts.ts";

test("each network has its own count, which starts again every minute", () => {
  const counts = new MinuteCounts(2);
  const allowed = (network: string, seconds: number) => counts.allows(network, millis(seconds * 1_000));
  expect([allowed("a", 100), allowed("a", 110), allowed("a", 120), allowed("b", 120)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect([allowed("a", 159), counts.secondsLeft(millis(159_000)), allowed("a", 160)]).toEqual([
    false,
    1,
    true,
  ]);
});

test("beyond the limit of networks, all counts start again", () => {
  const counts = new MinuteCounts(1);
  for (let network = 0; network < 100_000; network++) counts.allows(String(network), millis(0));
  expect(counts.allows("new", millis(0))).toBe(true);
  expect(counts.allows("0", millis(0))).toBe(true);
  expect(counts.allows("0", millis(0))).toBe(false);
});
