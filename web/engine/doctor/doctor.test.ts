import { expect, test } from "vitest";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry, EntryKey } from "../client.ts";
import { withLinks } from "../fake-entries.ts";
import { fakePeer, fakeTorrent } from "../fake-scenes.ts";
import type { Surroundings } from "./diagnose.ts";
import { Doctor, STILL_MILLIS } from "./doctor.ts";

const GOOD: Surroundings = {
  isOffline: false,
  isSlowedDown: false,
  isKeptFromLocalNetwork: false,
  clockErrorMillis: 0,
};

/** A download that nobody else has. */
function download(parts: Partial<TorrentView> = {}): Entry {
  const torrent = fakeTorrent(1, { name: "a", phase: "downloading", bytesTotal: 9, bytesDone: 1, ...parts });
  return withLinks({ state: torrent.phase, torrent, canSave: false }, "one" as EntryKey);
}

function causeOf(entries: readonly Entry[]): string | undefined {
  const [entry] = entries;
  return entry === undefined || entry.state === "hashing" ? undefined : entry.trouble?.cause;
}

test("a torrent must stand still for a while before it has a trouble, and says when to look again", () => {
  const doctor = new Doctor();
  const still = download();
  expect(doctor.look(1_000, [still], GOOD)[0]).toBe(still);
  expect(doctor.nextAt()).toBe(7_000);
  expect(causeOf(doctor.look(6_999, [still], GOOD))).toBeUndefined();
  expect(causeOf(doctor.look(7_000, [still], GOOD))).toBe("nobodyThere");
  expect(doctor.nextAt()).toBeUndefined();
});

test("what has not changed stays the same object", () => {
  const doctor = new Doctor();
  const still = download();
  doctor.look(0, [still], GOOD);
  const [shown] = doctor.look(STILL_MILLIS, [still], GOOD);
  expect(doctor.look(STILL_MILLIS + 1, [still], GOOD)[0]).toBe(shown);
});

test("the trouble goes at once when something moves, and needs its time to come back", () => {
  const doctor = new Doctor();
  doctor.look(0, [download()], GOOD);
  expect(causeOf(doctor.look(STILL_MILLIS, [download()], GOOD))).toBe("nobodyThere");
  const peers = [fakePeer(1)];
  expect(causeOf(doctor.look(STILL_MILLIS + 1, [download({ downBytesPerSecond: 5, peers })], GOOD))).toBe(
    undefined,
  );
  expect(causeOf(doctor.look(STILL_MILLIS + 2, [download({ bytesDone: 5 })], GOOD))).toBeUndefined();
  expect(causeOf(doctor.look(2 * STILL_MILLIS + 1, [download({ bytesDone: 5 })], GOOD))).toBeUndefined();
  expect(causeOf(doctor.look(2 * STILL_MILLIS + 2, [download({ bytesDone: 5 })], GOOD))).toBe("nobodyThere");
});

test("what moves never has a trouble, however long its tracker has been gone", () => {
  const doctor = new Doctor();
  const [gone] = download().state === "hashing" ? [] : fakeTorrent(1, { name: "a", bytesTotal: 1 }).trackers;
  if (gone === undefined) throw new Error("the made-up torrent has a tracker");
  const trackers = [{ ...gone, state: "unreachable", message: "gone" }] as const;
  for (let at = 0; at < 5; at++) {
    const moving = download({ bytesDone: at, downBytesPerSecond: 5, trackers });
    expect(causeOf(doctor.look(at * STILL_MILLIS, [moving], GOOD))).toBeUndefined();
  }
});

test("while it stands still, another cause takes the place of the first at once", () => {
  const doctor = new Doctor();
  const still = download();
  doctor.look(0, [still], GOOD);
  doctor.look(STILL_MILLIS, [still], GOOD);
  const slowedDown = { ...GOOD, isSlowedDown: true };
  expect(causeOf(doctor.look(STILL_MILLIS + 1, [still], slowedDown))).toBe("slowedDown");
  expect(causeOf(doctor.look(STILL_MILLIS + 2, [download({ phase: "paused" })], slowedDown))).toBeUndefined();
});

test("a torrent that stopped for lack of room says so at once", () => {
  const doctor = new Doctor();
  expect(
    causeOf(
      doctor.look(0, [download({ phase: "error", problem: "full", problemKind: "storageFull" })], GOOD),
    ),
  ).toBe("storageFull");
});

test("a torrent that has left is forgotten", () => {
  const doctor = new Doctor();
  doctor.look(0, [download()], GOOD);
  doctor.look(1, [], GOOD);
  expect(doctor.nextAt()).toBeUndefined();
  expect(causeOf(doctor.look(STILL_MILLIS, [download()], GOOD))).toBeUndefined();
});
