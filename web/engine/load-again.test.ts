import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadAgain } from "./load-again.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what fails while the network changes is loaded again", async () => {
  const load = vi.fn(async () => "code").mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const loading = loadAgain(load);
  await vi.runAllTimersAsync();
  expect(await loading).toBe("code");
  expect(load).toHaveBeenCalledTimes(2);
});

test("what never arrives rejects after four tries in three seconds", async () => {
  const load = vi.fn().mockRejectedValue(new TypeError("Failed to fetch"));
  const startedAt = Date.now();
  const loading = loadAgain(load).catch(({ message }) => [message, Date.now() - startedAt]);
  await vi.runAllTimersAsync();
  expect(await loading).toEqual(["Failed to fetch", 3_000]);
  expect(load).toHaveBeenCalledTimes(4);
});
