import { describe, expect, test } from "vitest";
import { type InfoHash, type LinkId, millis } from "../base/ids.ts";
import { MIN_RATE } from "./rate-bounds.ts";
import { RateLimit } from "./rate-limit.ts";

const BLOCK = 16_397; // With its header.
const TORRENT = "a".repeat(40) as InfoHash;
const link = (id: number): LinkId => id as LinkId;

/** Links that always want more and spend a block each turn: what each spent, and when. */
function spend(limit: RateLimit, links: readonly LinkId[], from: number, until: number) {
  const turns: { readonly at: number; readonly link: LinkId }[] = [];
  for (const each of links) limit.queue(each, TORRENT);
  for (let now = from; now < until; ) {
    for (;;) {
      const next = limit.next(millis(now), 0);
      if (next === undefined) break;
      turns.push({ at: now, link: next });
      limit.spent(BLOCK);
      limit.queue(next, TORRENT);
    }
    now = limit.nextAt(0) ?? until;
  }
  return turns;
}

test.each([MIN_RATE, 20_000, 500_000, 2_000_000, 100_000_000])(
  "over a minute we grant %i bytes a second, to within a block and a millisecond",
  (bytesPerSecond) => {
    const turns = spend(new RateLimit(bytesPerSecond, 0), [link(1)], 0, 60_000);
    const most = BLOCK + bytesPerSecond / 1_000;
    expect(Math.abs(turns.length * BLOCK - bytesPerSecond * 60)).toBeLessThanOrEqual(most);
  },
);

test("no second, wherever it begins, exceeds the rate by more than a tenth and a block", () => {
  const limit = new RateLimit(1_000_000, 0);
  const turns = [...spend(limit, [link(1)], 0, 2_500), ...spend(limit, [link(1)], 9_000, 12_000)];
  const most = 1_100_000 + BLOCK;
  for (const { at: start } of turns) {
    const within = turns.filter(({ at }) => at >= start && at < start + 1_000);
    expect(within.length * BLOCK).toBeLessThanOrEqual(most);
  }
});

test("the start comes without an allowance", () => {
  const limit = new RateLimit(1_000_000, 0);
  limit.queue(link(1), TORRENT);
  expect(limit.next(millis(0), 0)).toBeUndefined();
  expect(limit.nextAt(0)).toBe(1);
  expect(limit.next(millis(1), 0)).toBe(1);
});

test("links take turns, even if some want more and others join later", () => {
  const limit = new RateLimit(500_000, 0);
  const links = [1, 2, 3, 4, 5].map(link);
  const turns = spend(limit, links, 0, 10_000);
  const counts = links.map((each) => turns.filter((turn) => turn.link === each).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  const later = spend(limit, [link(6)], 10_000, 12_000);
  expect(later.slice(0, 6).map((turn) => turn.link)).toContain(6);
});

test("a link that asks again keeps its place, and one that leaves loses it", () => {
  const limit = new RateLimit(1_000_000_000, 0);
  for (const id of [1, 2, 3, 1]) limit.queue(link(id), TORRENT);
  limit.leave(link(2));
  const next = () => limit.next(millis(10), 0);
  expect([next(), next(), next()]).toEqual([1, 3, undefined]);
});

test("bytes spent without a turn are a debt, and all wait until it is paid", () => {
  const limit = new RateLimit(1_000_000, 0);
  limit.queue(link(1), TORRENT);
  limit.next(millis(0), 0);
  limit.spent(250_000);
  expect(limit.next(millis(100), 0)).toBeUndefined();
  expect(limit.nextAt(0)).toBe(251);
  expect(limit.next(millis(250), 0)).toBeUndefined();
  expect(limit.next(millis(251), 0)).toBe(1);
});

test("we forgive a debt beyond half a minute, so that nobody can stop everything for ever", () => {
  const limit = new RateLimit(1_000_000, 0);
  limit.queue(link(1), TORRENT);
  limit.next(millis(0), 0);
  limit.spent(1_000_000_000);
  expect(limit.next(millis(1), 0)).toBeUndefined();
  expect(limit.nextAt(0)).toBe(30_002);
});

test("a timer up to a tenth of a second late costs nothing", () => {
  const limit = new RateLimit(1_000_000, 0);
  limit.queue(link(1), TORRENT);
  let spent = 0;
  for (let now = 0; now <= 60_000; now += 99) {
    for (;;) {
      const next = limit.next(millis(now), 0);
      if (next === undefined) break;
      limit.spent(BLOCK);
      spent += BLOCK;
      limit.queue(next, TORRENT);
    }
  }
  expect(Math.abs(spent - 60_000_000)).toBeLessThan(100_000 + BLOCK);
});

test("no turn is due while nobody waits", () => {
  const limit = new RateLimit(1_000_000, 0);
  limit.spent(1_000_000);
  expect(limit.next(millis(5_000), 0)).toBeUndefined();
  expect(limit.nextAt(0)).toBeUndefined();
});

describe("what is under way", () => {
  test("counts as spent", () => {
    const limit = new RateLimit(1_000_000, 10_000);
    limit.queue(link(1), TORRENT);
    expect(limit.next(millis(50), 60_000)).toBeUndefined();
    expect(limit.nextAt(60_000)).toBe(61);
    expect(limit.next(millis(61), 60_000)).toBe(1);
  });

  test("does not hold up others while it is late, so we still grant the full rate", () => {
    const limit = new RateLimit(1_000_000, 10_000);
    let ahead = 0;
    for (let now = 0; now <= 5_000; now++) {
      limit.queue(link(1), TORRENT);
      if (limit.next(millis(now), ahead) !== undefined) ahead += BLOCK;
    }
    expect(Math.abs(ahead - 5_000_000)).toBeLessThanOrEqual(BLOCK);
    limit.spent(ahead); // It all comes at once, and changes nothing.
    limit.queue(link(1), TORRENT);
    expect(limit.next(millis(5_000), 0)).toBeUndefined();
    expect(limit.next(millis(5_020), 0)).toBe(1);
  });

  test("holds up all others when it grows too large, until some of it comes", () => {
    const limit = new RateLimit(1_000_000, 2_000);
    limit.queue(link(1), TORRENT);
    expect(limit.next(millis(60_000), 2_100_000)).toBeUndefined();
    expect(limit.nextAt(2_100_000)).toBeUndefined();
    expect(limit.nextAt(2_000_000)).toBeDefined();
    expect(limit.next(millis(60_100), 2_000_000)).toBe(1);
  });
});

test.each([
  [MIN_RATE, 2],
  [20_000, 2],
  [50_000, 5],
  [80_000, 8],
  [10_000_000, 8],
])("%i bytes a second serve %i peers at a time", (bytesPerSecond, slots) => {
  expect(new RateLimit(bytesPerSecond, 0).slots(8)).toBe(slots);
});

test("a limit adds no slots", () => {
  expect(new RateLimit(MIN_RATE, 0).slots(1)).toBe(1);
});
