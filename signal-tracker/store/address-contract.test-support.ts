import { expect, test } from "vitest";
import { isIpv6Peer, type PeerAddress, unpackPeers } from "#shared/announce/compact.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { AddressMember } from "../core/swarm-store.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../core/tracker.test-support.ts";
import {
  addressed,
  type OpenSwarms,
  sampled,
  type TestedSwarms,
  timesOf,
} from "./tested-swarms.test-support.ts";

/** The tests of stores of swarms that concern samples of members with addresses. */
export function testAddressSamples(open: OpenSwarms): void {
  testAddressSampling(open);
  testAddressLoads(open);
  testChance(open);
}

const SWARM = testInfoHash(1);
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
async function openFull(open: OpenSwarms, seed?: number): Promise<TestedSwarms> {
  const store = await open(seed);
  await store.put(SWARM, {
    type: "socket",
    key: testMemberKey("socket"),
    peerId: testPeerId(9),
    seeding: false,
  });
  for (const name of LEECHERS) await store.put(SWARM, leecherAt(name));
  for (const name of SEEDERS) await store.put(SWARM, seederNamed(name));
  return store;
}

/** Takes a sample for a member, and returns the names in it. */
type Sampler = (store: TestedSwarms, count: number, requester: AddressMember) => Promise<readonly string[]>;

/** Both ways to take one. */
const SAMPLERS: readonly (readonly [string, Sampler])[] = [
  [
    "listed",
    async (store, count, requester) =>
      (await store.sampleAddresses(SWARM, { count, requester })).map(({ key }) => key),
  ],
  [
    "packed",
    async (store, count, requester) =>
      unpackPeers(await store.sampleCompact(SWARM, { count, requester })).map((address) => {
        const name = [...LEECHERS, ...SEEDERS].find((each) => addressOf(each) === address);
        return name ?? "unknown";
      }),
  ],
];

function testAddressSampling(open: OpenSwarms): void {
  test.each(SAMPLERS)(
    "a leecher gets every other member with an address, each once (%s)",
    async (_, sample) => {
      const store = await openFull(open);
      for (let count = 0; count <= 8; count++) {
        for (const names of await sampled(20, () => sample(store, count, leecherAt("a")))) {
          expect(new Set(names).size).toBe(Math.min(count, OTHERS_OF_A.length));
          expect(names).toHaveLength(Math.min(count, OTHERS_OF_A.length));
          expect(OTHERS_OF_A).toEqual(expect.arrayContaining([...names]));
        }
      }
      const all = await sample(store, 9, leecherAt("stranger"));
      expect([...all].sort()).toEqual([...LEECHERS, ...SEEDERS].sort());
      expect(await sample(await open(), 3, leecherAt("a"))).toEqual([]);
    },
  );

  test.each(SAMPLERS)(
    "a seeder gets only leechers, even if it has just become a seeder (%s)",
    async (_, sample) => {
      const store = await openFull(open);
      const sampleFor = async (name: string) => [...(await sample(store, 9, seederNamed(name)))].sort();
      expect(await sampleFor("e")).toEqual(LEECHERS);
      await store.put(SWARM, seederNamed("a"));
      expect(await sampleFor("a")).toEqual(["b", "c", "d"]);
      expect(await sampleFor("e")).toEqual(["b", "c", "d"]);
      await store.put(SWARM, leecherAt("e"));
      expect(await sampleFor("a")).toEqual(["b", "c", "d", "e"]);
    },
  );

  test.each(SAMPLERS)("a member that has left is no longer sent (%s)", async (_, sample) => {
    const store = await openFull(open);
    for (const name of ["b", "f", "c"]) {
      await store.remove(SWARM, testMemberKey(name));
      expect(await sample(store, 9, leecherAt("a"))).not.toContain(name);
    }
    expect([...(await sample(store, 9, leecherAt("a")))].sort()).toEqual(["d", "e", "g"]);
  });

  test("a list has the members' peer ids, and both forms have their addresses", async () => {
    const store = await open();
    await store.put(SWARM, seederNamed("e"));
    await store.put(SWARM, leecherAt("b"));
    const query = { count: 9, requester: leecherAt("a") };
    const sent = await store.sampleAddresses(SWARM, query);
    const byName = [...sent].sort(({ key: left }, { key: right }) => (left < right ? -1 : 1));
    expect(byName).toMatchObject([
      { peerId: testPeerId(1), address: addressOf("b") },
      { peerId: testPeerId(4), address: addressOf("e") },
    ]);
    expect([...unpackPeers(await store.sampleCompact(SWARM, query))].sort()).toEqual(
      [addressOf("b"), addressOf("e")].sort(),
    );
  });

  test("only socket members get offers", async () => {
    const sockets = await (await openFull(open)).sampleSockets(SWARM, 9, testMemberKey("a"));
    expect(sockets.map(({ key }) => key)).toEqual(["socket"]);
  });
}

function testAddressLoads(open: OpenSwarms): void {
  test.each(SAMPLERS)(
    "members with free upload slots come first, then those that do not say, then the others (%s)",
    async (_, sample) => {
      const store = await openFull(open);
      const FREE = ["b", "e"];
      const FULL = ["c", "f", "g"];
      for (const name of [...FREE, ...FULL]) {
        const member = SEEDERS.includes(name) ? seederNamed(name) : leecherAt(name);
        await store.put(SWARM, { ...member, hasFreeSlot: FREE.includes(name) });
      }
      const rank = (name: string): number => (FREE.includes(name) ? 0 : FULL.includes(name) ? 2 : 1);
      const ranks = OTHERS_OF_A.map(rank).sort();
      for (let count = 0; count <= 7; count++) {
        for (const chosen of await sampled(20, () => sample(store, count, leecherAt("a"))))
          expect(chosen.map(rank).sort()).toEqual(ranks.slice(0, count));
      }
      for (const chosen of await sampled(20, () => sample(store, 1, seederNamed("e"))))
        expect(chosen).toEqual(["b"]);
      await store.put(SWARM, { ...leecherAt("b"), hasFreeSlot: false });
      expect(await sample(store, 1, leecherAt("a"))).toEqual(["e"]);
    },
  );

  test("one family is sampled alone, as over UDP", async () => {
    const store = await openFull(open);
    const all = [...LEECHERS, ...SEEDERS].map(addressOf);
    for (const family of [4, 6] as const) {
      const query = { count: 9, family, requester: leecherAt("stranger") };
      const sent = unpackPeers(await store.sampleCompact(SWARM, query));
      expect([...sent].sort()).toEqual(
        all.filter((address) => isIpv6Peer(address) === (family === 6)).sort(),
      );
      expect(await store.sampleAddresses(SWARM, query)).toHaveLength(sent.length);
    }
  });
}

function testChance(open: OpenSwarms): void {
  test.each([
    ["leecher", leecherAt("b"), LEECHERS.length + SEEDERS.length - 1],
    ["seeder", seederNamed("e"), LEECHERS.length],
    ["stranger", leecherAt("z"), LEECHERS.length + SEEDERS.length],
  ] as const)("all other members are equally likely to go to a %s", async (_, requester, others) => {
    const store = await openFull(open, 7);
    for (const [, sample] of SAMPLERS) {
      const times = timesOf(await sampled(2_000, () => sample(store, 2, requester)));
      expect(times.size).toBe(others);
      for (const [name, count] of times) {
        expect(Math.abs(count / 2_000 - 2 / others), name).toBeLessThan(0.05);
      }
    }
  });

  test("while many members come, change and go, each gets exactly the others", async () => {
    const store = await open();
    const random = seededRandom(3);
    const seeding = new Map<string, boolean>();
    for (let step = 0; step < 1_000; step++) {
      const name = String(random.below(80));
      if (random.below(3) === 0) {
        await store.remove(SWARM, testMemberKey(name));
        seeding.delete(name);
      } else {
        const isSeeder = random.below(2) === 0;
        const member = addressed(testMemberKey(name), testPeerId(1), { seeding: isSeeder });
        await store.put(SWARM, { ...member, address: addressOf(name) });
        seeding.set(name, isSeeder);
        const expected = [...seeding].filter(
          ([other, otherSeeds]) => other !== name && !(isSeeder && otherSeeds),
        );
        const sent = unpackPeers(await store.sampleCompact(SWARM, { count: 100, requester: member }));
        expect(new Set(sent)).toEqual(new Set(expected.map(([other]) => addressOf(other))));
        expect(sent).toHaveLength(expected.length);
      }
    }
  });
}
