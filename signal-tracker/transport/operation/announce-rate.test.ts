import { afterEach, expect, test, vi } from "vitest";
import { AnnounceRate } from "./announce-rate.ts";

afterEach(() => void vi.useRealTimers());

test("announces count for a minute", () => {
  vi.useFakeTimers();
  let count = 0;
  const rate = new AnnounceRate(() => count);
  count = 7;
  expect(rate.perMinute).toBe(7);
  vi.advanceTimersByTime(30_000);
  count = 10;
  expect(rate.perMinute).toBe(10);
  vi.advanceTimersByTime(35_000);
  expect(rate.perMinute).toBe(3);
  vi.advanceTimersByTime(60_000);
  expect(rate.perMinute).toBe(0);
  rate.close();
});
