import { expect, test } from "vitest";
import { ago, until } from "./ago.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();

test.each([
  [-5, "just now"],
  [5, "just now"], // The tracker's clock may be ahead.
  [-60, "1 minute ago"],
  [-3_599, "59 minutes ago"],
  [-3_600, "1 hour ago"],
  [-86_400, "1 day ago"],
  [-9 * 86_400, "9 days ago"],
  [-100 * 86_400, "on Mar 7, 2026"],
])("%s seconds from now was %s", (seconds, words) => {
  expect(ago(at(seconds), NOW)).toBe(words);
});

test.each([
  [-5, "in less than a minute"],
  [119, "in 1 minute"],
  [7_200, "in 2 hours"],
  [21 * 86_400, "in 21 days"],
  [100 * 86_400, "on Sep 23, 2026"],
])("%s seconds from now will be %s", (seconds, words) => {
  expect(until(at(seconds), NOW)).toBe(words);
});
