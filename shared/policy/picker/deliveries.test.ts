import { expect, test } from "vitest";
import { type LinkId, millis, type PieceIndex } from "../../base/ids.ts";
import type { Request } from "./begun-pieces.ts";
import { Deliveries } from "./deliveries.ts";

const A = 1 as LinkId;

function requests(count: number, at: number): ReadonlyMap<number, Request> {
  const block = { piece: 0 as PieceIndex, begin: 0, length: 16_384 };
  return new Map(Array.from({ length: count }, (_, index) => [index, { block, at: millis(at) }]));
}

/** Requests all blocks at once; each takes 50 ms on the line, after a round trip of 100 ms. */
function steady(): Deliveries {
  const deliveries = new Deliveries();
  for (let at = 0; at < 10; at++) deliveries.arrived(A, millis(150 + 50 * at), millis(0));
  return deliveries;
}

test("blocks are expected at the rate at which a peer delivers", () => {
  const deliveries = steady();
  expect(deliveries.remaining(A, requests(4, 550), 0, millis(700))).toBe(50);
  expect(deliveries.remaining(A, requests(4, 550), 3, millis(700))).toBe(200);
  expect(deliveries.soonest(A, requests(4, 550), millis(700))).toBe(250);
});

test("a request to an idle peer needs a round trip, too", () => {
  expect(steady().soonest(A, requests(0, 0), millis(5_000))).toBe(200);
});

test("time without requests does not count", () => {
  const deliveries = steady();
  deliveries.arrived(A, millis(9_150), millis(9_000));
  deliveries.arrived(A, millis(9_200), millis(9_000));
  expect(deliveries.remaining(A, requests(1, 9_100), 0, millis(9_250))).toBeLessThan(60);
});

test("a peer that falls silent is expected to stay silent as long again", () => {
  const deliveries = steady();
  expect(deliveries.remaining(A, requests(3, 600), 0, millis(2_000))).toBe(1_250);
  expect(deliveries.remaining(A, requests(3, 600), 2, millis(2_000))).toBe(3_750);
});

test("a peer is silent once it has sent nothing for a second although we wait", () => {
  const deliveries = steady();
  expect(deliveries.isSilent(A, requests(3, 600), millis(1_500))).toBe(false);
  expect(deliveries.isSilent(A, requests(3, 600), millis(1_600))).toBe(true);
  expect(deliveries.isSilent(A, requests(3, 1_500), millis(1_600))).toBe(false);
  expect(deliveries.isSilent(A, requests(0, 0), millis(9_000))).toBe(false);
});

test("a peer that has delivered nothing is given a moment, and one request", () => {
  const deliveries = new Deliveries();
  expect(deliveries.soonest(A, requests(0, 0), millis(0))).toBe(300);
  expect(deliveries.soonest(A, requests(1, 0), millis(0))).toBe(Number.POSITIVE_INFINITY);
  expect(deliveries.remaining(A, requests(1, 0), 0, millis(100))).toBe(200);
  expect(deliveries.remaining(A, requests(1, 0), 0, millis(2_000))).toBe(2_000);
});

test("a peer that left is forgotten", () => {
  const deliveries = steady();
  deliveries.left(A);
  expect(deliveries.soonest(A, requests(0, 0), millis(700))).toBe(300);
});
