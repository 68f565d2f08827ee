import { expect, test } from "vitest";
import type { InfoHash, LinkId, PieceIndex, TrackerUrl } from "#shared/base/ids.ts";
import type { Happening } from "#shared/session/happening.ts";
import { EventLog, MAX_EVENTS } from "./event-log.ts";

const A = "a".repeat(40) as InfoHash;
const B = "b".repeat(40) as InfoHash;
const LOST: Happening = { type: "trackerLost", tracker: "wss://t.test/" as TrackerUrl, reason: "gone" };

test("each torrent has its own events, numbered and with their times", () => {
  let now = 1000;
  const log = new EventLog(() => now);
  log.happened(A, { type: "torrentCompleted" });
  now = 2000;
  log.happened(B, LOST);
  log.happened(A, { type: "phaseChanged", phase: "seeding" });
  expect(log.after(A, 0)).toEqual([
    { number: 1, at: 1000, what: { type: "torrentCompleted" } },
    { number: 3, at: 2000, what: { type: "phaseChanged", phase: "seeding" } },
  ]);
  expect(log.after(A, 1).map(({ number }) => number)).toEqual([3]);
  expect(log.after(B, 2)).toEqual([]);
});

test("the latest events stay, and none of a torrent that was removed", () => {
  const log = new EventLog(() => 0);
  for (let count = 0; count < MAX_EVENTS + 5; count++) log.happened(A, LOST);
  expect(log.after(A, 0)).toHaveLength(MAX_EVENTS);
  expect(log.after(A, 0)[0]?.number).toBe(6);
  log.happened(A, { type: "torrentRemoved" });
  expect(log.after(A, 0)).toEqual([]);
});

test("what comes by the thousand, and what concerns no torrent, is no event", () => {
  const log = new EventLog(() => 0);
  log.happened(A, { type: "pieceVerified", piece: 1 as PieceIndex, wasStored: false });
  log.happened(A, { type: "leftOut", link: 1 as LinkId, what: "a message" });
  log.happened(undefined, LOST);
  expect(log.after(A, 0)).toEqual([]);
});

test("keys of trackers stay out, and words of others are short and have no hidden characters", () => {
  const log = new EventLog(() => 0);
  const tracker = `wss://t.test/${"k".repeat(32)}/announce` as TrackerUrl;
  log.happened(A, { ...LOST, tracker, reason: `no\u202e${"x".repeat(1000)}` });
  const [event] = log.after(A, 0);
  expect(event?.what).toEqual({
    ...LOST,
    tracker: expect.not.stringContaining("kkk"),
    reason: expect.stringMatching(/^nox{297}…$/),
  });
});
