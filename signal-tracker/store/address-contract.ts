import { expect, test } from "vitest";
import { type Millis, millis, type PeerId } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { AddressMember, Member, MemberKey, SwarmStore } from "../core/store.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../core/testing.ts";

/** The part of the suite for stores of swarms that is about members with addresses. */
export function testAddressMembers(open: () => SwarmStore): void {
  testExpiry(open);
  testNetworks(open);
  testAddressSampling(open);
  testChance(open);
}

/** A member with an address that expires at 100, unless `fields` say otherwise. */
export function addressed(
  key: MemberKey,
  peerId: PeerId,
  fields: Partial<AddressMember> = {},
): AddressMember {
  const address = testAddress("192.0.2.1", 6881);
  return {
    type: "address",
    key,
    peerId,
    seeding: false,
    address,
    network: "n",
    expiresAt: millis(100),
    ...fields,
  };
}

/** The same for one that has everything. */
export const seederAt = (key: MemberKey, peerId: PeerId): AddressMember =>
  addressed(key, peerId, { seeding: true });

const SWARM = testInfoHash(1);
const OTHER_SWARM = testInfoHash(2);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");

const onSocket = (key: MemberKey, peerId: PeerId): Member => ({
  type: "socket",
  key,
  peerId,
  seeding: false,
});

const NOW = millis(0);
const LEECHERS = ["a", "b", "c", "d"];
const SEEDERS = ["e", "f", "g"];

/** A socket's member, four leechers with addresses and three seeders. */
function openFull(open: () => SwarmStore): SwarmStore {
  const store = open();
  store.put(SWARM, onSocket(testMemberKey("socket"), testPeerId(9)));
  for (const [at, name] of LEECHERS.entries())
    store.put(SWARM, addressed(testMemberKey(name), testPeerId(at)));
  for (const [at, name] of SEEDERS.entries())
    store.put(SWARM, seederAt(testMemberKey(name), testPeerId(at + 4)));
  return store;
}

function testExpiry(open: () => SwarmStore): void {
  test("members with addresses are removed when they have expired, those of sockets never", () => {
    const store = open();
    store.put(SWARM, onSocket(A, testPeerId(1)));
    store.put(SWARM, addressed(B, testPeerId(2), { expiresAt: millis(100) }));
    store.put(OTHER_SWARM, addressed(B, testPeerId(2), { expiresAt: millis(150) }));
    store.put(SWARM, addressed(C, testPeerId(3), { expiresAt: millis(200) }));
    const present = (now: Millis): readonly boolean[] => {
      store.removeExpired(now);
      return [
        store.isMember(SWARM, A),
        store.isMember(SWARM, B),
        store.isMember(OTHER_SWARM, B),
        store.isMember(SWARM, C),
      ];
    };
    expect(present(millis(99))).toEqual([true, true, true, true]);
    expect(present(millis(100))).toEqual([true, false, true, true]);
    expect(present(millis(1_000))).toEqual([true, false, false, false]);
    expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 1, downloaded: 0 });
    expect(store.networkCounts(SWARM, "n")).toEqual({ inSwarm: 0, inAll: 0 });
  });

  test("a member that is put again lives on", () => {
    const store = open();
    store.put(SWARM, addressed(A, testPeerId(1), { expiresAt: millis(100) }));
    store.put(SWARM, addressed(B, testPeerId(2), { expiresAt: millis(100) }));
    store.put(SWARM, addressed(A, testPeerId(1), { expiresAt: millis(200) }));
    store.removeExpired(millis(150));
    expect([store.isMember(SWARM, A), store.isMember(SWARM, B)]).toEqual([true, false]);
    store.removeExpired(millis(200));
    expect(store.isMember(SWARM, A)).toBe(false);
  });

  test("however many have expired, all are removed in the end", () => {
    const store = open();
    for (let number = 0; number < 3_000; number++) {
      store.put(SWARM, addressed(testMemberKey(String(number)), testPeerId(number % 10)));
    }
    for (let time = 0; time < 100; time++) store.removeExpired(millis(100));
    expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 0 });
  });
}

function testNetworks(open: () => SwarmStore): void {
  test("the members of each network are counted, in one swarm and in all", () => {
    const store = open();
    store.put(SWARM, addressed(A, testPeerId(1)));
    store.put(SWARM, seederAt(A, testPeerId(1)));
    store.put(SWARM, addressed(B, testPeerId(2), { network: "m" }));
    store.put(SWARM, addressed(C, testPeerId(3), { network: undefined }));
    store.put(OTHER_SWARM, addressed(A, testPeerId(1)));
    expect(store.networkCounts(SWARM, "n")).toEqual({ inSwarm: 1, inAll: 2 });
    expect(store.networkCounts(SWARM, "m")).toEqual({ inSwarm: 1, inAll: 1 });
    store.remove(SWARM, A);
    store.remove(SWARM, A);
    expect(store.networkCounts(SWARM, "n")).toEqual({ inSwarm: 0, inAll: 1 });
    expect(store.networkCounts(testInfoHash(9), "x")).toEqual({ inSwarm: 0, inAll: 0 });
  });
}

function testAddressSampling(open: () => SwarmStore): void {
  const full = () => openFull(open);
  const sampled = (store: SwarmStore, count: number, asker: Member, seed = 1, now = NOW): string[] =>
    store.sampleAddresses(SWARM, { count, asker }, now, seededRandom(seed)).map(({ key }) => key);

  test("who leeches is told of everybody else with an address, each once, and of no more than it asks for", () => {
    const store = full();
    for (let count = 0; count <= 8; count++) {
      const names = sampled(store, count, addressed(A, testPeerId(0)), count);
      expect(new Set(names).size).toBe(Math.min(count, 6));
      expect(names).toHaveLength(Math.min(count, 6));
      expect(names).not.toContain("a");
      expect(names).not.toContain("socket");
    }
    expect(sampled(store, 9, addressed(testMemberKey("stranger"), testPeerId(9))).sort()).toEqual([
      ...LEECHERS,
      ...SEEDERS,
    ]);
    expect(sampled(open(), 3, addressed(A, testPeerId(0)))).toEqual([]);
  });

  test("who seeds is told of leechers only, also when it has just become a seeder", () => {
    const store = full();
    expect(sampled(store, 9, seederAt(testMemberKey("e"), testPeerId(4))).sort()).toEqual(LEECHERS);
    store.put(SWARM, seederAt(A, testPeerId(0)));
    expect(sampled(store, 9, seederAt(A, testPeerId(0))).sort()).toEqual(["b", "c", "d"]);
    expect(sampled(store, 9, seederAt(testMemberKey("e"), testPeerId(4))).sort()).toEqual(["b", "c", "d"]);
  });

  test("nobody is told of itself at another address", () => {
    expect(sampled(full(), 9, addressed(testMemberKey("stranger"), testPeerId(1))).sort()).toEqual([
      "a",
      "c",
      "d",
      ...SEEDERS,
    ]);
  });

  test("nobody is told of whoever has expired, even if it is still there", () => {
    const store = full();
    store.put(SWARM, addressed(B, testPeerId(1), { expiresAt: millis(200) }));
    expect(sampled(store, 9, addressed(A, testPeerId(0)), 1, millis(100))).toEqual(["b"]);
  });

  test("a sample tells the address and how the member calls itself", () => {
    const store = open();
    store.put(SWARM, seederAt(B, testPeerId(2)));
    const asker = addressed(A, testPeerId(1));
    expect(store.sampleAddresses(SWARM, { count: 1, asker }, NOW, seededRandom(1))).toMatchObject([
      { peerId: testPeerId(2), address: testAddress("192.0.2.1", 6881) },
    ]);
  });

  test("an offer is for sockets only", () => {
    const names = full()
      .sampleSockets(SWARM, 9, A, seededRandom(1))
      .map(({ key }) => key);
    expect(names).toEqual(["socket"]);
  });
}

function testChance(open: () => SwarmStore): void {
  test.each([
    ["leecher", addressed(B, testPeerId(1)), ["a", "c", "d", ...SEEDERS], 2 / 6],
    ["seeder", seederAt(testMemberKey("e"), testPeerId(4)), LEECHERS, 2 / 4],
    ["stranger", addressed(testMemberKey("z"), testPeerId(9)), [...LEECHERS, ...SEEDERS], 2 / 7],
  ] as const)("every other member is as likely as the next to be told to a %s", (_, asker, names, share) => {
    const store = openFull(open);
    const random = seededRandom(7);
    const times = new Map<string, number>();
    for (let round = 0; round < 4_000; round++) {
      for (const { key } of store.sampleAddresses(SWARM, { count: 2, asker }, NOW, random)) {
        times.set(key, (times.get(key) ?? 0) + 1);
      }
    }
    for (const name of names)
      expect(Math.abs((times.get(name) ?? 0) / 4_000 - share), name).toBeLessThan(0.04);
    expect(times.size).toBe(names.length);
  });
}
