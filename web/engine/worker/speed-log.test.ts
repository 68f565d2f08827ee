import { expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { MAX_SECONDS, SpeedLog } from "./speed-log.ts";

const A = "a".repeat(40) as InfoHash;
const B = "b".repeat(40) as InfoHash;
const START = Date.UTC(2026, 0, 5, 9, 30);

/** A log, and a look at torrent A at a second of the made-up time. */
function newLog() {
  let now = START;
  const log = new SpeedLog(() => now);
  const lookAt = (second: number, down: number, up = 0): void => {
    now = START + second * 1000;
    log.look([{ infoHash: A, downBytesPerSecond: down, upBytesPerSecond: up }]);
  };
  const downs = (): readonly number[] => [...(log.of(A)?.down ?? [])];
  return { log, lookAt, downs };
}

test("a torrent has one speed for each second from when it first moved, with zeros while it rested", () => {
  const { log, lookAt, downs } = newLog();
  lookAt(0, 0);
  expect(log.of(A)).toBeUndefined();
  lookAt(1, 10, 1);
  lookAt(2, 20, 2);
  for (let second = 3; second < 6; second++) lookAt(second, 0);
  lookAt(6, 30, 3);
  expect(log.of(A)).toEqual({
    lastAt: START + 6000,
    down: Float32Array.of(10, 20, 0, 0, 0, 30),
    up: Float32Array.of(1, 2, 0, 0, 0, 3),
  });
  lookAt(7, 0);
  expect(downs()).toEqual([10, 20, 0, 0, 0, 30, 0]);
  expect(log.of(B)).toBeUndefined();
});

test("of several looks in a second the last counts, and it may find the torrent at rest", () => {
  const { lookAt, downs } = newLog();
  lookAt(1, 10);
  lookAt(1.25, 20);
  lookAt(2, 30);
  lookAt(2.5, 0);
  expect(downs()).toEqual([20, 0]);
});

test("a look that comes late tells of the seconds that its speed is about, and of no others", () => {
  const { lookAt, downs } = newLog();
  lookAt(1, 10);
  lookAt(4, 20);
  lookAt(12, 30);
  expect(downs()).toEqual([10, 20, 20, 20, 0, 0, 0, 30, 30, 30, 30, 30]);
});

test("the latest quarter of an hour stays, and nothing of a torrent that has rested for longer", () => {
  const { log, lookAt, downs } = newLog();
  for (let second = 1; second <= MAX_SECONDS + 100; second++) lookAt(second, second);
  expect(downs()).toHaveLength(MAX_SECONDS);
  expect(downs()[0]).toBe(101);
  expect(downs().at(-1)).toBe(MAX_SECONDS + 100);
  lookAt(MAX_SECONDS + 100 + MAX_SECONDS - 1, 0);
  expect(downs()).toEqual([MAX_SECONDS + 100, ...Array(MAX_SECONDS - 1).fill(0)]);
  lookAt(MAX_SECONDS + 100 + MAX_SECONDS, 0);
  expect(log.of(A)).toBeUndefined();
  lookAt(5 * MAX_SECONDS, 7);
  expect(downs()).toEqual([7]);
});

test("after a long rest that nobody looked at, nothing of before shows up again", () => {
  const { lookAt, downs } = newLog();
  for (let second = 1; second <= MAX_SECONDS; second++) lookAt(second, 9);
  lookAt(10 * MAX_SECONDS, 7);
  expect(downs()).toEqual([...Array(MAX_SECONDS - 5).fill(0), 7, 7, 7, 7, 7]);
});

test("when the clock is set back the log starts over, and a removed torrent has no speeds", () => {
  const { log, lookAt, downs } = newLog();
  lookAt(100, 10);
  lookAt(40, 20);
  expect(downs()).toEqual([20]);
  log.forget(A);
  expect(log.of(A)).toBeUndefined();
});
