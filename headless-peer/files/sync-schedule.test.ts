import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SYNC_BYTES, SYNC_MILLIS, SyncSchedule } from "./sync-schedule.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const ends: ((error?: Error) => void)[] = [];
  const sync = vi.fn(
    () => new Promise<void>((done, failed) => ends.push((error) => (error ? failed(error) : done()))),
  );
  return { sync, end: (error?: Error) => ends.shift()?.(error) };
}

test("a piece is synced after a while, together with later ones", async () => {
  const sync = vi.fn(async () => {});
  const schedule = new SyncSchedule(sync);
  for (let piece = 0; piece < 5; piece++) {
    schedule.written(1);
    await vi.advanceTimersByTimeAsync(SYNC_MILLIS / 5 - 1);
  }
  expect(sync).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5);
  expect(sync).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10 * SYNC_MILLIS);
  expect(sync).toHaveBeenCalledTimes(1);
});

test("many bytes are synced at once", async () => {
  const sync = vi.fn(async () => {});
  const schedule = new SyncSchedule(sync);
  schedule.written(SYNC_BYTES - 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(sync).not.toHaveBeenCalled();
  schedule.written(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(sync).toHaveBeenCalledTimes(1);
});

test("all requests during a sync share the next one", async () => {
  const { sync, end } = slowDisk();
  const schedule = new SyncSchedule(sync);
  const first = schedule.sync();
  await vi.advanceTimersByTimeAsync(0);
  const others = [schedule.sync(), schedule.sync()];
  expect(sync).toHaveBeenCalledTimes(1);
  end();
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(sync).toHaveBeenCalledTimes(2);
  end();
  await Promise.all(others);
  expect(sync).toHaveBeenCalledTimes(2);
});

test("a background failure is thrown once, and the next sync is tried", async () => {
  const { sync, end } = slowDisk();
  const schedule = new SyncSchedule(sync);
  schedule.written(SYNC_BYTES);
  await vi.advanceTimersByTimeAsync(0);
  end(new Error("the disk is on fire"));
  await vi.advanceTimersByTimeAsync(0);
  expect(() => schedule.throwFailure()).toThrow("on fire");
  schedule.throwFailure();
  const next = schedule.sync();
  await vi.advanceTimersByTimeAsync(0);
  end();
  await next;
});

test("after stop it does not sync by itself", async () => {
  const sync = vi.fn(async () => {});
  const schedule = new SyncSchedule(sync);
  schedule.written(1);
  schedule.stop();
  await vi.advanceTimersByTimeAsync(2 * SYNC_MILLIS);
  expect(sync).not.toHaveBeenCalled();
});
