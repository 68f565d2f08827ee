import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { testInfoHash, testMemberKey, testOfferId, testPeerId } from "../core/testing.ts";
import { testSwarmStore } from "./contract.ts";
import { MemorySwarmStore } from "./memory.ts";

testSwarmStore(() => new MemorySwarmStore());

test("beyond the limit of waiting offers the oldest is given up", () => {
  const store = new MemorySwarmStore(2);
  const infoHash = testInfoHash(1);
  const [offerer, answerer] = [testMemberKey("a"), testMemberKey("b")];
  store.put(infoHash, { key: offerer, peerId: testPeerId(1), seeding: true });
  const keys = [1, 2, 3].map((number) => ({
    answerer,
    infoHash,
    offerId: testOfferId(number),
    offererPeerId: testPeerId(1),
  }));
  for (const key of keys) store.handOffer({ key, offerer, expiresAt: millis(100) }, millis(0));
  expect(keys.map((key) => store.takeOffer(key, millis(1)))).toEqual([undefined, offerer, offerer]);
});
