import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { testAddress, testInfoHash, testMemberKey, testOfferId, testPeerId } from "../core/testing.ts";
import { testSwarmStore } from "./contract.ts";
import { MemorySwarmStore } from "./memory.ts";

testSwarmStore(() => new MemorySwarmStore());

test("beyond the limit of waiting offers the oldest is given up", () => {
  const store = new MemorySwarmStore({ offersWaiting: 2 });
  const infoHash = testInfoHash(1);
  const [offerer, answerer] = [testMemberKey("a"), testMemberKey("b")];
  store.put(infoHash, { type: "socket", key: offerer, peerId: testPeerId(1), seeding: true });
  const keys = [1, 2, 3].map((number) => ({
    answerer,
    infoHash,
    offerId: testOfferId(number),
    offererPeerId: testPeerId(1),
  }));
  for (const key of keys) store.handOffer({ key, offerer, expiresAt: millis(100) }, millis(0));
  expect(keys.map((key) => store.takeOffer(key, millis(1)))).toEqual([undefined, offerer, offerer]);
});

test("beyond the limit of members with addresses the one that would expire next is given up", () => {
  const store = new MemorySwarmStore({ addressMembers: 2 });
  const keys = ["a", "b", "c"].map(testMemberKey);
  const put = (at: number, expiresAt: number) =>
    store.put(testInfoHash(at), {
      type: "address",
      key: keys[at] ?? testMemberKey("d"),
      peerId: testPeerId(at),
      seeding: true,
      address: testAddress("192.0.2.1", at + 1),
      network: undefined,
      expiresAt: millis(expiresAt),
    });
  for (const [at, expiresAt] of [
    [0, 100],
    [1, 101],
    [0, 102],
    [2, 103],
  ] as const)
    put(at, expiresAt);
  expect(keys.map((key, at) => store.isMember(testInfoHash(at), key))).toEqual([true, false, true]);
});

test("a sample looks at only so many members that it may not tell of", () => {
  const store = new MemorySwarmStore();
  const member = (number: number, expiresAt: number) => ({
    type: "address" as const,
    key: testMemberKey(String(number)),
    peerId: testPeerId(1),
    seeding: false,
    address: testAddress("192.0.2.1", number + 1),
    network: undefined,
    expiresAt: millis(expiresAt),
  });
  for (let number = 0; number < 1_000; number++) store.put(testInfoHash(1), member(number, 100));
  store.put(testInfoHash(1), member(1_000, 200));
  const asker = { ...member(2_000, 0), peerId: testPeerId(2) };
  const random = { below: () => 0, bytes: () => new Uint8Array() };
  const sample = (now: number) =>
    store.sampleAddresses(testInfoHash(1), { count: 3, asker }, millis(now), random);
  expect(sample(0)).toHaveLength(3);
  expect(sample(150)).toHaveLength(0);
});
