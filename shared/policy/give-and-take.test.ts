import { expect, test } from "vitest";
import { GiveAndTake, type Standing } from "./give-and-take.ts";

const MIB = 2 ** 20;

function ended(given: number, taken: number, rest: Partial<Standing> = {}): Standing {
  return { given, taken, weAreInterested: false, theyChoke: true, ...rest };
}

/** We want something of the peer from the beginning on. */
function wanted(): GiveAndTake {
  const account = new GiveAndTake();
  account.interested();
  return account;
}

test("a peer that takes, has what we lack and gives nothing rides free, until it gives", () => {
  const account = wanted();
  expect(account.isFreeRiding(0, MIB)).toBe(false);
  account.roundEnded(ended(0, MIB, { weAreInterested: true }));
  expect(account.isFreeRiding(0, MIB)).toBe(true);
  account.roundEnded(ended(MIB, 2 * MIB));
  expect(account.isFreeRiding(MIB, 2 * MIB)).toBe(false);
});

test("it does not help a peer that we find the piece elsewhere, unless it would have let us have it", () => {
  const choking = wanted();
  choking.roundEnded(ended(0, MIB));
  expect(choking.isFreeRiding(0, MIB)).toBe(true);
  const unchoking = wanted();
  unchoking.unchoked();
  unchoking.roundEnded(ended(0, MIB));
  expect(unchoking.isFreeRiding(0, MIB)).toBe(false);
});

test("it does not help a peer to unchoke us and answer no request", () => {
  const account = wanted();
  account.unchoked();
  account.roundEnded(ended(0, MIB, { weAreInterested: true, theyChoke: false }));
  expect(account.isFreeRiding(0, MIB)).toBe(true);
});

test("what lasts from one round to the next counts in both", () => {
  const account = wanted();
  account.roundEnded(ended(MIB, 0, { weAreInterested: true }));
  account.roundEnded(ended(MIB, 3 * MIB));
  expect(account.isFreeRiding(MIB, 3 * MIB)).toBe(true);
  const open = wanted();
  open.roundEnded(ended(MIB, 0, { weAreInterested: true, theyChoke: false }));
  open.roundEnded(ended(MIB, 3 * MIB));
  expect(open.isFreeRiding(MIB, 3 * MIB)).toBe(false);
});

test("a peer that owes little is trusted", () => {
  const account = wanted();
  account.roundEnded(ended(0, 200_000, { weAreInterested: true }));
  expect(account.isFreeRiding(0, 256 * 1024)).toBe(false);
  expect(account.isFreeRiding(0, 256 * 1024 + 1)).toBe(true);
});

test("a peer that has nothing for us cannot give, and what it did before is forgiven", () => {
  const account = wanted();
  account.roundEnded(ended(0, MIB));
  expect(account.isFreeRiding(0, MIB)).toBe(true);
  account.roundEnded(ended(0, 2 * MIB));
  expect(account.isFreeRiding(0, 2 * MIB)).toBe(false);
});

test("a peer that takes nothing in a round is not judged by it", () => {
  const account = wanted();
  account.roundEnded(ended(MIB, 2 * MIB, { weAreInterested: true }));
  account.roundEnded(ended(MIB, 2 * MIB, { weAreInterested: true }));
  expect(account.isFreeRiding(MIB, 2 * MIB)).toBe(false);
});

test("a slow line gives what it can, a crumb is too little", () => {
  const slow = wanted();
  slow.roundEnded(ended(60_000, MIB, { weAreInterested: true }));
  expect(slow.isFreeRiding(60_000, MIB)).toBe(false);
  slow.roundEnded(ended(70_000, 10 * MIB, { weAreInterested: true }));
  expect(slow.isFreeRiding(70_000, 10 * MIB)).toBe(true);
});

test("what we owe a peer counts from the last choice on: older debts are forgotten", () => {
  const account = wanted();
  expect(account.owedBytes(3 * MIB, MIB)).toBe(2 * MIB);
  account.settled(3 * MIB, MIB);
  expect(account.owedBytes(3 * MIB, MIB)).toBe(0);
  expect(account.owedBytes(3 * MIB, 2 * MIB)).toBe(-MIB);
});
