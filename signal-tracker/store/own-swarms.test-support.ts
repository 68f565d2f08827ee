import { expect, test } from "vitest";
import { type Millis, millis, type PeerId } from "#shared/base/ids.ts";
import type { AccountId, KeyId } from "../core/record-store.ts";
import type { HandedOffer, Member, MemberKey, OfferKey, SwarmStore } from "../core/swarm-store.ts";
import { testInfoHash, testMemberKey, testOfferId, testPeerId } from "../core/tracker.test-support.ts";
import { addressed, seederAt } from "./tested-swarms.test-support.ts";

/** Runs the tests of what only the store of a node's own members does. `open` makes an empty one. */
export function testOwnSwarms(open: () => SwarmStore): void {
  testMembership(open);
  testOffers(open);
  testExpiry(open);
  testNetworks(open);
  testAccounts(open);
}

const SWARM = testInfoHash(1);
const OTHER_SWARM = testInfoHash(2);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");

const leecher = (key: MemberKey, peerId: PeerId): Member => ({ type: "socket", key, peerId, seeding: false });

const seeder = (key: MemberKey, peerId: PeerId): Member => ({ ...leecher(key, peerId), seeding: true });

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

function testExpiry(open: () => SwarmStore): void {
  test("members with addresses expire, socket members never do", () => {
    const store = open();
    store.put(SWARM, leecher(A, testPeerId(1)));
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
