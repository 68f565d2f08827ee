import { describe, expect, test } from "vitest";
import { type LinkId, millis, type PieceIndex } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { BLOCK_BYTES, Layout } from "../meta/layout.ts";
import { A, B, C, counts, newSwarm } from "./super-seeding.test-support.ts";
import { SuperSeeding } from "./super-seeding.ts";

describe("what is told to whom", () => {
  test("every piece goes to one peer, and all peers get equally many", () => {
    const swarm = newSwarm(100, A, B, C);
    const told = swarm.reveals();
    expect(told.length).toBe(8); // Half a megabyte, until we know how fast it goes.
    expect(new Set(told.map(([, piece]) => piece)).size).toBe(8);
    expect(Math.max(...Object.values(counts(told)))).toBe(3);
    for (const [link, piece] of told)
      for (const other of [A, B, C]) expect(swarm.machine.isRevealed(other, piece)).toBe(other === link);
  });

  test("the next is told when one has arrived, and the faster they arrive the more are out", () => {
    const swarm = newSwarm(1_000, A, B);
    let out = swarm.reveals();
    const depths: number[] = [];
    for (let round = 0; round < 6; round++) {
      swarm.now += 100;
      for (const [link, piece] of out) swarm.take(link, piece);
      out = swarm.reveals();
      depths.push(out.length);
    }
    expect(depths[0]).toBe(16);
    expect(depths.at(-1)).toBeGreaterThan(100);
  });

  test("whoever passes pieces on gets more than a peer that keeps them", () => {
    const swarm = newSwarm(1_000, A, B, C);
    const all: [LinkId, number][] = [];
    for (let at = 0; at < 100; at++) {
      const [[link, piece] = [A, 0], ...more] = swarm.reveals();
      all.push([link, piece], ...more);
      swarm.now += 65;
      for (const [to, next] of [[link, piece] as const, ...more]) {
        swarm.take(to, next);
        if (to !== C) swarm.has(to === A ? B : A, next);
      }
    }
    const { [A]: a = 0, [B]: b = 0, [C]: c = 0 } = counts(all);
    expect(c).toBeGreaterThan(0);
    expect(Math.min(a, b)).toBeGreaterThan(c);
  });

  test("pieces that somebody brought come last", () => {
    const swarm = newSwarm(8, A, B);
    for (const piece of [0, 1, 2, 3, 4, 5]) swarm.has(A, piece);
    expect(
      swarm
        .reveals()
        .slice(0, 2)
        .map(([, piece]) => piece)
        .sort(),
    ).toEqual([6, 7]);
  });

  test("a few large pieces: one is on its way while the next is being asked for", () => {
    const layout = new Layout(10 * 64 * BLOCK_BYTES, 64 * BLOCK_BYTES);
    const machine = new SuperSeeding(layout, seededRandom(1), {
      availability: () => 0,
      has: () => false,
      count: () => 0,
      isInterested: () => true,
      isWaiting: () => false,
    });
    machine.joined(A, millis(0));
    machine.joined(B, millis(0));
    const told = [machine.reveal(millis(0)), machine.reveal(millis(0))];
    expect(told.map((next) => next?.link)).toEqual([A, B]);
    expect(machine.reveal(millis(0))).toBeUndefined();
  });
});

describe("peers that do not do their part", () => {
  test("who takes nothing does not hold up the others, and gets nothing more until it does", () => {
    const swarm = newSwarm(50_000, A, B);
    const forB: number[] = [];
    const later: [LinkId, number][] = [];
    for (let second = 0; second < 10; second++) {
      const told = swarm.reveals();
      swarm.now += 1_000;
      for (const [link, piece] of told) if (link === A) swarm.take(A, piece);
      forB.push(...told.flatMap(([link, piece]) => (link === B ? [piece] : [])));
      if (second > 3) later.push(...told);
    }
    expect(later.length).toBeGreaterThan(10);
    expect(counts(later)).toEqual({ [A]: later.length });
    for (const piece of forB) swarm.take(B, piece); // It may still ask for what it was told of.
    expect(counts(swarm.reveals())).toHaveProperty(`${B}`);
  });

  test("who never says what it has gets everything nevertheless", () => {
    const swarm = newSwarm(30, A);
    const got = new Set<number>();
    for (let tenth = 0; tenth < 200; tenth++) {
      for (const [link, piece] of swarm.reveals()) {
        swarm.send(link, piece);
        got.add(piece);
      }
      swarm.now += 100;
    }
    expect(got.size).toBe(30);
  });

  test("what somebody had alone goes to others when it leaves", () => {
    const swarm = newSwarm(6, A, B);
    for (const [link, piece] of swarm.reveals()) swarm.take(link, piece);
    expect(swarm.isOver()).toBe(true);
    const other = newSwarm(6, A, B);
    const told = other.reveals();
    for (const [link, piece] of told) other.send(link, piece);
    expect(other.leave(A)).toBe(false);
    expect(other.isOver()).toBe(false);
    for (const [link, piece] of told) if (link === B) other.has(B, piece);
    const again = other
      .reveals()
      .map(([, piece]) => piece)
      .sort();
    expect(again).toEqual(
      told
        .filter(([link]) => link === A)
        .map(([, piece]) => piece)
        .sort(),
    );
    expect(other.leave(B)).toBe(true);
  });
});

describe("the end", () => {
  test("it is over when every piece is with somebody else, and stays over", () => {
    const swarm = newSwarm(4, A, B);
    const told = swarm.reveals();
    for (const [at, [link, piece]] of told.entries()) {
      expect(swarm.isOver()).toBe(false);
      swarm.take(link, piece);
      expect(swarm.isOver()).toBe(at === told.length - 1);
    }
    swarm.leave(A);
    expect(swarm.isOver()).toBe(true);
  });

  test("what somebody asks for no more of does not hold up the rest", () => {
    const swarm = newSwarm(1_000, A);
    const first = swarm.reveals();
    for (const [link, piece] of first) swarm.machine.asked(millis(900), link, piece);
    swarm.now = 1_899;
    expect(swarm.reveals()).toEqual([]);
    swarm.waiting.add(A);
    swarm.now = 1_900;
    expect(swarm.reveals()).toEqual([]); // We owe it some of that.
    swarm.waiting.delete(A);
    swarm.machine.blockSent(millis(1_900), A, (first[0]?.[1] ?? 0) as PieceIndex);
    for (const [, piece] of first.slice(1)) swarm.send(A, piece);
    expect(swarm.reveals()).toHaveLength(1);
  });

  test("it is over when for a while nobody took anything of what they wanted", () => {
    const swarm = newSwarm(1_000, A, B);
    expect(swarm.reveals()).not.toEqual([]);
    swarm.now += 4_999;
    expect(swarm.isOver()).toBe(false);
    swarm.now += 1;
    expect(swarm.isOver()).toBe(true);
  });

  test("it is over when the seeder knows of another", () => {
    const swarm = newSwarm(4, A, B);
    swarm.machine.end();
    expect(swarm.isOver()).toBe(true);
    expect(swarm.machine.rest(A)).toHaveLength(4);
  });

  test("it goes on for a while when all have most of it", () => {
    const swarm = newSwarm(4, A, B);
    for (const link of [A, B]) for (const piece of [0, 1, 2]) swarm.has(link, piece);
    for (const [link, piece] of swarm.reveals()) swarm.take(link, piece);
    expect(swarm.isOver()).toBe(false);
    swarm.now += 10_000;
    expect(swarm.isOver()).toBe(true);
  });

  test("then everybody hears of the rest, some of it at a time, and once", () => {
    const swarm = newSwarm(10_000, A);
    for (let piece = 0; piece < 9_999; piece += 2) swarm.has(A, piece);
    expect(swarm.machine.rest(A)).toHaveLength(4_096);
    expect(swarm.machine.rest(A)).toHaveLength(904);
    expect(swarm.machine.rest(A)).toEqual([]);
    expect(swarm.machine.rest(B)).toEqual([]);
  });

  test("the last pieces go to a second peer, one at a time, while the first lets us wait; then all may ask for all", () => {
    const swarm = newSwarm(4, A, B);
    const told = swarm.reveals();
    const late = told.filter(([link]) => link === A).map(([, piece]) => piece);
    for (const [link, piece] of told) if (link === B) swarm.take(B, piece);
    swarm.now += 3_000;
    const [next, ...more] = swarm.reveals();
    expect(late).toContain(next?.[1]);
    expect(next?.[0]).toBe(B);
    expect(more).toEqual([]);
    swarm.now += 8_000;
    expect(swarm.isOver()).toBe(true);
  });
});

describe("once every piece is with somebody else", () => {
  /** A and B pass everything on to each other at once, and C keeps what it gets. */
  function copiedSwarm() {
    const swarm = newSwarm(1_000, A, B, C);
    for (let told = swarm.reveals(); told.length > 0; told = swarm.isOver() ? [] : swarm.reveals()) {
      swarm.now += 100;
      for (const [link, piece] of told) {
        swarm.take(link, piece);
        if (link !== C) swarm.has(link === A ? B : A, piece);
      }
    }
    return swarm;
  }

  test("nothing more is told while peers get pieces from each other", () => {
    const swarm = copiedSwarm();
    expect(swarm.isOver()).toBe(false);
    expect(swarm.reveals()).toEqual([]);
  });

  test("it is over if only a few that are slow lack much: what is left would take longer", () => {
    const swarm = newSwarm(200, A, B, C);
    for (let told = swarm.reveals(); told.length > 0; told = swarm.isOver() ? [] : swarm.reveals()) {
      swarm.now += 100;
      for (const [, piece] of told)
        for (const link of [A, B]) {
          swarm.send(link, piece);
          swarm.has(link, piece);
        }
      for (let piece = 0; piece < 110; piece++) if (swarm.owns(A, piece)) swarm.has(C, piece);
    }
    expect(swarm.isOver()).toBe(true);
  });

  test("whoever falls behind the others by a twentieth may ask us for anything", () => {
    const swarm = copiedSwarm();
    const getMore = (count: number): void => {
      for (const link of [A, B])
        for (let piece = 0, got = 0; got < count; piece++) {
          if (swarm.owns(link, piece)) continue;
          swarm.has(link, piece);
          got += 1;
        }
    };
    getMore(50);
    expect(swarm.machine.choosy(millis(swarm.now))).toEqual([]);
    getMore(50);
    expect(swarm.machine.choosy(millis(swarm.now))).toEqual([C]);
    expect(swarm.isOver()).toBe(false);
  });

  test("whoever gets nothing for five seconds may ask us for anything", () => {
    const swarm = copiedSwarm();
    swarm.now += 4_999;
    expect(swarm.machine.choosy(millis(swarm.now))).toEqual([]);
    swarm.now += 1;
    expect(swarm.machine.choosy(millis(swarm.now))).toHaveLength(3);
  });

  test("what C took away alone is told again, and nothing else", () => {
    const swarm = copiedSwarm();
    swarm.leave(C);
    const told = swarm.reveals();
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(([, piece]) => swarm.availability(piece) > 0)).toEqual([]);
    expect(swarm.isOver()).toBe(false);
  });
});

test("a peer that wants nothing of what it was told of for three seconds may hear of all the rest", () => {
  const swarm = newSwarm(100, A, B);
  swarm.reveals();
  swarm.bored.add(A);
  swarm.now = 2_900;
  expect(swarm.machine.choosy(millis(swarm.now))).toEqual([]);
  swarm.now = 3_000;
  expect(swarm.machine.choosy(millis(swarm.now))).toEqual([A]);
  expect(swarm.machine.rest(A).length).toBeGreaterThan(90);
  expect(swarm.machine.choosy(millis(swarm.now))).toEqual([]);
});

test("a peer that got a piece, dropped it and wants nothing else that it was told of may hear of all the rest", () => {
  const swarm = newSwarm(40, A);
  const [[, piece] = []] = swarm.reveals();
  swarm.send(A, piece ?? -1);
  swarm.bored.add(A);
  swarm.now += 2_999;
  expect(swarm.choosy()).toEqual([]);
  swarm.now += 1;
  expect(swarm.choosy()).toEqual([A]);
});

test("a peer whose pieces were given back may hear of all the rest as soon as it wants none of them", () => {
  const swarm = newSwarm(40, A);
  swarm.reveals();
  swarm.now += 3_000;
  expect(swarm.choosy()).toEqual([]);
  swarm.bored.add(A);
  expect(swarm.choosy()).toEqual([A]);
});

test("four peers may choose; with more it is over, so that the upload goes by slots again", () => {
  const links = Array.from({ length: 6 }, (_, at) => (at + 1) as LinkId);
  const swarm = newSwarm(400, ...links);
  swarm.reveals();
  swarm.now = 3_000;
  const tellTheRest = (count: number): void => {
    for (const link of links.slice(0, count)) swarm.bored.add(link);
    for (const link of swarm.machine.choosy(millis(swarm.now))) swarm.machine.rest(link);
  };
  tellTheRest(5);
  expect(swarm.isOver()).toBe(false); // Nobody has chosen anything: they may be here to spoil it.
  for (const link of links.slice(0, 4)) swarm.bored.delete(link);
  expect(swarm.isOver()).toBe(false);
  swarm.bored.clear();
  expect(swarm.isOver()).toBe(true);
});

test("between two looks only news is worth another", () => {
  const swarm = newSwarm(100, A);
  const isWorthALook = (): boolean => swarm.machine.isWorthALook(millis(swarm.now));
  expect(isWorthALook()).toBe(true);
  const [[, piece] = [A, 0]] = swarm.reveals();
  swarm.send(A, piece);
  expect(isWorthALook()).toBe(false);
  swarm.has(A, piece);
  expect(isWorthALook()).toBe(true);
  expect(isWorthALook()).toBe(false);
  swarm.now = 100;
  expect(isWorthALook()).toBe(true);
});
