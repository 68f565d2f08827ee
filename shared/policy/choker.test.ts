import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LinkId } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { type Choice, Choker, type Contender } from "./choker.ts";

/** Peers of a choker, and what it hears of them. */
class Peers {
  readonly choker = new Choker();
  readonly served = new Set<number>();
  readonly #contenders = new Map<number, Contender>();

  /** A peer is interested. */
  add(link: number, claim = 0, rest: Partial<Contender> = {}, origin = `${link}`): this {
    this.is(link, { claim, ...rest });
    this.choker.interested(link as LinkId, origin);
    return this;
  }

  /** A peer has other prospects. */
  is(link: number, fields: Partial<Contender>): void {
    const before = this.#contenders.get(link) ?? { claim: 0, isOnlyLucky: false, isIdle: false };
    this.#contenders.set(link, { ...before, ...fields });
  }

  rest(...links: number[]): void {
    for (const link of links) this.choker.uninterested(link as LinkId);
  }

  leave(link: number): void {
    this.choker.left(link as LinkId);
    this.served.delete(link);
  }

  round(slots: number): number[] {
    return this.#apply(this.choker.nextRound(slots, this.look));
  }

  refill(slots: number): number[] {
    return this.#apply(this.choker.refill(slots, this.look));
  }

  giveOn(muchLower = Number.POSITIVE_INFINITY): number[] {
    return this.#apply(this.choker.giveOn(this.look, muchLower));
  }

  /** How many rounds of so many each peer is served. */
  rounds(count: number, slots: number): Map<number, number> {
    const times = new Map<number, number>();
    for (let round = 0; round < count; round++)
      for (const link of this.round(slots)) times.set(link, (times.get(link) ?? 0) + 1);
    return times;
  }

  readonly look = (link: LinkId): Contender => this.#contenders.get(link) as Contender;

  #apply({ choke, unchoke }: Choice): number[] {
    for (const link of choke) expect(this.served.delete(link)).toBe(true);
    for (const link of unchoke) expect(this.served.has(link)).toBe(false);
    for (const link of unchoke) this.served.add(link);
    return [...this.served].sort((left, right) => left - right);
  }
}

const ONLY_LUCKY = { isOnlyLucky: true };

describe("a round", () => {
  test("serves those with the highest claims, and one more whose turn it is", () => {
    const peers = new Peers().add(1, 10).add(2, 50).add(3, 5).add(4, 40).add(5, 1);
    const served = peers.round(3);
    expect(served).toHaveLength(3);
    expect(served).toEqual(expect.arrayContaining([2, 4]));
  });

  test("serves every interested peer while there are slots, and nobody else", () => {
    const peers = new Peers().add(1).add(2).add(3).add(4);
    peers.rest(3);
    expect(peers.round(4)).toEqual([1, 2, 4]);
    expect(new Peers().round(4)).toEqual([]);
  });

  test("serves nobody without slots, and somebody again with one", () => {
    const peers = new Peers().add(1);
    expect(peers.round(0)).toEqual([]);
    expect(peers.refill(1)).toEqual([1]);
    expect(peers.round(0)).toEqual([]);
    expect(peers.refill(1)).toEqual([1]);
  });

  test("gives no origin more than its share while others wait, then all that is left", () => {
    const crowd = (): Peers => {
      const peers = new Peers();
      for (let link = 0; link < 50; link++) peers.add(link, 1_000, {}, "crowd");
      return peers;
    };
    const served = crowd().add(60, 1).add(61, 1).round(10);
    expect(served).toHaveLength(10);
    expect(served).toEqual(expect.arrayContaining([60, 61]));
    expect(crowd().round(10)).toHaveLength(10);
  });

  test("lets the slot that nobody has earned go round: each peer has it equally long", () => {
    const peers = new Peers();
    for (let link = 0; link < 20; link++) peers.add(link);
    const times = peers.rounds(3 * 20 * 5, 1);
    expect(new Set(times.values())).toEqual(new Set([15]));
  });

  test("keeps the lucky peer for three rounds", () => {
    const peers = new Peers();
    for (let link = 0; link < 10; link++) peers.add(link);
    const lucky = Array.from({ length: 30 }, () => peers.round(1)[0]);
    for (let at = 0; at < 30; at += 3) expect(new Set(lucky.slice(at, at + 3)).size).toBe(1);
    expect(new Set(lucky).size).toBe(10);
  });

  test("gives each origin the same chance, however many peers it has, and new ones first", () => {
    const peers = new Peers();
    for (let link = 0; link < 50; link++) peers.add(link, 0, {}, "crowd");
    peers.add(60);
    expect(peers.rounds(60, 1).get(60)).toBe(30);
    peers.add(61);
    peers.rounds(2, 1);
    expect(peers.round(1)).toEqual([61]);
  });

  test("picks a new lucky peer at once when the old one leaves or earns a slot", () => {
    const peers = new Peers().add(1, 50).add(2).add(3);
    const [lucky = 0] = peers.round(2).filter((link) => link !== 1);
    peers.leave(lucky);
    expect(peers.round(2)).toEqual([1, lucky === 2 ? 3 : 2]);
    const others = new Peers().add(1, 50).add(2).add(3);
    const [second = 0] = others.round(2).filter((link) => link !== 1);
    others.is(second, { claim: 99 });
    expect(others.round(2)).toHaveLength(2);
  });
});

describe("a peer that is only lucky", () => {
  test("gets no slot besides its turn, even if slots are free", () => {
    const peers = new Peers().add(1, 100, ONLY_LUCKY).add(2, 1).add(3, 0);
    const times = peers.rounds(90, 4);
    expect(times.get(2)).toBe(90);
    expect(times.get(1)).toBeLessThanOrEqual(30);
    expect(times.get(1)).toBeGreaterThan(0);
  });

  test("gets one turn in so many as there are interested peers, however many slots there are", () => {
    const peers = new Peers();
    for (let link = 0; link < 10; link++) peers.add(link);
    peers.add(10, 0, ONLY_LUCKY);
    expect(peers.rounds(3 * 11 * 4, 8).get(10)).toBe(3 * 4);
  });

  test("loses its slot when it has taken its gift, and gets none between rounds", () => {
    const peers = new Peers().add(1, 0, ONLY_LUCKY);
    expect(peers.round(2)).toEqual([1]);
    expect(peers.choker.sent(1 as LinkId, 200_000)).toBe(false);
    expect(peers.refill(2)).toEqual([1]);
    expect(peers.choker.sent(1 as LinkId, 100_000)).toBe(true);
    expect(peers.refill(2)).toEqual([]);
    expect(peers.refill(2)).toEqual([]);
    expect(peers.round(2)).toEqual([]);
    peers.round(2);
    expect(peers.round(2)).toEqual([1]);
  });

  test("keeps its slot once it deserves one", () => {
    const peers = new Peers().add(1, 0, ONLY_LUCKY);
    peers.round(2);
    peers.is(1, { isOnlyLucky: false });
    peers.round(2);
    expect(peers.choker.sent(1 as LinkId, 300_000)).toBe(false);
    expect(peers.refill(2)).toEqual([1]);
  });
});

describe("between rounds", () => {
  test("a free slot goes to the highest claim that waits", () => {
    const peers = new Peers().add(1, 9).add(2, 8).add(3, 1).add(4, 5);
    expect(peers.refill(2)).toEqual([1, 2]);
    peers.rest(1);
    expect(peers.refill(2)).toEqual([2, 4]);
  });

  test("a peer that wants nothing stays unchoked until another needs its slot", () => {
    const peers = new Peers().add(1).add(2);
    peers.refill(2);
    peers.rest(1);
    expect(peers.refill(2)).toEqual([1, 2]);
    expect(peers.choker.busy).toBe(1);
    peers.add(3);
    expect(peers.refill(2)).toEqual([2, 3]);
    peers.rest(2);
    peers.add(2);
    expect(peers.refill(2)).toEqual([2, 3]);
  });

  test("a slot that nobody uses goes to one that waits", () => {
    const peers = new Peers().add(1, 9).add(2, 8);
    peers.refill(2);
    peers.is(1, { isIdle: true });
    expect(peers.giveOn()).toEqual([1, 2]);
    peers.add(3);
    expect(peers.giveOn()).toEqual([2, 3]);
  });

  test("a slot goes to one whose claim is much higher, but never the lucky one's", () => {
    const peers = new Peers().add(1, -50).add(2, 8);
    peers.refill(2);
    peers.add(3, 49).add(4, 40);
    expect(peers.giveOn(100)).toEqual([1, 2]);
    peers.is(3, { claim: 51 });
    expect(peers.giveOn(100)).toEqual([2, 3]);
    const lucky = new Peers().add(1, -50);
    lucky.round(1);
    lucky.add(2, 99);
    expect(lucky.giveOn(100)).toEqual([1]);
  });

  test("fewer slots leave those with the highest claims, and the lucky one", () => {
    const peers = new Peers().add(1, 9).add(2, 8).add(3, 7).add(4, 6);
    peers.refill(4);
    expect(peers.refill(2)).toEqual([1, 2]);
    const lucky = new Peers().add(1, 5).add(2, 8).add(3, 7);
    expect(lucky.round(3)).toEqual([1, 2, 3]);
    expect(lucky.refill(2)).toEqual([1, 2]);
  });

  test("nobody is looked at while no slot is free, or nobody waits", () => {
    const peers = new Peers().add(1).add(2).add(3);
    peers.refill(2);
    const look = (): never => {
      throw new Error("looked");
    };
    expect(peers.choker.refill(2, look)).toEqual({ choke: [], unchoke: [] });
    peers.leave(3);
    peers.leave(2);
    expect(peers.choker.refill(2, look)).toEqual({ choke: [], unchoke: [] });
  });
});

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("add" as const),
      link: fc.nat(12),
      claim: fc.nat(5),
      isOnlyLucky: fc.boolean(),
      isIdle: fc.boolean(),
    }),
    fc.record({ do: fc.constant("rest" as const), link: fc.nat(12) }),
    fc.record({ do: fc.constant("leave" as const), link: fc.nat(12) }),
    fc.record({ do: fc.constant("round" as const), slots: fc.nat(5) }),
    fc.record({ do: fc.constant("refill" as const), slots: fc.nat(5) }),
    fc.constant({ do: "giveOn" as const }),
  ),
  { maxLength: 60 },
);

test("whatever happens, slots suffice, and no slot is free while somebody who deserves one waits", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const peers = new Peers();
      const interested = new Map<number, boolean>();
      let slots = 0;
      for (const step of all) {
        if (step.do === "add") {
          const { link, claim, isOnlyLucky, isIdle } = step;
          peers.add(link, claim, { isOnlyLucky, isIdle }, `${link % 3}`);
          interested.set(link, isOnlyLucky);
        } else if (step.do === "rest") {
          peers.rest(step.link);
          interested.delete(step.link);
        } else if (step.do === "leave") {
          peers.leave(step.link);
          interested.delete(step.link);
        } else {
          if (step.do !== "giveOn") slots = step.slots;
          const served = step.do === "giveOn" ? peers.giveOn() : peers[step.do](slots);
          const waiting = [...interested].filter(([link, isLucky]) => !isLucky && !served.includes(link));
          expect(served.length).toBeLessThanOrEqual(slots);
          expect(peers.choker.takers).toBe(interested.size);
          expect(peers.choker.busy).toBe(served.filter((link) => interested.has(link)).length);
          if (step.do !== "giveOn" && waiting.length > 0) expect(peers.choker.busy).toBe(slots);
        }
      }
    }),
  );
});

test.each([1, 2, 3])("with more peers than slots, everybody gets a chance in time (seed %i)", (seed) => {
  const peers = new Peers();
  const random = seededRandom(seed);
  for (let link = 0; link < 20; link++) peers.add(link, random.below(1_000));
  expect(peers.rounds(3 * 20, 4).size).toBe(20);
});
