import { expect, test } from "vitest";
import { GiveAndTake } from "./give-and-take.ts";

const MIB = 2 ** 20;

test("a peer that takes for two rounds, has what we lack and gives nothing rides free", () => {
  const account = new GiveAndTake();
  account.roundEnded(0, MIB, true);
  expect(account.isFreeRiding(0, MIB)).toBe(false);
  account.roundEnded(0, 3 * MIB, true);
  expect(account.isFreeRiding(0, 3 * MIB)).toBe(true);
});

test("a peer that owes little is trusted", () => {
  const account = new GiveAndTake();
  for (let round = 1; round < 10; round++) account.roundEnded(0, round * 100_000, true);
  expect(account.isFreeRiding(0, MIB)).toBe(false);
  expect(account.isFreeRiding(0, MIB + 1)).toBe(true);
});

test("a peer that has nothing for us cannot give", () => {
  const account = new GiveAndTake();
  for (let round = 1; round < 10; round++) account.roundEnded(0, round * MIB, false);
  expect(account.isFreeRiding(0, 9 * MIB)).toBe(false);
});

test("a peer that takes nothing owes nothing for that round", () => {
  const account = new GiveAndTake();
  account.roundEnded(0, 2 * MIB, true);
  for (let round = 0; round < 10; round++) account.roundEnded(0, 2 * MIB, true);
  expect(account.isFreeRiding(0, 2 * MIB)).toBe(false);
});

test("a slow peer that gives what it can is none, and a free-rider that begins to give stops being one", () => {
  const account = new GiveAndTake();
  account.roundEnded(60_000, MIB, true);
  account.roundEnded(120_000, 2 * MIB, true);
  expect(account.isFreeRiding(120_000, 3 * MIB)).toBe(false);
  account.roundEnded(120_000, 10 * MIB, true);
  account.roundEnded(130_000, 20 * MIB, true);
  expect(account.isFreeRiding(130_000, 20 * MIB)).toBe(true);
  account.roundEnded(130_000 + MIB, 21 * MIB, true);
  expect(account.isFreeRiding(130_000 + MIB, 21 * MIB)).toBe(false);
});
