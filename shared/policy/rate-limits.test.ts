import { describe, expect, test } from "vitest";
import { type InfoHash, type LinkId, millis } from "../base/ids.ts";
import { type BytesAhead, RateLimits } from "./rate-limits.ts";

const BLOCK = 16_397;
const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40) as InfoHash) as [
  InfoHash,
  InfoHash,
  InfoHash,
];
const NONE: BytesAhead = { all: () => 0, of: () => 0 };
const link = (id: number): LinkId => id as LinkId;

/** Links that always want more: how many blocks each had after so many seconds. */
function spend(
  limits: RateLimits,
  links: ReadonlyMap<LinkId, InfoHash>,
  seconds: number,
): Map<LinkId, number> {
  const turns = new Map<LinkId, number>();
  for (const [each, torrent] of links) if (limits.governs(torrent)) limits.queue(each, torrent);
  for (let now = 0; now < seconds * 1_000; ) {
    for (;;) {
      const next = limits.next(millis(now), NONE);
      if (next === undefined) break;
      const torrent = links.get(next) as InfoHash;
      turns.set(next, (turns.get(next) ?? 0) + 1);
      limits.spent(torrent, BLOCK);
      limits.hadTurn(next, torrent, true);
    }
    now = limits.nextAt(NONE);
  }
  return turns;
}

const rates = (turns: ReadonlyMap<LinkId, number>, ids: readonly number[], seconds: number): number =>
  (ids.reduce((sum, id) => sum + (turns.get(link(id)) ?? 0), 0) * BLOCK) / seconds;

const LINKS = new Map([
  [link(1), A],
  [link(2), A],
  [link(3), A],
  [link(4), B],
  [link(5), C],
]);

test("without a limit nobody is governed, and with one of its own a torrent alone is", () => {
  const limits = new RateLimits(0);
  expect(limits.isNone).toBe(true);
  limits.limitOne(A, 50_000);
  expect([limits.isNone, limits.governs(A), limits.governs(B)]).toEqual([false, true, false]);
  expect([limits.slotsOf(A, 8), limits.slotsOf(B, 8), limits.slots(8)]).toEqual([5, 8, 8]);
  limits.limitOne(A, undefined);
  expect(limits.isNone).toBe(true);
});

test("each torrent gets what its own limit allows, and its links the same", () => {
  const limits = new RateLimits(0);
  limits.limitOne(A, 300_000);
  limits.limitOne(B, 50_000);
  const turns = spend(limits, LINKS, 60);
  expect(rates(turns, [1, 2, 3], 60) / 300_000).toBeCloseTo(1, 1);
  expect(rates(turns, [4], 60) / 50_000).toBeCloseTo(1, 1);
  const counts = [1, 2, 3].map((id) => turns.get(link(id)) ?? 0);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test("under a limit of all, what one torrent may not take goes to the others", () => {
  const limits = new RateLimits(0);
  limits.limitAll(600_000);
  limits.limitOne(B, 60_000);
  const turns = spend(limits, LINKS, 60);
  expect(rates(turns, [1, 2, 3, 4, 5], 60) / 600_000).toBeCloseTo(1, 1);
  expect(rates(turns, [4], 60) / 60_000).toBeCloseTo(1, 1);
  expect(rates(turns, [1, 2, 3], 60) / rates(turns, [5], 60)).toBeCloseTo(1, 1);
});

test("an own limit that is above a torrent's share gives it no more than its share", () => {
  const limits = new RateLimits(0);
  limits.limitAll(300_000);
  for (const torrent of [A, B]) limits.limitOne(torrent, 1_000_000);
  const turns = spend(limits, LINKS, 60);
  const shares = [rates(turns, [1, 2, 3], 60), rates(turns, [4], 60), rates(turns, [5], 60)];
  for (const share of shares) expect(share / 100_000).toBeCloseTo(1, 1);
});

describe("a link that was sent forward", () => {
  /** The torrent has sent link 1 forward, and nothing has come through yet. */
  function forwarded(): RateLimits {
    const limits = new RateLimits(0);
    limits.limitAll(100_000);
    limits.limitOne(A, 100_000);
    limits.queue(link(1), A);
    limits.queue(link(2), A);
    limits.spent(undefined, 50_000);
    expect(limits.next(millis(10), NONE)).toBeUndefined();
    return limits;
  }

  test("keeps its place when it asks again", () => {
    const limits = forwarded();
    limits.queue(link(1), A);
    expect(limits.next(millis(2_000), NONE)).toBe(1);
    limits.hadTurn(link(1), A, false);
    expect(limits.next(millis(2_000), NONE)).toBe(2);
  });

  test("makes way for the next when it leaves", () => {
    const limits = forwarded();
    limits.leave(link(1), A);
    expect(limits.next(millis(2_000), NONE)).toBe(2);
  });

  test("has to queue again once the limit of all is another", () => {
    const limits = forwarded();
    expect(limits.limitAll(100_000)).toBe(false);
    expect(limits.limitAll(undefined)).toBe(true);
    limits.queue(link(1), A);
    const turns = [limits.next(millis(2_000), NONE)];
    limits.hadTurn(link(2), A, false);
    turns.push(limits.next(millis(2_000), NONE));
    expect(turns).toEqual([2, 1]);
  });
});

test("a link that has enough under way by either limit gets no more", () => {
  const limits = new RateLimits(0);
  limits.limitAll(1_000_000);
  expect(limits.isEnoughAhead(A, 100_000)).toBe(false);
  limits.limitOne(A, 50_000);
  expect(limits.isEnoughAhead(A, 100_000)).toBe(true);
  limits.limitAll(10_000);
  expect(limits.isEnoughAhead(B, 100_000)).toBe(true);
});

describe("under a limit of its own", () => {
  /** So many links of one torrent wait for a turn. */
  function waiting(...ids: readonly number[]): RateLimits {
    const limits = new RateLimits(0);
    limits.limitOne(A, 50_000);
    for (const id of ids) limits.queue(link(id), A);
    limits.next(millis(0), NONE); // From now on it may send something.
    return limits;
  }

  test("whoever leaves gets no turn, and one that never waited may leave", () => {
    const limits = waiting(1, 2);
    limits.leave(link(1), A);
    limits.leave(link(4), B);
    expect(limits.next(millis(10_000), NONE)).toBe(link(2));
    limits.hadTurn(link(2), A, false);
    expect(limits.next(millis(20_000), NONE)).toBeUndefined();
  });

  test("whoever leaves takes nobody else's turn, and gives up its own", () => {
    const limits = waiting(1, 2, 3);
    expect(limits.next(millis(10_000), NONE)).toBe(link(1));
    limits.leave(link(2), A);
    expect(limits.next(millis(20_000), NONE)).toBeUndefined(); // The first has not had its turn.
    limits.leave(link(1), A);
    expect(limits.next(millis(20_000), NONE)).toBe(link(3));
  });

  test("whoever has its turn waits for no second one", () => {
    const limits = waiting(1);
    expect(limits.next(millis(10_000), NONE)).toBe(link(1));
    limits.queue(link(1), A);
    limits.hadTurn(link(1), A, false);
    expect(limits.next(millis(20_000), NONE)).toBeUndefined();
  });
});
