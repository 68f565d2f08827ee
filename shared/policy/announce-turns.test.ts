import { expect, test } from "vitest";
import { millis, type TrackerUrl } from "../base/ids.ts";
import { AnnounceTurns } from "./announce-turns.ts";

const HERE = "http://here.test/announce" as TrackerUrl;
const THERE = "http://there.test/announce" as TrackerUrl;
const START = millis(5_000);

function turnsOf(
  turns: AnnounceTurns,
  count: number,
  isComplete = true,
  now = START,
  tracker = HERE,
): number[] {
  return Array.from({ length: count }, () => turns.take(now, tracker, isComplete));
}

test("some announces go out at once, the rest one after the other", () => {
  const turns = new AnnounceTurns({ burst: 3, perSecond: 10 });
  expect(turnsOf(turns, 6)).toEqual([5_000, 5_000, 5_000, 5_100, 5_200, 5_300]);
});

test("after a rest as many go out at once again, and not more", () => {
  const turns = new AnnounceTurns({ burst: 3, perSecond: 10 });
  turnsOf(turns, 6);
  const later = millis(60_000);
  expect(turnsOf(turns, 4, true, later)).toEqual([60_000, 60_000, 60_000, 60_100]);
});

test("a download does not wait for complete torrents, nor one tracker for another", () => {
  const turns = new AnnounceTurns({ burst: 1, perSecond: 10 });
  turnsOf(turns, 100);
  expect(turnsOf(turns, 2, false)).toEqual([5_000, 5_100]);
  expect(turnsOf(turns, 2, true, START, THERE)).toEqual([5_000, 5_100]);
});

test("a tracker that was forgotten begins anew", () => {
  const turns = new AnnounceTurns({ burst: 1, perSecond: 10 });
  turnsOf(turns, 100);
  turns.forget(HERE);
  expect(turnsOf(turns, 1)).toEqual([5_000]);
});
