import { beforeEach, describe, expect, test } from "vitest";
import type { AddressAnnounce, AddressReply, CompactReply, PeersForm } from "#shared/announce/announce.ts";
import {
  type CompactPeers,
  type PeerAddress,
  packPeers,
  peerAddress,
  unpackPeers,
} from "#shared/announce/compact.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import { ADDRESS_LIFETIME_MILLIS } from "../limits.ts";
import { MemorySwarmStore } from "../store/memory.ts";
import { announceAddress, type Caller } from "./address.ts";
import {
  testAddress,
  testAddressAnnounce,
  testAnnounce,
  testCaller,
  testInfoHash,
  testMemberKey,
  testOffers,
  testPeerId,
  testTracker,
} from "./tracker.test-support.ts";
import { announce, scrape, type Tracker } from "./tracker.ts";

const SWARM = testInfoHash(1);
const START = millis(1_000);
const HERE = testCaller("127.0.0.1");
const [ALICE, BOB, CAROL] = ["192.0.2.1", "192.0.2.2", "2001:db8::3"].map(testCaller) as [
  Caller,
  Caller,
  Caller,
];

type Reply = AddressReply | CompactReply;

const NOBODY: CompactPeers = packPeers([]);

let tracker: Tracker;
beforeEach(() => {
  tracker = testTracker(new MemorySwarmStore());
});

const say = (
  caller: Caller,
  asked: AddressAnnounce,
  now: Millis = START,
  peersForm: PeersForm = "compact",
): Reply => announceAddress(tracker, now, caller, asked, peersForm);
const addresses = (reply: Reply): readonly PeerAddress[] =>
  reply.type === "compactReply"
    ? unpackPeers(reply.peers).toSorted()
    : reply.peers.map(({ address }) => address).sort();
const listening = ({ ip }: Caller): PeerAddress => peerAddress(ip, 6881);
const counts = (now: Millis = START) => scrape(tracker, now, [SWARM]).swarms.get(SWARM);

describe("an announce with an address", () => {
  test("is answered with the interval, the counts, the tracker's id and who else is there", () => {
    say(ALICE, testAddressAnnounce(1, { left: 0 }));
    expect(say(BOB, testAddressAnnounce(2))).toEqual({
      type: "compactReply",
      intervalSeconds: 600,
      minIntervalSeconds: 120,
      seeders: 1,
      leechers: 1,
      trackerId: "test",
      warning: undefined,
      peers: packPeers([listening(ALICE)]),
    });
  });

  test.each([
    ["started", 0, 1],
    ["started", 5, 0],
    ["started", undefined, 0],
    ["update", 0, 1],
    ["paused", 5, 0],
    ["completed", undefined, 1],
  ] as const)("%s with %s bytes left makes %i seeders", (event, left, seeders) => {
    expect(say(ALICE, testAddressAnnounce(1, { event, left }))).toMatchObject({
      seeders,
      leechers: 1 - seeders,
    });
  });

  test("completed turns a leecher into a seeder, and is counted once", () => {
    say(ALICE, testAddressAnnounce(1, { event: "started" }));
    for (let time = 0; time < 2; time++) say(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    expect(counts()).toEqual({ seeders: 1, leechers: 0, downloaded: 1 });
  });

  test("that stops is acknowledged, told of nobody and forgotten at once", () => {
    say(ALICE, testAddressAnnounce(1));
    say(BOB, testAddressAnnounce(2));
    expect(say(BOB, testAddressAnnounce(2, { event: "stopped" }))).toMatchObject({
      seeders: 0,
      leechers: 1,
      peers: NOBODY,
    });
    expect(say(ALICE, testAddressAnnounce(1)).peers).toEqual(NOBODY);
  });

  test("is told of both families, and not of itself", () => {
    say(BOB, testAddressAnnounce(2));
    say(ALICE, testAddressAnnounce(1));
    expect(addresses(say(CAROL, testAddressAnnounce(3)))).toEqual([ALICE, BOB].map(listening).sort());
    expect(addresses(say(BOB, testAddressAnnounce(2)))).toEqual([ALICE, CAROL].map(listening).sort());
  });

  test("is told of peers one by one if it asks for that, with their ids or without", () => {
    say(ALICE, testAddressAnnounce(1));
    const peers = (peersForm: PeersForm) => say(BOB, testAddressAnnounce(2), START, peersForm).peers;
    const address = listening(ALICE);
    expect(peers("list")).toEqual([{ address, peerId: testPeerId(1) }]);
    expect(peers("listWithoutIds")).toEqual([{ address, peerId: undefined }]);
  });

  test("of a seeder is told of no seeders", () => {
    say(ALICE, testAddressAnnounce(1, { left: 0 }));
    say(BOB, testAddressAnnounce(2));
    expect(addresses(say(CAROL, testAddressAnnounce(3, { left: 0, uploaded: 1 })))).toEqual([
      testAddress("192.0.2.2", 6881),
    ]);
  });

  test("that has nothing left and has moved nothing may lack the metadata, and is told of seeders", () => {
    say(ALICE, testAddressAnnounce(1, { left: 0 }));
    expect(addresses(say(CAROL, testAddressAnnounce(3, { left: 0, uploaded: 0, downloaded: 0 })))).toEqual([
      listening(ALICE),
    ]);
  });
});

describe("how many peers are told of", () => {
  beforeEach(() => {
    tracker = {
      ...testTracker(new MemorySwarmStore()),
      maxMembersPerNetworkInSwarm: 500,
      maxMembersPerNetwork: 500,
    };
    for (let port = 1; port <= 150; port++) say(ALICE, testAddressAnnounce(1, { port }));
  });

  test.each([
    [undefined, 50],
    [0, 0],
    [7, 7],
    [100, 100],
    [1e20, 100],
  ])("wanted %s, told %i", (peersWanted, told) => {
    expect(addresses(say(BOB, testAddressAnnounce(2, { peersWanted })))).toHaveLength(told);
  });
});

describe("an entry", () => {
  test.each([
    ["another address", CAROL, {}],
    ["another port", ALICE, { port: 6882 }],
    ["another key", ALICE, { key: "other" }],
  ])("cannot be stopped, replaced or completed from %s by who uses its peer id", (_, thief, fields) => {
    const victim = testAddressAnnounce(1, { key: "secret", port: 6881 });
    say(ALICE, victim);
    say(thief, { ...victim, ...fields, event: "stopped" });
    say(thief, { ...victim, ...fields, event: "completed" });
    say(thief, { ...victim, ...fields, event: "stopped" });
    expect(counts()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(addresses(say(BOB, testAddressAnnounce(2)))).toEqual([listening(ALICE)]);
  });

  test("is the same when the client takes another peer id", () => {
    say(ALICE, testAddressAnnounce(1, { key: "k" }));
    expect(say(ALICE, testAddressAnnounce(2, { key: "k" }))).toMatchObject({ leechers: 1 });
  });

  test("stays while announces are late by less than a quarter of the interval they were told", () => {
    const { intervalSeconds } = say(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    const everyMillis = 1.24 * intervalSeconds * 1_000;
    for (let count = 1; count <= 5; count++) {
      const now = millis(START + count * everyMillis);
      expect(counts(now), `announce ${count}`).toEqual({ seeders: 1, leechers: 0, downloaded: 1 });
      say(ALICE, testAddressAnnounce(1, { left: 0 }), now);
    }
  });

  test("comes back as the same seeder when its announce is too late", () => {
    say(BOB, testAddressAnnounce(2));
    say(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    const late = millis(START + 2 * ADDRESS_LIFETIME_MILLIS);
    say(BOB, testAddressAnnounce(2), millis(START + ADDRESS_LIFETIME_MILLIS - 1));
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS))).toMatchObject({ seeders: 0, leechers: 1 });
    say(BOB, testAddressAnnounce(2), millis(late - 2));
    say(ALICE, testAddressAnnounce(1, { left: 0 }), late);
    expect(counts(late)).toEqual({ seeders: 1, leechers: 1, downloaded: 1 });
  });

  test("lives for 1.25 intervals after the last announce", () => {
    expect(ADDRESS_LIFETIME_MILLIS).toBe(750_000);
    const later = millis(START + ADDRESS_LIFETIME_MILLIS / 2);
    say(ALICE, testAddressAnnounce(1));
    say(BOB, testAddressAnnounce(2));
    say(BOB, testAddressAnnounce(2), later);
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS - 1))).toMatchObject({ leechers: 2 });
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS))).toMatchObject({ leechers: 1 });
    const end = millis(later + ADDRESS_LIFETIME_MILLIS);
    expect(addresses(say(CAROL, testAddressAnnounce(3), millis(end - 1)))).toHaveLength(1);
    expect(say(CAROL, testAddressAnnounce(3), end)).toMatchObject({ leechers: 1, peers: NOBODY });
  });
});

describe.each(["compact", "list"] as const)("a loopback entry, told of as %s,", (peersForm) => {
  const asks = (caller: Caller) => addresses(say(caller, testAddressAnnounce(2), START, peersForm));
  beforeEach(() => {
    for (const text of ["127.0.0.1", "::1"]) say(testCaller(text), testAddressAnnounce(1, { port: 7000 }));
    say(ALICE, testAddressAnnounce(3));
  });

  test("is handed to other machines under the tracker's address", () => {
    const here = testAddress("203.0.113.1", 7000);
    expect(asks(BOB)).toEqual([here, here, listening(ALICE)].sort());
  });

  test("is handed to its own machine as it is", () => {
    const loopback = ["127.0.0.1", "::1"].map((text) => testAddress(text, 7000));
    for (const text of ["127.0.0.1", "::1", "127.0.0.2"]) {
      expect(asks(testCaller(text))).toEqual(expect.arrayContaining([...loopback, listening(ALICE)]));
      say(testCaller(text), testAddressAnnounce(2, { event: "stopped" }));
    }
  });

  test("is told to nobody else while the tracker's address is not known", () => {
    expect(asks({ ...BOB, machineIp: () => undefined })).toEqual([listening(ALICE)]);
  });
});

describe("WebSocket and address", () => {
  const socket = testMemberKey("1");

  test("who announces both ways counts once, as a seeder if it says so either way", () => {
    announce(tracker, START, socket, testAnnounce(1));
    expect(say(ALICE, testAddressAnnounce(1))).toMatchObject({ seeders: 0, leechers: 1 });
    expect(say(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }))).toMatchObject({
      seeders: 1,
      leechers: 0,
    });
    expect(say(ALICE, testAddressAnnounce(1, { event: "stopped" }))).toMatchObject({
      seeders: 0,
      leechers: 1,
    });
  });

  test("offers go to sockets only, addresses to addresses only", () => {
    announce(tracker, START, socket, testAnnounce(1));
    say(ALICE, testAddressAnnounce(2));
    const deliveries = announce(
      tracker,
      START,
      testMemberKey("2"),
      testAnnounce(3, { offers: testOffers(1, 2) }),
    );
    expect(deliveries.map(({ to }) => to)).toEqual([testMemberKey("2"), socket]);
    expect(deliveries[0]?.message).toMatchObject({ leechers: 3 });
    expect(addresses(say(BOB, testAddressAnnounce(4)))).toEqual([listening(ALICE)]);
  });

  test("an address is taken for no socket, whatever key it names", () => {
    announce(tracker, START, socket, testAnnounce(1));
    // These four bytes and the port are the digits 111111.
    say(testCaller("49.49.49.49"), testAddressAnnounce(2, { port: 0x3131, event: "stopped" }));
    announce(tracker, START, testMemberKey("111111"), testAnnounce(3));
    say(testCaller("49.49.49.49"), testAddressAnnounce(2, { port: 0x3131, event: "stopped" }));
    expect(counts()).toMatchObject({ leechers: 2 });
  });
});

describe("one network", () => {
  const enter = (port: number, digit = 1): Reply =>
    say(ALICE, testAddressAnnounce(port % 10, { port, infoHash: testInfoHash(digit) }));

  test("has so many entries in a swarm; the next one is told of others, but not others of it", () => {
    for (const port of [1, 2, 3]) expect(enter(port).warning).toBeUndefined();
    expect(enter(4)).toMatchObject({ warning: expect.stringContaining("3"), leechers: 3 });
    expect(addresses(enter(4))).toHaveLength(3);
    expect(enter(2).warning).toBeUndefined();
    expect(say(BOB, testAddressAnnounce(9, { port: 5 }))).toMatchObject({ warning: undefined, leechers: 4 });
    say(ALICE, testAddressAnnounce(1, { port: 1, event: "stopped" }));
    expect(enter(4).warning).toBeUndefined();
  });

  test("has so many entries in all swarms", () => {
    for (const digit of [1, 2, 3, 4, 5]) expect(enter(1, digit).warning).toBeUndefined();
    expect(enter(1, 6)).toMatchObject({ warning: expect.stringContaining("5"), leechers: 0 });
  });

  test("may be without limit, as loopback is", () => {
    for (let port = 1; port <= 20; port++) {
      expect(say(HERE, testAddressAnnounce(1, { port })).warning).toBeUndefined();
    }
  });
});
