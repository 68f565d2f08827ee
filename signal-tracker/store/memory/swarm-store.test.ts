import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import {
  testAddress,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testPeerId,
} from "../../core/tracker.test-support.ts";
import { testOwnSwarms } from "../own-swarms.test-support.ts";
import { testSwarms } from "../swarm-contract.test-support.ts";
import type { OpenSwarms } from "../tested-swarms.test-support.ts";
import { MemorySwarmStore } from "./swarm-store.ts";

/** A store in memory answers at once. */
const openSwarms: OpenSwarms = async (seed = 1) => {
  const store = new MemorySwarmStore();
  const random = seededRandom(seed);
  return {
    async put(infoHash, member, hasCompleted = false) {
      const wasSeeding = store.put(infoHash, member);
      if (hasCompleted && !wasSeeding) store.countCompletion(infoHash);
      return wasSeeding;
    },
    remove: async (infoHash, key) => store.remove(infoHash, key),
    counts: async (infoHash) => store.counts(infoHash),
    sampleSockets: async (infoHash, count, except) => store.sampleSockets(infoHash, count, except, random),
    sampleAddresses: async (infoHash, query) => store.sampleAddresses(infoHash, query, random),
    sampleCompact: async (infoHash, query) => store.sampleCompact(infoHash, query, random),
  };
};

testSwarms(openSwarms);
testOwnSwarms(() => new MemorySwarmStore());

test("beyond the limit of waiting offers, the store drops the oldest", () => {
  const store = new MemorySwarmStore({ maxWaitingOffers: 2 });
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

test("beyond the limit of members with addresses, the store drops the one that would expire next", () => {
  const store = new MemorySwarmStore({ maxAddressMembers: 2 });
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

test("the count of completed downloads outlives the members, for a bounded number of swarms", () => {
  const store = new MemorySwarmStore({ maxPastDownloads: 2 });
  const seeder = { type: "socket", key: testMemberKey("a"), peerId: testPeerId(1), seeding: true } as const;
  for (const digit of [1, 2, 3]) {
    store.put(testInfoHash(digit), seeder);
    for (let time = 0; time < digit; time++) store.countCompletion(testInfoHash(digit));
    store.remove(testInfoHash(digit), seeder.key);
  }
  const downloaded = () => [1, 2, 3].map((digit) => store.counts(testInfoHash(digit)).downloaded);
  expect(downloaded()).toEqual([0, 2, 3]);
  store.put(testInfoHash(2), seeder);
  store.countCompletion(testInfoHash(2));
  expect(downloaded()).toEqual([0, 3, 3]);
  expect([...store.downloads()].sort()).toEqual([
    [testInfoHash(2), 3],
    [testInfoHash(3), 3],
  ]);
});
