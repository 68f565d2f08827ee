import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentPhase, TorrentView } from "#shared/session/view.ts";
import { SharingEnds } from "./sharing-ends.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One torrent, and when it was ended. */
function oneTorrent(phase: TorrentPhase) {
  const view = { infoHash: HASH, phase, stopped: undefined };
  const viewOf = (): TorrentView => view as unknown as TorrentView;
  const endedAt: number[] = [];
  const ends = new SharingEnds(viewOf, () => endedAt.push(Date.now()));
  const reason = (): unknown => ends.reasonOf(viewOf());
  return { view, ends, endedAt, reason };
}

test("what is shared ends at its time, to the moment and once", () => {
  const { ends, endedAt, reason } = oneTorrent("seeding");
  const until = Date.now() + 150 * MINUTE + 1_234;
  ends.set(HASH, until);
  vi.advanceTimersByTime(150 * MINUTE);
  expect(reason()).toBeUndefined();
  vi.advanceTimersByTime(10 * MINUTE);
  expect([endedAt, reason()]).toEqual([[until], "moment"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a download that is not complete at its time ends once it is", () => {
  const { view, ends, endedAt, reason } = oneTorrent("downloading");
  ends.set(HASH, Date.now() - MINUTE);
  vi.advanceTimersByTime(5 * MINUTE);
  expect(endedAt).toEqual([]);
  view.phase = "seeding";
  ends.look();
  expect([endedAt, reason()]).toEqual([[Date.now()], "moment"]);
});

test("when the machine's clock is set on, it ends within a minute", () => {
  const { ends, endedAt } = oneTorrent("seeding");
  ends.set(HASH, Date.now() + 60 * MINUTE);
  vi.setSystemTime(Date.now() + 90 * MINUTE);
  vi.advanceTimersByTime(MINUTE);
  expect(endedAt).toHaveLength(1);
});

test("a peer that closes leaves no timer behind", () => {
  const { ends } = oneTorrent("seeding");
  ends.set(HASH, Date.now() + MINUTE);
  ends.close();
  expect(vi.getTimerCount()).toBe(0);
});
