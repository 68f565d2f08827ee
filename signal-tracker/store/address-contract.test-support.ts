import { expect, test } from "vitest";
import { isIpv6Peer, type PeerAddress, unpackPeers } from "#shared/announce/compact.ts";
import { type Millis, millis, type PeerId } from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import type { AccountId, KeyId } from "../core/record-store.ts";
import type { AddressMember, Member, MemberKey, SwarmStore } from "../core/swarm-store.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../core/tracker.test-support.ts";

/** The tests of swarm stores that concern members with addresses. */
export function testAddressMembers(open: () => SwarmStore): void {
  testExpiry(open);
  testNetworks(open);
  testAccounts(open);
  testAddressSampling(open);
  testAddressLoads(open);
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

/** The same, but a seeder. */
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

// Of both families; each name has its own address.
const LEECHERS = ["a", "b", "c", "d"];
const SEEDERS = ["e", "f", "g"];
const OTHERS_OF_A = ["b", "c", "d", ...SEEDERS];

/** A different one for each name; some are IPv6. */
function addressOf(name: string): PeerAddress {
  const number = [...name].reduce((sum, character) => sum * 128 + character.charCodeAt(0), 0) % 50_000;
  return testAddress(number % 2 === 0 ? "192.0.2.1" : "2001:db8::1", number + 1);
}

const numberOf = (name: string): number => Math.max(0, [...LEECHERS, ...SEEDERS].indexOf(name));

const leecherAt = (name: string): AddressMember =>
  addressed(testMemberKey(name), testPeerId(numberOf(name)), { address: addressOf(name) });

const seederNamed = (name: string): AddressMember => ({ ...leecherAt(name), seeding: true });

/** A socket member, four leechers with addresses and three seeders. */
function openFull(open: () => SwarmStore): SwarmStore {
  const store = open();
  store.put(SWARM, onSocket(testMemberKey("socket"), testPeerId(9)));
  for (const name of LEECHERS) store.put(SWARM, leecherAt(name));
  for (const name of SEEDERS) store.put(SWARM, seederNamed(name));
  return store;
}

type Sampler = (
  store: SwarmStore,
  count: number,
  requester: AddressMember,
  random: Random,
) => readonly string[];

/** Both ways to take a sample; each returns the members' names. */
const SAMPLERS: readonly (readonly [string, Sampler])[] = [
  [
    "listed",
    (store, count, requester, random) =>
      store.sampleAddresses(SWARM, { count, requester }, random).map(({ key }) => key),
  ],
  [
    "packed",
    (store, count, requester, random) =>
      unpackPeers(store.sampleCompact(SWARM, { count, requester }, random)).map((address) => {
        const name = [...LEECHERS, ...SEEDERS].find((each) => addressOf(each) === address);
        return name ?? "unknown";
      }),
  ],
];

function testAccounts(open: () => SwarmStore): void {
  const holder = (account: string, key: string) => ({ account: account as AccountId, key: key as KeyId });
  const held = (store: SwarmStore, account: string) =>
    store.membersOf(account as AccountId).map(({ infoHash, key, holder: by }) => [infoHash, key, by?.key]);

  test("accounts know their members with addresses, and by which key each announced last", () => {
    const store = open();
    store.put(SWARM, addressed(A, testPeerId(1), { holder: holder("anna", "k1") }));
    store.put(OTHER_SWARM, addressed(A, testPeerId(1), { holder: holder("anna", "k1") }));
    store.put(SWARM, addressed(B, testPeerId(2)));
    store.put(SWARM, addressed(C, testPeerId(3), { holder: holder("otto", "k2"), expiresAt: millis(200) }));
    expect(store.accounts()).toEqual(["anna", "otto"]);
    expect(held(store, "anna")).toEqual([
      [SWARM, A, "k1"],
      [OTHER_SWARM, A, "k1"],
    ]);
    store.put(SWARM, addressed(A, testPeerId(1), { holder: holder("anna", "k3"), expiresAt: millis(200) }));
    expect(held(store, "anna")).toContainEqual([SWARM, A, "k3"]);
    store.removeExpired(millis(100));
    expect(held(store, "anna")).toEqual([[SWARM, A, "k3"]]);
    store.remove(SWARM, A);
    expect(held(store, "anna")).toEqual([]);
    expect(store.accounts()).toEqual(["otto"]);
  });

  test("a member that announces for another account is that one's, and counts towards its limits", () => {
    const store = open();
    const seeding = { seeding: true, expiresAt: millis(200) };
    store.put(SWARM, addressed(A, testPeerId(1), { ...seeding, network: "a", holder: holder("anna", "k1") }));
    const before = store.put(
      SWARM,
      addressed(A, testPeerId(1), { ...seeding, network: "o", holder: holder("otto", "k2") }),
    );
    expect(before).toBe(true);
    expect(store.accounts()).toEqual(["otto"]);
    expect(store.networkCounts(SWARM, "a")).toEqual({ inSwarm: 0, inAll: 0 });
    expect(store.networkCounts(SWARM, "o")).toEqual({ inSwarm: 1, inAll: 1 });
    expect(store.counts(SWARM)).toMatchObject({ seeders: 1, leechers: 0 });
  });
}

function testExpiry(open: () => SwarmStore): void {
  test("members with addresses expire, socket members never do", () => {
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

  test("a member that is put again expires later", () => {
    const store = open();
    store.put(SWARM, addressed(A, testPeerId(1), { expiresAt: millis(100) }));
    store.put(SWARM, addressed(B, testPeerId(2), { expiresAt: millis(100) }));
    store.put(SWARM, addressed(A, testPeerId(1), { expiresAt: millis(200) }));
    store.removeExpired(millis(150));
    expect([store.isMember(SWARM, A), store.isMember(SWARM, B)]).toEqual([true, false]);
    store.removeExpired(millis(200));
    expect(store.isMember(SWARM, A)).toBe(false);
  });

  test("however many members have expired, all go in the end", () => {
    const store = open();
    for (let number = 0; number < 3_000; number++) {
      store.put(SWARM, addressed(testMemberKey(String(number)), testPeerId(number % 10)));
    }
    for (let time = 0; time < 100; time++) store.removeExpired(millis(100));
    expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 0 });
  });
}

function testNetworks(open: () => SwarmStore): void {
  test("the store counts the members of each network, in one swarm and in all", () => {
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
  test.each(SAMPLERS)("a leecher gets every other member with an address, each once (%s)", (_, sample) => {
    const store = openFull(open);
    for (let count = 0; count <= 8; count++) {
      for (let seed = 1; seed <= 20; seed++) {
        const names = sample(store, count, leecherAt("a"), seededRandom(seed));
        expect(new Set(names).size).toBe(Math.min(count, OTHERS_OF_A.length));
        expect(names).toHaveLength(Math.min(count, OTHERS_OF_A.length));
        expect(OTHERS_OF_A).toEqual(expect.arrayContaining([...names]));
      }
    }
    const all = sample(store, 9, leecherAt("stranger"), seededRandom(1));
    expect([...all].sort()).toEqual([...LEECHERS, ...SEEDERS].sort());
    expect(sample(open(), 3, leecherAt("a"), seededRandom(1))).toEqual([]);
  });

  test.each(SAMPLERS)(
    "a seeder gets only leechers, even if it has just become a seeder (%s)",
    (_, sample) => {
      const store = openFull(open);
      const sampleFor = (name: string) => [...sample(store, 9, seederNamed(name), seededRandom(1))].sort();
      expect(sampleFor("e")).toEqual(LEECHERS);
      store.put(SWARM, seederNamed("a"));
      expect(sampleFor("a")).toEqual(["b", "c", "d"]);
      expect(sampleFor("e")).toEqual(["b", "c", "d"]);
      store.put(SWARM, leecherAt("e"));
      expect(sampleFor("a")).toEqual(["b", "c", "d", "e"]);
    },
  );

  test.each(SAMPLERS)("a member that has left is no longer sent (%s)", (_, sample) => {
    const store = openFull(open);
    for (const name of ["b", "f", "c"]) {
      store.remove(SWARM, testMemberKey(name));
      expect(sample(store, 9, leecherAt("a"), seededRandom(1))).not.toContain(name);
    }
    expect([...sample(store, 9, leecherAt("a"), seededRandom(1))].sort()).toEqual(["d", "e", "g"]);
  });

  test("a list has the members' peer ids, and both forms have their addresses", () => {
    const store = open();
    store.put(SWARM, seederNamed("e"));
    store.put(SWARM, leecherAt("b"));
    const query = { count: 9, requester: leecherAt("a") };
    const sent = store.sampleAddresses(SWARM, query, seededRandom(1));
    const byName = [...sent].sort(({ key: left }, { key: right }) => (left < right ? -1 : 1));
    expect(byName).toMatchObject([
      { peerId: testPeerId(1), address: addressOf("b") },
      { peerId: testPeerId(4), address: addressOf("e") },
    ]);
    expect(unpackPeers(store.sampleCompact(SWARM, query, seededRandom(1)))).toEqual([
      addressOf("b"),
      addressOf("e"),
    ]);
  });

  test("only socket members get offers", () => {
    const names = openFull(open)
      .sampleSockets(SWARM, 9, A, seededRandom(1))
      .map(({ key }) => key);
    expect(names).toEqual(["socket"]);
  });
}

function testAddressLoads(open: () => SwarmStore): void {
  test.each(SAMPLERS)(
    "members with free upload slots come first, then those that do not say, then the others (%s)",
    (_, sample) => {
      const store = openFull(open);
      const FREE = ["b", "e"];
      const FULL = ["c", "f", "g"];
      for (const name of [...FREE, ...FULL]) {
        const member = SEEDERS.includes(name) ? seederNamed(name) : leecherAt(name);
        store.put(SWARM, { ...member, hasFreeSlot: FREE.includes(name) });
      }
      const rank = (name: string): number => (FREE.includes(name) ? 0 : FULL.includes(name) ? 2 : 1);
      const ranks = OTHERS_OF_A.map(rank).sort();
      for (let seed = 1; seed <= 20; seed++) {
        for (let count = 0; count <= 7; count++) {
          const chosen = sample(store, count, leecherAt("a"), seededRandom(seed));
          expect(chosen.map(rank).sort()).toEqual(ranks.slice(0, count));
        }
        expect(sample(store, 1, seederNamed("e"), seededRandom(seed))).toEqual(["b"]);
      }
      store.put(SWARM, { ...leecherAt("b"), hasFreeSlot: false });
      expect(sample(store, 1, leecherAt("a"), seededRandom(1))).toEqual(["e"]);
    },
  );

  test("one family is sampled alone, as over UDP", () => {
    const store = openFull(open);
    const all = [...LEECHERS, ...SEEDERS].map(addressOf);
    for (const family of [4, 6] as const) {
      const query = { count: 9, family, requester: leecherAt("stranger") };
      const sent = unpackPeers(store.sampleCompact(SWARM, query, seededRandom(1)));
      expect([...sent].sort()).toEqual(
        all.filter((address) => isIpv6Peer(address) === (family === 6)).sort(),
      );
      expect(store.sampleAddresses(SWARM, query, seededRandom(1))).toHaveLength(sent.length);
    }
  });
}

function testChance(open: () => SwarmStore): void {
  test.each([
    ["leecher", leecherAt("b"), LEECHERS.length + SEEDERS.length - 1],
    ["seeder", seederNamed("e"), LEECHERS.length],
    ["stranger", leecherAt("z"), LEECHERS.length + SEEDERS.length],
  ] as const)("all other members are equally likely to go to a %s", (_, requester, others) => {
    for (const [, sample] of SAMPLERS) {
      const store = openFull(open);
      const random = seededRandom(7);
      const times = new Map<string, number>();
      for (let round = 0; round < 4_000; round++) {
        for (const name of sample(store, 2, requester, random)) times.set(name, (times.get(name) ?? 0) + 1);
      }
      expect(times.size).toBe(others);
      for (const [name, count] of times) {
        expect(Math.abs(count / 4_000 - 2 / others), name).toBeLessThan(0.04);
      }
    }
  });

  test("while many members come, change and go, each gets exactly the others", () => {
    const store = open();
    const random = seededRandom(3);
    const seeding = new Map<string, boolean>();
    for (let step = 0; step < 3_000; step++) {
      const name = String(random.below(80));
      if (random.below(3) === 0) {
        store.remove(SWARM, testMemberKey(name));
        seeding.delete(name);
      } else {
        const isSeeder = random.below(2) === 0;
        store.put(
          SWARM,
          addressed(testMemberKey(name), testPeerId(1), { seeding: isSeeder, address: addressOf(name) }),
        );
        seeding.set(name, isSeeder);
        const expected = [...seeding].filter(
          ([other, otherSeeds]) => other !== name && !(isSeeder && otherSeeds),
        );
        const requester = addressed(testMemberKey(name), testPeerId(1), { seeding: isSeeder });
        const sent = unpackPeers(store.sampleCompact(SWARM, { count: 100, requester }, random));
        expect(new Set(sent)).toEqual(new Set(expected.map(([other]) => addressOf(other))));
        expect(sent).toHaveLength(expected.length);
      }
    }
  });
}
