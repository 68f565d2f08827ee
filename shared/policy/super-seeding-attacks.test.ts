import { expect, test } from "vitest";
import type { LinkId } from "../base/ids.ts";
import { A, B, C, counts, newSwarm } from "./super-seeding.test-support.ts";

const D = 4 as LinkId;
const E = 5 as LinkId;

test("whoever has one accomplice that claims what it got gets no more than a peer that keeps everything", () => {
  const swarm = newSwarm(1_000, A, B, C, D, E);
  const passers = [B, C, D];
  const all: [LinkId, number][] = [];
  for (let round = 0; round < 100; round++) {
    const told = swarm.reveals();
    all.push(...told);
    swarm.now += 65;
    for (const [to, piece] of told) {
      swarm.take(to, piece);
      if (to === A) swarm.has(E, piece);
      if (passers.includes(to)) for (const other of passers) if (other !== to) swarm.has(other, piece);
    }
  }
  const { [A]: hoarded = 0, [B]: b = 0, [C]: c = 0, [D]: d = 0 } = counts(all);
  expect(hoarded).toBeLessThan(Math.min(b, c, d) / 2);
});

test("pieces that one or two claim are sent after all if nobody else gets them, and those of three are not", () => {
  const swarm = newSwarm(8, A, B, C, D);
  for (const piece of [0, 1, 2, 3]) for (const link of [A, B]) swarm.has(link, piece);
  for (const piece of [4, 5]) for (const link of [A, B, C]) swarm.has(link, piece);
  const told: [LinkId, number][] = [];
  for (let next = swarm.reveals(); next.length > 0; next = swarm.reveals()) {
    told.push(...next);
    for (const [link, piece] of next) swarm.take(link, piece);
  }
  const pieces = told.map(([, piece]) => piece);
  expect(pieces.slice(0, 2).sort()).toEqual([6, 7]);
  expect(pieces.slice(2, 6).sort()).toEqual([0, 1, 2, 3]);
});

test("whoever is alone with us and claims nearly everything does not keep it from those who come later", () => {
  const swarm = newSwarm(8, A);
  for (let piece = 0; piece < 7; piece++) swarm.has(A, piece);
  expect(swarm.reveals()).toEqual([[A, 7]]);
  swarm.take(A, 7);
  swarm.now += 9_000;
  expect(swarm.isOver()).toBe(false);
  swarm.join(B);
  expect(swarm.reveals()).toHaveLength(7); // The other one is on its way by way of A.
});

test("what a peer lets lie goes to another after three seconds, and it hears of no more until it takes some", () => {
  const swarm = newSwarm(1_000, A, B);
  const first = swarm.reveals();
  const lying = first.filter(([link]) => link === A).map(([, piece]) => piece);
  for (const [link, piece] of first) if (link === B) swarm.take(B, piece);
  const pass = (millis: number): readonly [LinkId, number][] => {
    swarm.now += millis;
    swarm.choosy();
    const told = swarm.reveals();
    for (const [link, piece] of told) if (link === B) swarm.take(B, piece);
    return told;
  };
  expect(pass(2_999).map(([, piece]) => piece)).not.toEqual(expect.arrayContaining(lying));
  const next = [...pass(1), ...pass(100), ...pass(100)];
  expect(next.filter(([link]) => link === B).map(([, piece]) => piece)).toEqual(
    expect.arrayContaining(lying),
  );
  expect(counts(next)).not.toHaveProperty(`${A}`);
  swarm.take(A, lying[0] ?? 0);
  expect(counts(pass(100))).toHaveProperty(`${A}`);
});

test("whoever claims nearly all of very many pieces stops nobody", () => {
  const count = 300_000;
  const swarm = newSwarm(count, A);
  for (let piece = 1; piece < count; piece++) swarm.has(A, piece);
  swarm.reveals();
  swarm.join(B);
  expect(swarm.reveals()).not.toEqual([]);
});
