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
import { ADDRESS_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { announceAddress } from "./address.ts";
import type { Caller } from "./caller.ts";
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

const announceFrom = (
  caller: Caller,
  request: AddressAnnounce,
  now: Millis = START,
  peersForm: PeersForm = "compact",
): Reply => {
  const reply = announceAddress(tracker, now, caller, request, peersForm);
  if (reply.type === "failure") throw new Error(reply.reason);
  return reply;
};
const addresses = (reply: Reply): readonly PeerAddress[] =>
  reply.type === "compactReply"
    ? unpackPeers(reply.peers).toSorted()
    : reply.peers.map(({ address }) => address).sort();
const listening = ({ ip }: Caller): PeerAddress => peerAddress(ip, 6881);
const counts = (now: Millis = START) => scrape(tracker, now, [SWARM]).swarms.get(SWARM);

describe("an announce with an address", () => {
  test("gets the interval, the counts, the tracker's id and the other peers", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { left: 0 }));
    expect(announceFrom(BOB, testAddressAnnounce(2))).toEqual({
      type: "compactReply",
      intervalSeconds: 600,
      minIntervalSeconds: 30,
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
    expect(announceFrom(ALICE, testAddressAnnounce(1, { event, left }))).toMatchObject({
      seeders,
      leechers: 1 - seeders,
    });
  });

  test("that completes turns a leecher into a seeder and counts once", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { event: "started" }));
    for (let time = 0; time < 2; time++)
      announceFrom(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    expect(counts()).toEqual({ seeders: 1, leechers: 0, downloaded: 1 });
  });

  test("that stops gets a reply without peers, and its entry goes at once", () => {
    announceFrom(ALICE, testAddressAnnounce(1));
    announceFrom(BOB, testAddressAnnounce(2));
    expect(announceFrom(BOB, testAddressAnnounce(2, { event: "stopped" }))).toMatchObject({
      seeders: 0,
      leechers: 1,
      peers: NOBODY,
    });
    expect(announceFrom(ALICE, testAddressAnnounce(1)).peers).toEqual(NOBODY);
  });

  test("gets peers of both families, but not itself", () => {
    announceFrom(BOB, testAddressAnnounce(2));
    announceFrom(ALICE, testAddressAnnounce(1));
    expect(addresses(announceFrom(CAROL, testAddressAnnounce(3)))).toEqual(
      [ALICE, BOB].map(listening).sort(),
    );
    expect(addresses(announceFrom(BOB, testAddressAnnounce(2)))).toEqual(
      [ALICE, CAROL].map(listening).sort(),
    );
  });

  test("gets a list of peers if it asks for one, with or without their ids", () => {
    announceFrom(ALICE, testAddressAnnounce(1));
    const peers = (peersForm: PeersForm) => announceFrom(BOB, testAddressAnnounce(2), START, peersForm).peers;
    const address = listening(ALICE);
    expect(peers("list")).toEqual([{ address, peerId: testPeerId(1) }]);
    expect(peers("listWithoutIds")).toEqual([{ address, peerId: undefined }]);
  });

  test("gets the peer with a free upload slot first, then one that does not say, then a full one", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { port: 1, freeSlots: 0 }));
    announceFrom(ALICE, testAddressAnnounce(2, { port: 2 }));
    announceFrom(ALICE, testAddressAnnounce(3, { port: 3, freeSlots: 2 }));
    const first = (peersWanted: number) =>
      addresses(announceFrom(BOB, testAddressAnnounce(4, { peersWanted })));
    const at = (...ports: number[]) => ports.map((port) => testAddress("192.0.2.1", port));
    expect([first(1), first(2), first(3)]).toEqual([at(3), at(2, 3), at(1, 2, 3)]);
  });

  test("of a seeder gets no seeders", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { left: 0 }));
    announceFrom(BOB, testAddressAnnounce(2));
    expect(addresses(announceFrom(CAROL, testAddressAnnounce(3, { left: 0, uploaded: 1 })))).toEqual([
      testAddress("192.0.2.2", 6881),
    ]);
  });

  test("with nothing left and nothing transferred gets seeders: the peer may lack the metadata", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { left: 0 }));
    expect(
      addresses(announceFrom(CAROL, testAddressAnnounce(3, { left: 0, uploaded: 0, downloaded: 0 }))),
    ).toEqual([listening(ALICE)]);
  });
});

describe("the number of peers in a reply", () => {
  beforeEach(() => {
    tracker = {
      ...testTracker(new MemorySwarmStore()),
      maxMembersPerNetworkInSwarm: 500,
      maxMembersPerNetwork: 500,
    };
    for (let port = 1; port <= 150; port++) announceFrom(ALICE, testAddressAnnounce(1, { port }));
  });

  test.each([
    [undefined, 50],
    [0, 0],
    [7, 7],
    [100, 100],
    [1e20, 100],
  ])("when the client wants %s: %i", (peersWanted, count) => {
    expect(addresses(announceFrom(BOB, testAddressAnnounce(2, { peersWanted })))).toHaveLength(count);
  });
});

describe("an entry", () => {
  test.each([
    ["another address", CAROL, {}],
    ["another port", ALICE, { port: 6882 }],
    ["another key", ALICE, { key: "other" }],
  ])("cannot be stopped, replaced or completed from %s under the same peer id", (_, thief, fields) => {
    const victim = testAddressAnnounce(1, { key: "secret", port: 6881 });
    announceFrom(ALICE, victim);
    announceFrom(thief, { ...victim, ...fields, event: "stopped" });
    announceFrom(thief, { ...victim, ...fields, event: "completed" });
    announceFrom(thief, { ...victim, ...fields, event: "stopped" });
    expect(counts()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(addresses(announceFrom(BOB, testAddressAnnounce(2)))).toEqual([listening(ALICE)]);
  });

  test("stays the same when the client changes its peer id", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { key: "k" }));
    expect(announceFrom(ALICE, testAddressAnnounce(2, { key: "k" }))).toMatchObject({ leechers: 1 });
  });

  test("is the same over HTTP and UDP, where the same key has another form", () => {
    announceFrom(ALICE, testAddressAnnounce(1, { key: "0af1FF42" }));
    announceFrom(ALICE, testAddressAnnounce(1, { key: "\x0a\xf1\xff\x42" }));
    announceFrom(CAROL, testAddressAnnounce(3, { key: "00000000" }));
    announceFrom(CAROL, testAddressAnnounce(3, { key: "" }));
    expect(addresses(announceFrom(BOB, testAddressAnnounce(2)))).toEqual(
      [ALICE, CAROL].map(listening).toSorted(),
    );
  });

  test("stays while announces are late by less than a quarter of the interval", () => {
    const { intervalSeconds } = announceFrom(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    const everyMillis = 1.24 * intervalSeconds * 1_000;
    for (let count = 1; count <= 5; count++) {
      const now = millis(START + count * everyMillis);
      expect(counts(now), `announce ${count}`).toEqual({ seeders: 1, leechers: 0, downloaded: 1 });
      announceFrom(ALICE, testAddressAnnounce(1, { left: 0 }), now);
    }
  });

  test("comes back as the same seeder when its announce is too late", () => {
    announceFrom(BOB, testAddressAnnounce(2));
    announceFrom(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }));
    const late = millis(START + 2 * ADDRESS_LIFETIME_MILLIS);
    announceFrom(BOB, testAddressAnnounce(2), millis(START + ADDRESS_LIFETIME_MILLIS - 1));
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS))).toMatchObject({ seeders: 0, leechers: 1 });
    announceFrom(BOB, testAddressAnnounce(2), millis(late - 2));
    announceFrom(ALICE, testAddressAnnounce(1, { left: 0 }), late);
    expect(counts(late)).toEqual({ seeders: 1, leechers: 1, downloaded: 1 });
  });

  test("lives for 1.25 intervals after the last announce", () => {
    expect(ADDRESS_LIFETIME_MILLIS).toBe(750_000);
    const later = millis(START + ADDRESS_LIFETIME_MILLIS / 2);
    announceFrom(ALICE, testAddressAnnounce(1));
    announceFrom(BOB, testAddressAnnounce(2));
    announceFrom(BOB, testAddressAnnounce(2), later);
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS - 1))).toMatchObject({ leechers: 2 });
    expect(counts(millis(START + ADDRESS_LIFETIME_MILLIS))).toMatchObject({ leechers: 1 });
    const end = millis(later + ADDRESS_LIFETIME_MILLIS);
    expect(addresses(announceFrom(CAROL, testAddressAnnounce(3), millis(end - 1)))).toHaveLength(1);
    expect(announceFrom(CAROL, testAddressAnnounce(3), end)).toMatchObject({ leechers: 1, peers: NOBODY });
  });
});

describe.each(["compact", "list"] as const)("a loopback entry, sent as %s,", (peersForm) => {
  const peersFor = (caller: Caller) =>
    addresses(announceFrom(caller, testAddressAnnounce(2), START, peersForm));
  beforeEach(() => {
    for (const text of ["127.0.0.1", "::1"])
      announceFrom(testCaller(text), testAddressAnnounce(1, { port: 7000 }));
    announceFrom(ALICE, testAddressAnnounce(3));
  });

  test("goes to other machines with the tracker's address", () => {
    const here = testAddress("203.0.113.1", 7000);
    expect(peersFor(BOB)).toEqual([here, here, listening(ALICE)].sort());
  });

  test("goes to its own machine unchanged", () => {
    const loopback = ["127.0.0.1", "::1"].map((text) => testAddress(text, 7000));
    for (const text of ["127.0.0.1", "::1", "127.0.0.2"]) {
      expect(peersFor(testCaller(text))).toEqual(expect.arrayContaining([...loopback, listening(ALICE)]));
      announceFrom(testCaller(text), testAddressAnnounce(2, { event: "stopped" }));
    }
  });

  test("does not go to other machines while the tracker's address is unknown", () => {
    expect(peersFor({ ...BOB, machineIp: () => undefined })).toEqual([listening(ALICE)]);
  });
});

describe("WebSocket and address", () => {
  const socket = testMemberKey("1");

  test("a peer that announces both ways counts once, as a seeder if either way says so", () => {
    announce(tracker, START, socket, testAnnounce(1));
    expect(announceFrom(ALICE, testAddressAnnounce(1))).toMatchObject({ seeders: 0, leechers: 1 });
    expect(announceFrom(ALICE, testAddressAnnounce(1, { event: "completed", left: 0 }))).toMatchObject({
      seeders: 1,
      leechers: 0,
    });
    expect(announceFrom(ALICE, testAddressAnnounce(1, { event: "stopped" }))).toMatchObject({
      seeders: 0,
      leechers: 1,
    });
  });

  test("offers go only to sockets, addresses only to members with addresses", () => {
    announce(tracker, START, socket, testAnnounce(1));
    announceFrom(ALICE, testAddressAnnounce(2));
    const deliveries = announce(
      tracker,
      START,
      testMemberKey("2"),
      testAnnounce(3, { offers: testOffers(1, 2) }),
    );
    expect(deliveries.map(({ to }) => to)).toEqual([testMemberKey("2"), socket]);
    expect(deliveries[0]?.message).toMatchObject({ leechers: 3 });
    expect(addresses(announceFrom(BOB, testAddressAnnounce(4)))).toEqual([listening(ALICE)]);
  });

  test("an address is never taken for a socket, whatever its key", () => {
    announce(tracker, START, socket, testAnnounce(1));
    // These four bytes and the port are the digits 111111.
    announceFrom(testCaller("49.49.49.49"), testAddressAnnounce(2, { port: 0x3131, event: "stopped" }));
    announce(tracker, START, testMemberKey("111111"), testAnnounce(3));
    announceFrom(testCaller("49.49.49.49"), testAddressAnnounce(2, { port: 0x3131, event: "stopped" }));
    expect(counts()).toMatchObject({ leechers: 2 });
  });
});

describe("one network", () => {
  const enter = (port: number, digit = 1): Reply =>
    announceFrom(ALICE, testAddressAnnounce(port % 10, { port, infoHash: testInfoHash(digit) }));

  test("has a limit of entries in one swarm; the next client gets peers but no entry", () => {
    for (const port of [1, 2, 3]) expect(enter(port).warning).toBeUndefined();
    expect(enter(4)).toMatchObject({ warning: expect.stringContaining("3"), leechers: 3 });
    expect(addresses(enter(4))).toHaveLength(3);
    expect(enter(2).warning).toBeUndefined();
    expect(announceFrom(BOB, testAddressAnnounce(9, { port: 5 }))).toMatchObject({
      warning: undefined,
      leechers: 4,
    });
    announceFrom(ALICE, testAddressAnnounce(1, { port: 1, event: "stopped" }));
    expect(enter(4).warning).toBeUndefined();
  });

  test("has a limit of entries in all swarms", () => {
    for (const digit of [1, 2, 3, 4, 5]) expect(enter(1, digit).warning).toBeUndefined();
    expect(enter(1, 6)).toMatchObject({ warning: expect.stringContaining("5"), leechers: 0 });
  });

  test("has no limit if it is loopback", () => {
    for (let port = 1; port <= 20; port++) {
      expect(announceFrom(HERE, testAddressAnnounce(1, { port })).warning).toBeUndefined();
    }
  });
});
