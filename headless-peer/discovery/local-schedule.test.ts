import { expect, test } from "vitest";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import { BATCH_MILLIS, CALL_MILLIS, LocalSchedule, MAX_PEERS, MIN_CALL_MILLIS } from "./local-schedule.ts";

const ONE = "11".repeat(20) as InfoHash;
const TWO = "22".repeat(20) as InfoHash;
const PEER = "peer" as PeerAddress;
const at = millis;

/** Which torrents are called, and when, up to `until`. */
function calls(schedule: LocalSchedule, until: number): readonly [number, readonly InfoHash[]][] {
  const made: [number, readonly InfoHash[]][] = [];
  for (let next = schedule.nextAt(); next !== undefined && next <= until; next = schedule.nextAt())
    made.push([next, schedule.takeDue(next)]);
  return made;
}

test("torrents that start together are called together, and again every five minutes", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  schedule.start(at(BATCH_MILLIS - 50), TWO);
  const first = calls(schedule, BATCH_MILLIS);
  expect(first).toEqual([[BATCH_MILLIS, [ONE]]]);
  const [, ...later] = calls(schedule, 3 * CALL_MILLIS).filter(([, called]) => called.includes(TWO));
  expect(later.map(([when]) => when)).toEqual([
    2 * BATCH_MILLIS - 50 + CALL_MILLIS,
    2 * BATCH_MILLIS - 50 + 2 * CALL_MILLIS,
  ]);
});

test("torrents due at the same time are called together", () => {
  const schedule = new LocalSchedule();
  for (const infoHash of [ONE, TWO]) schedule.start(at(0), infoHash);
  expect(calls(schedule, CALL_MILLIS)).toEqual([[BATCH_MILLIS, [ONE, TWO]]]);
});

test("an ended torrent is not called, and one that starts twice is called once", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  schedule.start(at(100), ONE);
  expect(calls(schedule, CALL_MILLIS)).toEqual([[BATCH_MILLIS, [ONE]]]);
  schedule.end(ONE);
  expect(schedule.nextAt()).toBeUndefined();
  expect(schedule.heard(at(0), ONE, PEER)).toBe(false);
});

test("a newcomer is answered soon, but never within a minute of the last call", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  calls(schedule, BATCH_MILLIS);
  const lateAt = 200_000;
  expect(schedule.heard(at(lateAt), ONE, PEER)).toBe(true);
  expect(schedule.nextAt()).toBe(lateAt + BATCH_MILLIS);
  calls(schedule, lateAt + BATCH_MILLIS);
  expect(schedule.heard(at(lateAt + 1_000), ONE, "another" as PeerAddress)).toBe(true);
  expect(schedule.nextAt()).toBe(lateAt + BATCH_MILLIS + MIN_CALL_MILLIS);
});

test("our first call answers a peer heard before it", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  expect(schedule.heard(at(0), ONE, PEER)).toBe(true);
  expect(calls(schedule, CALL_MILLIS)).toEqual([[BATCH_MILLIS, [ONE]]]);
});

test("two peers that hear each other do not answer each other for ever", () => {
  const [one, two] = [new LocalSchedule(), new LocalSchedule()];
  one.start(at(0), ONE);
  two.start(at(100_000), ONE);
  const calledAt: number[] = [];
  for (let now = 0; now < 60 * 60_000; now += BATCH_MILLIS) {
    for (const [speaker, listener, name] of [
      [one, two, "one"],
      [two, one, "two"],
    ] as const) {
      if (speaker.takeDue(at(now)).length === 0) continue;
      calledAt.push(now);
      listener.heard(at(now), ONE, name as PeerAddress);
    }
  }
  expect(calledAt.length).toBeLessThanOrEqual(2 * 13); // 12 in an hour each, and one more to meet.
});

test("a peer is dialled at each of its calls, but no more often than it may call", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  expect(schedule.heard(at(0), ONE, PEER)).toBe(true);
  expect(schedule.heard(at(MIN_CALL_MILLIS - 1), ONE, PEER)).toBe(false);
  expect(schedule.heard(at(MIN_CALL_MILLIS), ONE, PEER)).toBe(true);
});

test("the number of peers is limited, until some have gone", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  const heard = (now: number, count: number): boolean =>
    schedule.heard(at(now), ONE, `peer ${count}` as PeerAddress);
  for (let count = 0; count < MAX_PEERS; count++) expect(heard(0, count)).toBe(true);
  expect(heard(0, MAX_PEERS)).toBe(false);
  calls(schedule, 3 * CALL_MILLIS);
  expect(heard(3 * CALL_MILLIS, MAX_PEERS)).toBe(true);
});

test("a call for an unknown torrent is ignored", () => {
  expect(new LocalSchedule().heard(at(0), ONE, PEER)).toBe(false);
});

test("a call that reached nobody is repeated after a minute", () => {
  const schedule = new LocalSchedule();
  schedule.start(at(0), ONE);
  schedule.missed([ONE]); // Not called yet, so nothing changes.
  expect(schedule.nextAt()).toBe(BATCH_MILLIS);
  calls(schedule, BATCH_MILLIS);
  schedule.missed([ONE, TWO]);
  expect(schedule.nextAt()).toBe(BATCH_MILLIS + MIN_CALL_MILLIS);
});
