import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LinkId } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { Choker, type Contender } from "./choker.ts";

function contender(link: number, bytesPerSecond = 0, rest: Partial<Contender> = {}): Contender {
  const state = { isSnubbing: false, origin: `${link}`, isNew: false, isIdle: false };
  return { link: link as LinkId, isInterested: true, bytesPerSecond, ...state, ...rest };
}

const sorted = (links: ReadonlySet<LinkId>): number[] => [...links].sort((left, right) => left - right);

describe("a round", () => {
  test("serves those that give most, and one more by luck", () => {
    const choker = new Choker(3, seededRandom(1));
    const peers = [contender(1, 10), contender(2, 50), contender(3, 5), contender(4, 40), contender(5, 1)];
    const chosen = choker.nextRound(peers);
    expect(chosen.size).toBe(3);
    expect(sorted(chosen)).toEqual(expect.arrayContaining([2, 4]));
  });

  test("serves every interested peer while there are slots, and nobody else", () => {
    const choker = new Choker(4, seededRandom(1));
    const peers = [contender(1), contender(2), contender(3, 99, { isInterested: false }), contender(4)];
    expect(sorted(choker.nextRound(peers))).toEqual([1, 2, 4]);
    expect(choker.nextRound([]).size).toBe(0);
  });

  test("gives a peer that keeps us waiting a slot by luck only", () => {
    const choker = new Choker(2, seededRandom(1));
    const peers = [contender(1, 100, { isSnubbing: true }), contender(2, 1), contender(3, 0)];
    for (let round = 0; round < 30; round++) expect(choker.nextRound(peers).has(2 as LinkId)).toBe(true);
  });

  test("puts a peer that takes nothing behind those that never had a slot", () => {
    const choker = new Choker(3, seededRandom(1));
    const idle = [1, 2, 3].map((link) => contender(link, 0, { isIdle: true }));
    const chosen = choker.nextRound([
      ...idle,
      contender(4, 0, { isNew: true }),
      contender(5, 0, { isNew: true }),
    ]);
    expect(sorted(chosen)).toEqual(expect.arrayContaining([4, 5]));
  });

  test("gives no origin more than its share while others wait, then all that is left", () => {
    const crowd = Array.from({ length: 50 }, (_, at) => contender(at, 1_000, { origin: "crowd" }));
    const others = [contender(60, 1), contender(61, 1)];
    const chosen = new Choker(10, seededRandom(1)).nextRound([...crowd, ...others]);
    expect(chosen.size).toBe(10);
    expect(sorted(chosen)).toEqual(expect.arrayContaining([60, 61]));
    expect(new Choker(10, seededRandom(1)).nextRound(crowd).size).toBe(10);
  });

  test("gives each origin the same chance, new peers first", () => {
    const crowd = Array.from({ length: 50 }, (_, at) => contender(at, 0, { origin: "crowd" }));
    const choker = new Choker(1, seededRandom(3));
    const lucky = Array.from({ length: 60 }, () => sorted(choker.nextRound([...crowd, contender(60)]))[0]);
    expect(lucky.filter((link) => link === 60).length).toBeGreaterThan(12);
    const newcomer = contender(61, 0, { origin: "crowd", isNew: true });
    expect(sorted(new Choker(1, seededRandom(4)).nextRound([...crowd, newcomer]))).toEqual([61]);
  });

  test("keeps the lucky peer for three rounds", () => {
    const choker = new Choker(1, seededRandom(5));
    const peers = Array.from({ length: 10 }, (_, at) => contender(at));
    const lucky = Array.from({ length: 30 }, () => sorted(choker.nextRound(peers))[0]);
    for (let at = 0; at < 30; at += 3) expect(new Set(lucky.slice(at, at + 3)).size).toBe(1);
    expect(new Set(lucky).size).toBeGreaterThan(4);
  });

  test("picks a new lucky peer at once when the old one leaves or earns a slot", () => {
    const choker = new Choker(2, seededRandom(2));
    const peers = [contender(1, 50), contender(2), contender(3)];
    const [lucky] = sorted(choker.nextRound(peers)).filter((link) => link !== 1);
    const other = lucky === 2 ? 3 : 2;
    const without = peers.filter(({ link }) => link !== lucky);
    expect(sorted(choker.nextRound(without))).toEqual([1, other]);
    expect(choker.nextRound([contender(1, 5), contender(2, 9), contender(3, 9)]).size).toBe(2);
  });
});

test.each([1, 2, 3, 4, 5])("with more peers than slots, everybody gets lucky in time (seed %i)", (seed) => {
  const choker = new Choker(4, seededRandom(seed));
  const served = new Set<LinkId>();
  const peers = Array.from({ length: 20 }, (_, at) => contender(at, at < 5 ? 1_000 - at : 0));
  let rounds = 0;
  for (; served.size < 20 && rounds < 1_000; rounds++)
    for (const link of choker.nextRound(peers)) served.add(link);
  expect(served.size).toBe(20);
  expect(rounds).toBeLessThan(3 * 17 * 6); // An hour at ten seconds each would be too long.
});

test("equal peers are lucky about equally often", () => {
  const choker = new Choker(1, seededRandom(9));
  const times = new Map<LinkId, number>();
  const peers = Array.from({ length: 5 }, (_, at) => contender(at));
  for (let round = 0; round < 3_000; round++)
    for (const link of choker.nextRound(peers)) times.set(link, (times.get(link) ?? 0) + 1);
  for (const count of times.values()) expect(Math.abs(count - 600)).toBeLessThan(150);
});

describe("between rounds", () => {
  const peers = fc
    .uniqueArray(fc.nat(20), { maxLength: 15 })
    .chain((links) =>
      fc.tuple(
        ...links.map((link) =>
          fc
            .record({ isInterested: fc.boolean(), isSnubbing: fc.boolean() })
            .map((rest) => contender(link, 0, rest)),
        ),
      ),
    );

  test("free slots are filled, and no interested peer loses its own", () => {
    fc.assert(
      fc.property(peers, fc.integer({ min: 1, max: 8 }), fc.nat(), (now, slots, seed) => {
        const random = seededRandom(seed);
        const choker = new Choker(slots, random);
        const served = choker.nextRound(now);
        const later = now.map((each) =>
          random.below(3) === 0 ? { ...each, isInterested: !each.isInterested } : each,
        );
        const interested = later.filter(({ isInterested }) => isInterested).map(({ link }) => link);
        const chosen = choker.refill(interested, served);
        for (const link of interested) if (served.has(link)) expect(chosen.has(link)).toBe(true);
        for (const link of chosen) expect(interested).toContain(link);
        expect(chosen.size).toBe(Math.min(slots, interested.length));
      }),
    );
  });

  test("no round exceeds the number of slots", () => {
    fc.assert(
      fc.property(fc.array(peers), fc.integer({ min: 1, max: 8 }), fc.nat(), (rounds, slots, seed) => {
        const choker = new Choker(slots, seededRandom(seed));
        for (const now of rounds) {
          const chosen = choker.nextRound(now);
          const interested = now.filter(({ isInterested }) => isInterested);
          expect(chosen.size).toBeLessThanOrEqual(slots);
          for (const link of chosen) expect(interested.map((each) => each.link)).toContain(link);
          const deserving = interested.filter(({ isSnubbing }) => !isSnubbing);
          expect(chosen.size).toBeGreaterThanOrEqual(Math.min(slots - 1, deserving.length));
        }
      }),
    );
  });
});
