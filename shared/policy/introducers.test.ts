import { describe, expect, test } from "vitest";
import { type Handle, type LinkId, millis } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { Introducers, type LinkCounts } from "./introducers.ts";

const LIMITS = {
  maxHandles: 10,
  maxAsked: 4,
  maxAskedUnproven: 2,
  retryMillis: 60_000,
  maxFailures: 2,
  busyMillis: 10_000,
  fairLinks: 4,
  restMillis: 300_000,
  attemptsJudged: 6,
  leastShare: 0.25,
  maxLooked: 8,
};
const NOW = millis(1_000);
const ONE = 1 as LinkId;
const OTHER = 2 as LinkId;
const NO_LINKS: LinkCounts = { from: () => 0, others: () => 0, askedOf: () => 0, only: undefined };

const handle = (id: number): Handle => `${id}` as Handle;
const named = (...ids: number[]) => ids.map((id) => ({ handle: handle(id) }));

function introducers(...links: LinkId[]): Introducers {
  const made = new Introducers(LIMITS, seededRandom(1));
  for (const link of links) made.joined(link);
  return made;
}

const choose = (
  from: Introducers,
  counts: Partial<LinkCounts> = {},
  now = NOW,
  isOfUse: (handle: Handle) => boolean = () => true,
) => from.choose(now, { ...NO_LINKS, ...counts }, isOfUse);

describe("whom to ask for", () => {
  test("each handle once, until its time to retry has come", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1, 2), []);
    expect(new Set([choose(all)?.handle, choose(all)?.handle])).toEqual(new Set([handle(1), handle(2)]));
    expect(choose(all)).toBeUndefined();
    expect(choose(all, {}, millis(NOW + 60_000))).toMatchObject({ introducer: ONE });
  });

  test("nobody who was dropped, of no use, or named by a peer that left or takes no part", () => {
    const all = introducers(ONE);
    all.named(NOW, OTHER, named(1), []);
    all.named(NOW, ONE, named(2, 3), []);
    all.named(NOW, ONE, [], [handle(2)]);
    expect(choose(all, {}, NOW, () => false)).toBeUndefined();
    expect(choose(all, {}, millis(NOW + 60_000))?.handle).toBe(handle(3));
    all.named(NOW, ONE, named(4), []);
    all.left(ONE);
    expect(choose(all)).toBeUndefined();
  });

  test("the only one of use, whoever names it and beside whomever", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const all = new Introducers(LIMITS, seededRandom(seed));
      for (const link of [ONE, OTHER]) all.joined(link);
      all.named(NOW, ONE, named(1), []);
      all.named(NOW, OTHER, named(2, 3, 4), []);
      expect(choose(all, {}, NOW, (each) => each === handle(3))?.introducer).toBe(OTHER);
    }
  });

  test("after a look at eight of them at most: the others are for the next look", () => {
    const all = introducers(ONE, OTHER);
    all.named(NOW, ONE, named(1, 2, 3, 4, 5, 6, 7, 8, 9), []);
    all.named(NOW, OTHER, named(11, 12, 13, 14, 15, 16, 17, 18, 19), []);
    const looked: Handle[] = [];
    const look = () => choose(all, {}, NOW, (each) => looked.push(each) === 0);
    look();
    expect(looked).toHaveLength(7); // And their introducer.
    for (let each = 0; each < 4; each++) look();
    expect(new Set(looked).size).toBe(18);
    expect(looked).toHaveLength(18);
  });

  test("nobody sooner because an introducer names them again", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1), []);
    expect(choose(all)).toBeDefined();
    all.named(NOW, ONE, named(1), []);
    expect(choose(all)).toBeUndefined();
    all.ended(NOW, ONE, handle(1), "failed");
    all.named(NOW, ONE, named(1), []);
    all.ended(NOW, ONE, handle(1), "failed");
    expect(choose(all, {}, millis(NOW + 1_000_000))).toBeUndefined();
  });

  test("those whom we asked for in vain a minute after the attempt ended", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1), []);
    choose(all);
    all.ended(millis(NOW + 30_000), ONE, handle(1), "failed");
    expect(choose(all, {}, millis(NOW + 89_999))).toBeUndefined();
    expect(choose(all, {}, millis(NOW + 90_000))).toBeDefined();
  });

  test("no more than the handles that we remember of one", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(...Array.from({ length: 15 }, (_, at) => at)), []);
    let count = 0;
    while (choose(all) !== undefined) count += 1;
    expect(count).toBe(10);
  });

  test("not those of an introducer with enough offers under way, or that is not the only one asked", () => {
    const all = introducers(ONE, OTHER);
    all.named(NOW, ONE, named(1), []);
    all.named(NOW, OTHER, named(2), []);
    expect(choose(all, { askedOf: (link) => (link === ONE ? 2 : 0) })?.introducer).toBe(OTHER);
    expect(choose(all, { only: OTHER })).toBeUndefined();
    expect(choose(all, { only: ONE })?.introducer).toBe(ONE);
  });

  test("more of an introducer that has proved itself", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1), []);
    expect(choose(all, { askedOf: () => 2 })).toBeUndefined();
    all.ended(NOW, ONE, undefined, "met");
    expect(choose(all, { askedOf: () => 4 })).toBeUndefined();
    expect(choose(all, { askedOf: () => 3 })).toBeDefined();
  });

  test("from four links on not those of one that gave us half of them", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1, 2, 3), []);
    expect(choose(all, { from: () => 2, others: () => 1 })).toBeDefined();
    expect(choose(all, { from: () => 3, others: () => 1 })).toBeUndefined();
    expect(choose(all, { from: () => 3, others: () => 3 })).toBeUndefined();
    expect(choose(all, { from: () => 3, others: () => 4 })).toBeDefined();
  });
});

describe("how well introductions work", () => {
  test("decides by chance whom we ask", () => {
    const all = introducers(ONE, OTHER);
    for (let each = 0; each < 5; each++) all.ended(NOW, ONE, handle(0), "failed");
    for (let each = 0; each < 5; each++) all.ended(NOW, OTHER, handle(0), "met");
    let good = 0;
    for (let each = 0; each < 100; each++) {
      all.named(NOW, ONE, named(1000 + each), [handle(999 + each)]);
      all.named(NOW, OTHER, named(2000 + each), [handle(1999 + each)]);
      if (choose(all)?.introducer === OTHER) good += 1;
    }
    expect(good).toBeGreaterThan(70);
    expect(good).toBeLessThan(100);
  });

  test("lets one rest whose introductions do not, and gives it another chance", () => {
    const all = introducers(ONE);
    const chosenAfter = (failures: number, waited = 0) => {
      for (let each = 0; each < failures; each++) all.ended(NOW, ONE, handle(0), "failed");
      all.named(NOW, ONE, named(1), [handle(1)]);
      return choose(all, {}, millis(NOW + waited));
    };
    expect(chosenAfter(5)).toBeDefined();
    expect(chosenAfter(1)).toBeUndefined();
    expect(chosenAfter(0, 299_999)).toBeUndefined();
    expect(chosenAfter(0, 300_000)).toBeDefined();
    expect(chosenAfter(1, 300_000)).toBeDefined();
  });

  test("is judged by a quarter of the attempts, anew after each rest", () => {
    const all = introducers(ONE);
    const isAsked = (at: number, met: number, failed: number): boolean => {
      const now = millis(at);
      for (let each = 0; each < met; each++) all.ended(now, ONE, handle(0), "met");
      for (let each = 0; each < failed; each++) all.ended(now, ONE, handle(0), "failed");
      all.named(now, ONE, named(at), []);
      return choose(all, {}, now) !== undefined;
    };
    expect(isAsked(1_000, 2, 6)).toBe(true);
    expect(isAsked(2_000, 0, 1)).toBe(false);
    expect(isAsked(400_000, 0, 5)).toBe(true);
    expect(isAsked(400_001, 0, 1)).toBe(false);
  });

  test("is not forgotten when an introducer takes part no more for a while", () => {
    const all = introducers(ONE);
    for (let each = 0; each < 6; each++) all.ended(NOW, ONE, handle(0), "failed");
    all.named(NOW, ONE, named(1), []);
    all.withdrew(ONE);
    all.joined(ONE);
    all.named(NOW, ONE, named(2), []);
    expect(choose(all, {}, millis(NOW + 299_999))).toBeUndefined();
    expect(choose(all, {}, millis(NOW + 300_000))?.handle).toBe(handle(2));
    expect(choose(all, {}, millis(NOW + 300_000))).toBeUndefined();
    all.left(ONE);
    all.joined(ONE);
    all.named(NOW, ONE, named(2), []);
    expect(choose(all)).toBeDefined();
  });

  test("makes us prefer an introducer that is new to one that failed", () => {
    const all = introducers(ONE, OTHER);
    for (let each = 0; each < 5; each++) all.ended(NOW, ONE, handle(0), "failed");
    let isNew = 0;
    for (let each = 0; each < 100; each++) {
      all.named(NOW, ONE, named(1000 + each), [handle(999 + each)]);
      all.named(NOW, OTHER, named(2000 + each), [handle(1999 + each)]);
      if (choose(all)?.introducer === OTHER) isNew += 1;
    }
    expect(isNew).toBeGreaterThan(70);
  });

  test("says nothing of a peer that has left", () => {
    const all = introducers();
    all.ended(NOW, ONE, handle(1), "failed");
    all.withdrew(ONE);
    expect(all.isTrusted(NOW, ONE)).toBe(true);
  });

  test("asks on through one whose offers by others fail, and answers nothing of one that fails us", () => {
    const all = introducers(ONE, OTHER);
    for (let each = 0; each < 5; each++) all.ended(NOW, ONE, undefined, "failed");
    expect(all.isTrusted(NOW, ONE)).toBe(true);
    all.ended(NOW, ONE, undefined, "failed");
    expect(all.isTrusted(NOW, ONE)).toBe(false);
    expect(all.isTrusted(millis(NOW + 300_000), ONE)).toBe(true);
    all.named(NOW, ONE, named(1), []);
    expect(choose(all)).toBeDefined();
    all.ended(NOW, OTHER, undefined, "busy");
    expect(all.isTrusted(NOW, OTHER)).toBe(true);
    for (let each = 0; each < 6; each++) all.ended(NOW, OTHER, handle(0), "failed");
    expect(all.isTrusted(NOW, OTHER)).toBe(false);
  });

  test("is not bad because an introducer is busy: it is asked again soon", () => {
    const all = introducers(ONE);
    for (let each = 0; each < 20; each++) all.ended(NOW, ONE, undefined, "busy");
    all.named(NOW, ONE, named(1), []);
    expect(choose(all)).toBeUndefined();
    expect(choose(all, {}, millis(NOW + 10_000))).toBeDefined();
  });

  test("lets us forget a handle after two failures", () => {
    const all = introducers(ONE);
    all.named(NOW, ONE, named(1), []);
    all.ended(NOW, ONE, handle(1), "failed");
    expect(choose(all, {}, millis(NOW + 60_000))).toBeDefined();
    all.ended(NOW, ONE, handle(1), "failed");
    expect(choose(all, {}, millis(NOW + 1_000_000))).toBeUndefined();
  });
});
