import { expect, test } from "vitest";
import { millis, type PeerId } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type {
  AddressMember,
  HandedOffer,
  Member,
  MemberKey,
  OfferKey,
  SwarmStore,
} from "../core/swarm-store.ts";
import {
  testAddress,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testPeerId,
} from "../core/tracker.test-support.ts";
import { addressed, seederAt, testAddressMembers } from "./address-contract.test-support.ts";

/** Runs the tests that every swarm store must pass. `open` makes an empty one. */
export function testSwarmStore(open: () => SwarmStore): void {
  testMembership(open);
  testCounts(open);
  testSampling(open);
  testLoads(open);
  testOffers(open);
  testAddressMembers(open);
  testLiars(open);
}

const SWARM = testInfoHash(1);
const OTHER_SWARM = testInfoHash(2);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");

const leecher = (key: MemberKey, peerId: PeerId): Member => ({ type: "socket", key, peerId, seeding: false });
const seeder = (key: MemberKey, peerId: PeerId): Member => ({ type: "socket", key, peerId, seeding: true });

function testMembership(open: () => SwarmStore): void {
  test("a swarm that is removed takes its members along, and no others", () => {
    const store = open();
    const address = addressed(testMemberKey("address"), testPeerId(3));
    for (const member of [leecher(A, testPeerId(1)), seeder(B, testPeerId(2)), address])
      store.put(SWARM, member);
    store.put(OTHER_SWARM, leecher(A, testPeerId(1)));
    expect(store.removeSwarm(SWARM)).toEqual([A, B, address.key]);
    expect(store.counts(SWARM)).toMatchObject({ seeders: 0, leechers: 0 });
    expect([store.swarmCount(A), store.swarmCount(B)]).toEqual([1, 0]);
    expect(store.removeSwarm(SWARM)).toEqual([]);
  });

  test("a member is in the swarms it was put into until it is removed", () => {
    const store = open();
    store.put(SWARM, leecher(A, testPeerId(1)));
    store.put(OTHER_SWARM, leecher(A, testPeerId(1)));
    expect([store.isMember(SWARM, A), store.isMember(SWARM, B), store.swarmCount(A)]).toEqual([
      true,
      false,
      2,
    ]);
    store.remove(SWARM, A);
    store.remove(SWARM, A);
    store.remove(SWARM, B);
    expect([store.isMember(SWARM, A), store.isMember(OTHER_SWARM, A), store.swarmCount(A)]).toEqual([
      false,
      true,
      1,
    ]);
  });

  test.each([
    ["socket", leecher, seeder],
    ["address", addressed, seederAt],
  ] as const)(
    "putting a member with a %s again replaces its entry and returns whether that was a seeder",
    (_, leeching, seeding) => {
      const store = open();
      expect(store.put(SWARM, leeching(A, testPeerId(1)))).toBe(false);
      expect(store.put(SWARM, seeding(A, testPeerId(2)))).toBe(false);
      expect(store.put(SWARM, seeding(A, testPeerId(2)))).toBe(true);
      expect(store.counts(SWARM)).toEqual({ seeders: 1, leechers: 0, downloaded: 0 });
      expect(store.put(SWARM, leeching(A, testPeerId(1)))).toBe(true);
      expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 1, downloaded: 0 });
      store.remove(SWARM, A);
      expect(store.put(SWARM, leeching(A, testPeerId(1)))).toBe(false);
    },
  );

  test("removing a member everywhere removes all its entries and no others", () => {
    const store = open();
    for (const infoHash of [SWARM, OTHER_SWARM]) {
      store.put(infoHash, leecher(A, testPeerId(1)));
      store.put(infoHash, leecher(B, testPeerId(1)));
    }
    store.removeEverywhere(A);
    expect([store.swarmCount(A), store.swarmCount(B)]).toEqual([0, 2]);
    expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 1, downloaded: 0 });
  });
}

function testCounts(open: () => SwarmStore): void {
  test.each([
    ["socket", seeder],
    ["address", seederAt],
  ] as const)(
    "members with the same peer id count once, as a seeder if one of them (a %s) seeds",
    (_, seeding) => {
      const store = open();
      store.put(SWARM, leecher(A, testPeerId(1)));
      store.put(SWARM, seeding(B, testPeerId(1)));
      store.put(SWARM, leecher(C, testPeerId(2)));
      expect(store.counts(SWARM)).toEqual({ seeders: 1, leechers: 1, downloaded: 0 });
      store.remove(SWARM, B);
      expect(store.counts(SWARM)).toEqual({ seeders: 0, leechers: 2, downloaded: 0 });
    },
  );

  test("a look at all swarms finds each that is not empty, with its members by kind", () => {
    const store = open();
    expect([...store.summaries()]).toEqual([]);
    store.put(SWARM, leecher(A, testPeerId(1)));
    store.put(SWARM, seederAt(B, testPeerId(1)));
    store.put(SWARM, leecher(C, testPeerId(2)));
    store.put(OTHER_SWARM, leecher(A, testPeerId(1)));
    const other = { infoHash: OTHER_SWARM, seeders: 0, leechers: 1, sockets: 1, addresses: 0 };
    const both = [...store.summaries()].sort((left, right) => right.sockets - left.sockets);
    expect(both).toEqual([{ infoHash: SWARM, seeders: 1, leechers: 1, sockets: 2, addresses: 1 }, other]);
    store.remove(OTHER_SWARM, A);
    expect([...store.summaries()]).toHaveLength(1);
  });

  test("the counts of an empty swarm are zero", () => {
    expect(open().counts(SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 0 });
  });

  test("each swarm counts completed downloads", () => {
    const store = open();
    store.put(SWARM, seeder(A, testPeerId(1)));
    store.countCompletion(SWARM);
    store.countCompletion(SWARM);
    store.countCompletion(OTHER_SWARM);
    expect([store.counts(SWARM).downloaded, store.counts(OTHER_SWARM).downloaded]).toEqual([2, 0]);
  });
}

function testSampling(open: () => SwarmStore): void {
  const keys = ["a", "b", "c", "d", "e"].map(testMemberKey);
  const full = (): SwarmStore => {
    const store = open();
    for (const [at, key] of keys.entries()) store.put(SWARM, leecher(key, testPeerId(at)));
    return store;
  };
  const sampled = (store: SwarmStore, count: number, except: MemberKey, seed: number): string[] =>
    store.sampleSockets(SWARM, count, except, seededRandom(seed)).map(({ key }) => key);

  test("a sample holds up to as many others as there are, each once", () => {
    const store = full();
    for (let count = 0; count <= 6; count++) {
      const names = sampled(store, count, A, count);
      expect(new Set(names).size).toBe(Math.min(count, 4));
      expect(names).not.toContain("a");
    }
    expect(sampled(store, 9, testMemberKey("stranger"), 1).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(open().sampleSockets(SWARM, 3, A, seededRandom(1))).toEqual([]);
  });

  test("all other members are equally likely to be chosen", () => {
    const store = full();
    const random = seededRandom(7);
    const times = new Map<string, number>();
    for (let round = 0; round < 4_000; round++) {
      for (const { key } of store.sampleSockets(SWARM, 2, B, random))
        times.set(key, (times.get(key) ?? 0) + 1);
    }
    for (const name of ["a", "c", "d", "e"]) {
      expect(times.get(name)).toBeGreaterThan(1_850);
      expect(times.get(name)).toBeLessThan(2_150);
    }
  });

  test("a sample has the members' peer ids and whether they seed", () => {
    const store = open();
    store.put(SWARM, seeder(B, testPeerId(2)));
    expect(store.sampleSockets(SWARM, 1, A, seededRandom(1))).toMatchObject([seeder(B, testPeerId(2))]);
  });
}

function testLiars(open: () => SwarmStore): void {
  const isFree = ({ hasFreeSlot }: Member): boolean => hasFreeSlot === true;

  test("however many claim free upload slots, a quarter of a choice is for others, if there are any", () => {
    const store = open();
    const addressedTo = (number: number): AddressMember => {
      const key = testMemberKey(`v4 ${number}`);
      return addressed(key, testPeerId(number % 10), { address: testAddress("192.0.2.1", 7_000 + number) });
    };
    for (let number = 0; number < 60; number++) {
      const hasFreeSlot = number < 50 ? true : number < 57 ? undefined : false;
      const key = testMemberKey(`${number}`);
      store.put(SWARM, { ...leecher(key, testPeerId(number % 10)), hasFreeSlot });
      store.put(SWARM, { ...addressedTo(number), hasFreeSlot });
    }
    const requester = { key: testMemberKey("v4 57"), seeding: false };
    for (const [count, free] of [
      [3, 3],
      [5, 4],
      [8, 6],
      [36, 27],
      [50, 41],
    ] as const) {
      const sockets = store.sampleSockets(SWARM, count, testMemberKey("57"), seededRandom(count));
      const addresses = store.sampleAddresses(SWARM, { count, requester }, seededRandom(count));
      for (const chosen of [sockets, addresses]) {
        expect(new Set(chosen.map(({ key }) => key)).size).toBe(count);
        expect(chosen.filter(isFree)).toHaveLength(free);
      }
    }
  });
}

function testLoads(open: () => SwarmStore): void {
  const FREE = ["a", "b", "c"];
  const UNKNOWN = ["d", "e"];
  const FULL = ["f", "g", "h"];
  const load = (name: string): boolean | undefined =>
    FREE.includes(name) ? true : FULL.includes(name) ? false : undefined;
  const names = [...FULL, ...FREE, ...UNKNOWN];
  const put = (store: SwarmStore, name: string, hasFreeSlot: boolean | undefined): void => {
    store.put(SWARM, { ...leecher(testMemberKey(name), testPeerId(names.indexOf(name))), hasFreeSlot });
  };
  const full = (): SwarmStore => {
    const store = open();
    for (const name of names) put(store, name, load(name));
    return store;
  };
  const sampled = (store: SwarmStore, count: number, except: string, seed = 1): string[] =>
    store.sampleSockets(SWARM, count, testMemberKey(except), seededRandom(seed)).map(({ key }) => key);
  const rank = (name: string): number => (FREE.includes(name) ? 0 : UNKNOWN.includes(name) ? 1 : 2);

  test("members with free upload slots come first, then those that do not say, then the others", () => {
    const store = full();
    for (let seed = 1; seed <= 20; seed++) {
      for (let count = 0; count <= 8; count++) {
        const chosen = sampled(store, count, "b", seed);
        const expected = names.filter((name) => name !== "b").map(rank);
        expect(chosen.map(rank).sort()).toEqual(expected.sort().slice(0, count));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).not.toContain("b");
      }
    }
  });

  test("of members with the same load, all are equally likely to be chosen", () => {
    const store = full();
    const random = seededRandom(7);
    const times = new Map<string, number>();
    for (let round = 0; round < 3_000; round++) {
      for (const { key } of store.sampleSockets(SWARM, 4, testMemberKey("f"), random))
        times.set(key, (times.get(key) ?? 0) + 1);
    }
    for (const name of FREE) expect(times.get(name)).toBe(3_000);
    for (const name of UNKNOWN) expect(Math.abs((times.get(name) ?? 0) - 1_500)).toBeLessThan(120);
    expect(times.get("g")).toBeUndefined();
  });

  test("a member's load is that of its last announce", () => {
    const store = full();
    put(store, "g", true);
    for (const name of FREE) put(store, name, false);
    expect(sampled(store, 1, "d")).toEqual(["g"]);
    put(store, "g", undefined);
    expect(sampled(store, 2, "d").sort()).toEqual(["e", "g"]);
    store.remove(SWARM, testMemberKey("g"));
    expect(sampled(store, 1, "d")).toEqual(["e"]);
  });
}

function testOffers(open: () => SwarmStore): void {
  const key: OfferKey = {
    answerer: B,
    infoHash: SWARM,
    offerId: testOfferId(15),
    offererPeerId: testPeerId(1),
  };
  const offer: HandedOffer = { key, offerer: A, expiresAt: millis(100) };
  const swarmOfThree = (): SwarmStore => {
    const store = open();
    for (const member of [A, B, C]) store.put(SWARM, leecher(member, testPeerId(1)));
    return store;
  };

  test("an offer gets one answer, from the member that got it to the one that made it", () => {
    const store = swarmOfThree();
    expect(store.handOffer(offer, millis(0))).toBe(true);
    expect(store.takeOffer({ ...key, answerer: C }, millis(1))).toBeUndefined();
    expect(store.takeOffer({ ...key, offererPeerId: testPeerId(3) }, millis(1))).toBeUndefined();
    expect(store.takeOffer({ ...key, infoHash: OTHER_SWARM }, millis(1))).toBeUndefined();
    expect(store.takeOffer(key, millis(1))).toBe(A);
    expect(store.takeOffer(key, millis(1))).toBeUndefined();
  });

  test("an offer waits until it expires", () => {
    const store = swarmOfThree();
    store.handOffer(offer, millis(0));
    expect(store.takeOffer(key, millis(99))).toBe(A);
    store.handOffer(offer, millis(0));
    expect(store.takeOffer(key, millis(100))).toBeUndefined();
  });

  test("while an offer waits, no other member can make the same one, but its offerer can renew it", () => {
    const store = swarmOfThree();
    store.handOffer(offer, millis(0));
    expect(store.handOffer({ ...offer, offerer: C }, millis(1))).toBe(false);
    expect(store.handOffer({ ...offer, expiresAt: millis(200) }, millis(1))).toBe(true);
    expect(store.takeOffer(key, millis(150))).toBe(A);
    expect(store.handOffer({ ...offer, offerer: C, expiresAt: millis(300) }, millis(151))).toBe(true);
    expect(store.takeOffer(key, millis(152))).toBe(C);
  });

  test("an offer ends when its offerer leaves the swarm, even if the offerer comes back", () => {
    const store = swarmOfThree();
    store.handOffer(offer, millis(0));
    store.remove(SWARM, A);
    store.put(SWARM, leecher(A, testPeerId(1)));
    expect(store.takeOffer(key, millis(1))).toBeUndefined();
    store.handOffer(offer, millis(1));
    store.removeEverywhere(A);
    expect(store.takeOffer(key, millis(2))).toBeUndefined();
    expect(store.handOffer(offer, millis(3))).toBe(false);
  });
}
