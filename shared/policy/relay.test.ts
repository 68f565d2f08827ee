import { expect, test } from "vitest";
import { type LinkId, millis, type OfferId } from "../base/ids.ts";
import { Relay } from "./relay.ts";

const LIMITS = { maxForAsker: 2, maxForTarget: 3, maxPending: 5, answerMillis: 50_000 };
const NOW = millis(1_000);

const link = (id: number): LinkId => id as LinkId;
const offer = (id: number): OfferId => `${id}` as OfferId;

test("an answer goes to who asked, once", () => {
  const relay = new Relay(LIMITS);
  expect(relay.forward(NOW, offer(1), link(1), link(2))).toBe(true);
  expect(relay.answer(NOW, offer(1), link(2))).toBe(link(1));
  expect(relay.answer(NOW, offer(1), link(2))).toBeUndefined();
});

test("only the peer that was asked may answer", () => {
  const relay = new Relay(LIMITS);
  relay.forward(NOW, offer(1), link(1), link(2));
  expect(relay.answer(NOW, offer(1), link(3))).toBeUndefined();
  expect(relay.answer(NOW, offer(1), link(1))).toBeUndefined();
  expect(relay.answer(NOW, offer(2), link(2))).toBeUndefined();
  expect(relay.answer(NOW, offer(1), link(2))).toBe(link(1));
});

test("an answer that comes after its time finds nobody", () => {
  const relay = new Relay(LIMITS);
  relay.forward(NOW, offer(1), link(1), link(2));
  relay.forward(NOW, offer(2), link(3), link(2));
  expect(relay.answer(millis(NOW + 49_999), offer(1), link(2))).toBe(link(1));
  expect(relay.answer(millis(NOW + 50_000), offer(2), link(2))).toBeUndefined();
});

test("one asker, one target and all together have limits, and an offer waits once", () => {
  const relay = new Relay(LIMITS);
  const forward = (id: number, asker: number, target: number): boolean =>
    relay.forward(NOW, offer(id), link(asker), link(target));
  expect([forward(1, 1, 9), forward(1, 2, 8)]).toEqual([true, false]);
  expect([forward(2, 1, 7), forward(3, 1, 8)]).toEqual([true, false]);
  expect([forward(4, 2, 9), forward(5, 3, 9), forward(6, 4, 9)]).toEqual([true, true, false]);
  expect([forward(7, 4, 7), forward(8, 5, 6)]).toEqual([true, false]);
  relay.answer(NOW, offer(1), link(9));
  expect(forward(9, 1, 8)).toBe(true);
  expect(relay.forward(millis(NOW + 50_000), offer(10), link(5), link(6))).toBe(true);
});

test("one peer may ask another again once its last offer is too old, even if that was answered", () => {
  const relay = new Relay(LIMITS);
  expect(relay.forward(NOW, offer(1), link(1), link(2))).toBe(true);
  expect(relay.forward(NOW, offer(2), link(1), link(2))).toBe(false);
  relay.answer(NOW, offer(1), link(2));
  expect(relay.forward(millis(NOW + 49_999), offer(2), link(1), link(2))).toBe(false);
  expect(relay.forward(millis(NOW + 49_999), offer(3), link(2), link(1))).toBe(true);
  expect(relay.forward(millis(NOW + 50_000), offer(4), link(1), link(2))).toBe(true);
});

test("when a target leaves, its askers hear of it; an asker that leaves is forgotten", () => {
  const relay = new Relay(LIMITS);
  relay.forward(NOW, offer(1), link(1), link(2));
  relay.forward(NOW, offer(2), link(3), link(2));
  relay.forward(NOW, offer(3), link(1), link(3));
  expect(relay.left(link(1))).toEqual([]);
  expect(relay.answer(NOW, offer(1), link(2))).toBeUndefined();
  expect(relay.left(link(2))).toMatchObject([{ offerId: offer(2), asker: link(3) }]);
  expect(relay.answer(NOW, offer(2), link(2))).toBeUndefined();
  relay.forward(NOW, offer(4), link(4), link(5));
  relay.answer(NOW, offer(4), link(5));
  expect(relay.left(link(5))).toEqual([]); // Nobody waits for it.
});
