import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { RemoteOffers } from "./remote-offers.ts";
import { testInfoHash, testMemberKey, testOfferId, testPeerId } from "./tracker.test-support.ts";

const [ONE, OTHER] = [testMemberKey("one"), testMemberKey("other")];
const keyOf = (number: number) => ({
  answerer: testMemberKey("answerer"),
  infoHash: testInfoHash(1),
  offerId: testOfferId(number),
  offererPeerId: testPeerId(2),
});

test("an offer of another member with the same ids does not take the place of one that waits", () => {
  const offers = new RemoteOffers(10);
  expect(offers.put(keyOf(1), ONE, millis(100), millis(0))).toBe(true);
  expect(offers.put(keyOf(1), OTHER, millis(150), millis(99))).toBe(false);
  expect(offers.take(keyOf(1), millis(99))).toBe(ONE);
  expect(offers.take(keyOf(1), millis(99))).toBeUndefined();
  expect(offers.put(keyOf(2), ONE, millis(100), millis(0))).toBe(true);
  expect(offers.put(keyOf(2), OTHER, millis(200), millis(100))).toBe(true);
});

test("an offer waits until it expires", () => {
  const offers = new RemoteOffers(10);
  for (const number of [1, 2]) offers.put(keyOf(number), ONE, millis(100), millis(0));
  expect(offers.take(keyOf(1), millis(99))).toBe(ONE);
  expect(offers.take(keyOf(2), millis(100))).toBeUndefined();
});

test("beyond the limit the oldest offer is dropped", () => {
  const offers = new RemoteOffers(2);
  for (const number of [1, 2, 3]) offers.put(keyOf(number), ONE, millis(100), millis(0));
  expect([1, 2, 3].map((number) => offers.take(keyOf(number), millis(1)))).toEqual([undefined, ONE, ONE]);
});
