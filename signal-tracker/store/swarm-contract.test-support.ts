import { expect, test } from "vitest";
import type { PeerId } from "#shared/base/ids.ts";
import type { AddressMember, Member, MemberKey } from "../core/swarm-store.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../core/tracker.test-support.ts";
import { testAddressSamples } from "./address-contract.test-support.ts";
import {
  addressed,
  type OpenSwarms,
  sampled,
  seederAt,
  type TestedSwarms,
  timesOf,
} from "./tested-swarms.test-support.ts";

/** Runs the tests that every store of swarms must pass. */
export function testSwarms(open: OpenSwarms): void {
  testEntries(open);
  testCounts(open);
  testSampling(open);
  testLoads(open);
  testAddressSamples(open);
  testLiars(open);
}

const SWARM = testInfoHash(1);
const OTHER_SWARM = testInfoHash(2);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");

const leecher = (key: MemberKey, peerId: PeerId): Member => ({ type: "socket", key, peerId, seeding: false });
const seeder = (key: MemberKey, peerId: PeerId): Member => ({ type: "socket", key, peerId, seeding: true });

function testEntries(open: OpenSwarms): void {
  test.each([
    ["socket", leecher, seeder],
    ["address", addressed, seederAt],
  ] as const)(
    "putting a member with a %s again replaces its entry and returns whether that was a seeder",
    async (_, leeching, seeding) => {
      const store = await open();
      expect(await store.put(SWARM, leeching(A, testPeerId(1)))).toBe(false);
      expect(await store.put(SWARM, seeding(A, testPeerId(2)))).toBe(false);
      expect(await store.put(SWARM, seeding(A, testPeerId(2)))).toBe(true);
      expect(await store.counts(SWARM)).toEqual({ seeders: 1, leechers: 0, downloaded: 0 });
      expect(await store.put(SWARM, leeching(A, testPeerId(1)))).toBe(true);
      expect(await store.counts(SWARM)).toEqual({ seeders: 0, leechers: 1, downloaded: 0 });
      await store.remove(SWARM, A);
      expect(await store.put(SWARM, leeching(A, testPeerId(1)))).toBe(false);
    },
  );

  test("removing a member removes its entry in one swarm, once, and no other", async () => {
    const store = await open();
    for (const infoHash of [SWARM, OTHER_SWARM]) {
      await store.put(infoHash, leecher(A, testPeerId(1)));
      await store.put(infoHash, leecher(B, testPeerId(2)));
    }
    for (let time = 0; time < 2; time++) await store.remove(SWARM, A);
    expect(await store.counts(SWARM)).toMatchObject({ leechers: 1 });
    expect(await store.counts(OTHER_SWARM)).toMatchObject({ leechers: 2 });
  });
}

function testCounts(open: OpenSwarms): void {
  test.each([
    ["socket", seeder],
    ["address", seederAt],
  ] as const)(
    "members with the same peer id count once, as a seeder if one of them (a %s) seeds",
    async (_, seeding) => {
      const store = await open();
      await store.put(SWARM, leecher(A, testPeerId(1)));
      await store.put(SWARM, seeding(B, testPeerId(1)));
      await store.put(SWARM, leecher(C, testPeerId(2)));
      expect(await store.counts(SWARM)).toEqual({ seeders: 1, leechers: 1, downloaded: 0 });
      await store.remove(SWARM, B);
      expect(await store.counts(SWARM)).toEqual({ seeders: 0, leechers: 2, downloaded: 0 });
    },
  );

  test("the counts of an empty swarm are zero", async () => {
    expect(await (await open()).counts(SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 0 });
  });

  test("each swarm counts completed downloads, of each member one", async () => {
    const store = await open();
    for (const key of [A, A, B]) await store.put(SWARM, seeder(key, testPeerId(1)), true);
    await store.put(SWARM, seeder(C, testPeerId(3)), false);
    await store.put(OTHER_SWARM, seederAt(A, testPeerId(1)), true);
    expect((await store.counts(SWARM)).downloaded).toBe(2);
    expect((await store.counts(OTHER_SWARM)).downloaded).toBe(1);
  });
}

function testSampling(open: OpenSwarms): void {
  const keys = ["a", "b", "c", "d", "e"].map(testMemberKey);
  const full = async (seed?: number): Promise<TestedSwarms> => {
    const store = await open(seed);
    for (const [at, key] of keys.entries()) await store.put(SWARM, leecher(key, testPeerId(at)));
    return store;
  };
  const namesOf = async (store: TestedSwarms, count: number, except: MemberKey): Promise<string[]> =>
    (await store.sampleSockets(SWARM, count, except)).map(({ key }) => key);

  test("a sample holds up to as many others as there are, each once", async () => {
    const store = await full();
    for (let count = 0; count <= 6; count++) {
      const names = await namesOf(store, count, A);
      expect(new Set(names).size).toBe(Math.min(count, 4));
      expect(names).not.toContain("a");
    }
    expect((await namesOf(store, 9, testMemberKey("stranger"))).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(await (await open()).sampleSockets(OTHER_SWARM, 3, A)).toEqual([]);
  });

  test("all other members are equally likely to be chosen", async () => {
    const store = await full(7);
    const times = timesOf(await sampled(4_000, () => namesOf(store, 2, B)));
    expect([...times.keys()].sort()).toEqual(["a", "c", "d", "e"]);
    for (const count of times.values()) expect(Math.abs(count - 2_000)).toBeLessThan(150);
  });

  test("a sample has the members' peer ids and whether they seed", async () => {
    const store = await open();
    await store.put(SWARM, seeder(B, testPeerId(2)));
    expect(await store.sampleSockets(SWARM, 1, A)).toMatchObject([seeder(B, testPeerId(2))]);
  });
}

function testLiars(open: OpenSwarms): void {
  const isFree = ({ hasFreeSlot }: Pick<Member, "hasFreeSlot">): boolean => hasFreeSlot === true;

  test("however many claim free upload slots, a quarter of a choice is for others, if there are any", async () => {
    const store = await open();
    const addressedTo = (number: number): AddressMember => {
      const key = testMemberKey(`v4 ${number}`);
      return addressed(key, testPeerId(number % 10), { address: testAddress("192.0.2.1", 7_000 + number) });
    };
    for (let number = 0; number < 60; number++) {
      const hasFreeSlot = number < 50 ? true : number < 57 ? undefined : false;
      const key = testMemberKey(`${number}`);
      await store.put(SWARM, { ...leecher(key, testPeerId(number % 10)), hasFreeSlot });
      await store.put(SWARM, { ...addressedTo(number), hasFreeSlot });
    }
    const requester = { key: testMemberKey("v4 57"), seeding: false };
    for (const [count, free] of [
      [3, 3],
      [5, 4],
      [8, 6],
      [36, 27],
      [50, 41],
    ] as const) {
      const sockets = await store.sampleSockets(SWARM, count, testMemberKey("57"));
      const addresses = await store.sampleAddresses(SWARM, { count, requester });
      for (const chosen of [sockets, addresses]) {
        expect(new Set(chosen.map(({ key }) => key)).size).toBe(count);
        expect(chosen.filter(isFree)).toHaveLength(free);
      }
    }
  });
}

function testLoads(open: OpenSwarms): void {
  const FREE = ["a", "b", "c"];
  const UNKNOWN = ["d", "e"];
  const FULL = ["f", "g", "h"];
  const load = (name: string): boolean | undefined =>
    FREE.includes(name) ? true : FULL.includes(name) ? false : undefined;
  const names = [...FULL, ...FREE, ...UNKNOWN];
  const put = async (store: TestedSwarms, name: string, hasFreeSlot: boolean | undefined): Promise<void> => {
    const member = leecher(testMemberKey(name), testPeerId(names.indexOf(name)));
    await store.put(SWARM, { ...member, hasFreeSlot });
  };
  const full = async (seed?: number): Promise<TestedSwarms> => {
    const store = await open(seed);
    for (const name of names) await put(store, name, load(name));
    return store;
  };
  const namesOf = async (store: TestedSwarms, count: number, except: string): Promise<string[]> =>
    (await store.sampleSockets(SWARM, count, testMemberKey(except))).map(({ key }) => key);
  const rank = (name: string): number => (FREE.includes(name) ? 0 : UNKNOWN.includes(name) ? 1 : 2);

  test("members with free upload slots come first, then those that do not say, then the others", async () => {
    const store = await full();
    const ranks = names.filter((name) => name !== "b").map(rank);
    for (let count = 0; count <= 8; count++) {
      for (const chosen of await sampled(20, () => namesOf(store, count, "b"))) {
        expect(chosen.map(rank).sort()).toEqual(ranks.sort().slice(0, count));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).not.toContain("b");
      }
    }
  });

  test("of members with the same load, all are equally likely to be chosen", async () => {
    const store = await full(7);
    const times = timesOf(await sampled(3_000, () => namesOf(store, 4, "f")));
    for (const name of FREE) expect(times.get(name)).toBe(3_000);
    for (const name of UNKNOWN) expect(Math.abs((times.get(name) ?? 0) - 1_500)).toBeLessThan(120);
    expect(times.get("g")).toBeUndefined();
  });

  test("a member's load is that of its last announce", async () => {
    const store = await full();
    await put(store, "g", true);
    for (const name of FREE) await put(store, name, false);
    expect(await namesOf(store, 1, "d")).toEqual(["g"]);
    await put(store, "g", undefined);
    expect((await namesOf(store, 2, "d")).sort()).toEqual(["e", "g"]);
    await store.remove(SWARM, testMemberKey("g"));
    expect(await namesOf(store, 1, "d")).toEqual(["e"]);
  });
}
