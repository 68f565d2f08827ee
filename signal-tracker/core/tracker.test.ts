import { beforeEach, describe, expect, test } from "vitest";
import type { Announce, Answer } from "#shared/announce/announce.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import { OFFER_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import type { MemberKey } from "./swarm-store.ts";
import {
  testAddress,
  testAnnounce,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testOffers,
  testPeerId,
  testTracker,
} from "./tracker.test-support.ts";
import { announce, answer, leave, scrape, type Tracker } from "./tracker.ts";

const SWARM = testInfoHash(1);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");
const START = millis(1_000);

let tracker: Tracker;
beforeEach(() => {
  tracker = testTracker(new MemorySwarmStore());
});

const announceFrom = (from: MemberKey, request: Announce, now: Millis = START) =>
  announce(tracker, now, from, request);

describe("an announce", () => {
  test("gets the interval, the counts and the tracker's id", () => {
    announceFrom(A, testAnnounce(1, { left: 0 }));
    expect(announceFrom(B, testAnnounce(2))).toEqual([
      {
        to: B,
        message: {
          type: "announceReply",
          infoHash: SWARM,
          intervalSeconds: 120,
          minIntervalSeconds: undefined,
          seeders: 1,
          leechers: 1,
          trackerId: "test",
          warning: undefined,
        },
      },
    ]);
  });

  test.each([
    ["started", 0, 1],
    ["started", 5, 0],
    ["started", undefined, 0],
    ["update", 0, 1],
    ["paused", 5, 0],
    ["completed", undefined, 1],
    ["completed", 5, 1],
  ] as const)("%s with %s bytes left makes %i seeders", (event, left, seeders) => {
    announceFrom(A, testAnnounce(1, { event, left }));
    expect(tracker.store.counts(SWARM)).toMatchObject({ seeders, leechers: 1 - seeders });
  });

  test("a completed download counts once", () => {
    announceFrom(A, testAnnounce(1, { event: "started" }));
    announceFrom(A, testAnnounce(1, { event: "completed", left: 0 }));
    announceFrom(A, testAnnounce(1, { event: "completed", left: 0 }));
    expect(tracker.store.counts(SWARM).downloaded).toBe(1);
  });

  test("a stop gets a reply and removes the member at once", () => {
    announceFrom(A, testAnnounce(1));
    announceFrom(B, testAnnounce(2));
    expect(announceFrom(A, testAnnounce(1, { event: "stopped", offers: testOffers(1) }))).toEqual([
      { to: A, message: expect.objectContaining({ type: "announceReply", leechers: 1 }) },
    ]);
    expect(tracker.store.isMember(SWARM, A)).toBe(false);
  });

  test("a member cannot join more swarms than allowed, and stays in those it is in", () => {
    for (const digit of [1, 2]) announceFrom(A, testAnnounce(1, { infoHash: testInfoHash(digit) }));
    const third = testAnnounce(1, { infoHash: testInfoHash(3) });
    expect(announceFrom(A, third)).toEqual([
      { to: A, message: expect.objectContaining({ type: "failure", infoHash: testInfoHash(3) }) },
    ]);
    expect(announceFrom(A, { ...third, event: "stopped" })).toMatchObject([
      { message: { type: "announceReply" } },
    ]);
    expect(announceFrom(A, testAnnounce(1))).toMatchObject([{ message: { type: "announceReply" } }]);
    expect(announceFrom(A, testAnnounce(1, { event: "stopped" }))).toHaveLength(1);
    expect(announceFrom(A, third)).toMatchObject([{ message: { type: "announceReply" } }]);
  });
});

describe("an offer", () => {
  test("is counted in the reply if it reached somebody, though desktops that take none are counted in the swarm", () => {
    const relayed = (offers: number): unknown => {
      const [reply] = announceFrom(B, testAnnounce(2, { offers: testOffers(...Array(offers).keys()) }));
      return reply?.message.type === "announceReply" && reply.message.offersRelayed;
    };
    tracker.store.put(SWARM, {
      type: "address",
      key: testMemberKey("desktop"),
      peerId: testPeerId(3),
      seeding: true,
      address: testAddress("192.0.2.1", 6881),
      network: undefined,
      expiresAt: millis(START + 1_000),
    });
    expect(tracker.store.counts(SWARM)).toMatchObject({ seeders: 1 });
    expect(relayed(0)).toBeUndefined();
    expect(relayed(2)).toBe(0);
    announceFrom(A, testAnnounce(1));
    expect(relayed(2)).toBe(1);
  });

  test("goes to nobody if it comes with a goodbye", () => {
    announceFrom(A, testAnnounce(1));
    expect(announceFrom(B, testAnnounce(2, { event: "stopped", offers: testOffers(7) }))).toEqual([
      { to: B, message: expect.objectContaining({ type: "announceReply", offersRelayed: undefined }) },
    ]);
  });

  test("goes to another member, with the offerer's peer id", () => {
    announceFrom(A, testAnnounce(1));
    const deliveries = announceFrom(B, testAnnounce(2, { offers: testOffers(7, 8) }));
    expect(deliveries.slice(1)).toEqual([
      {
        to: A,
        message: {
          type: "offer",
          infoHash: SWARM,
          peerId: testPeerId(2),
          offerId: testOfferId(7),
          sdp: "offer 7",
        },
      },
    ]);
  });

  test("goes to one member, each to another one, up to a limit", () => {
    for (const name of ["1", "2", "3", "4", "5"])
      announceFrom(testMemberKey(name), testAnnounce(Number(name)));
    const handed = announceFrom(B, testAnnounce(9, { offers: testOffers(1, 2, 3, 4, 5) })).slice(1);
    expect(new Set(handed.map(({ to }) => to)).size).toBe(3);
    expect(handed.map(({ message }) => message.type === "offer" && message.sdp)).toEqual([
      "offer 1",
      "offer 2",
      "offer 3",
    ]);
  });

  test("reaches the real owner of a peer id although another member uses the same", () => {
    announceFrom(A, testAnnounce(1));
    announceFrom(B, testAnnounce(1));
    const handed = announceFrom(C, testAnnounce(2, { offers: testOffers(1, 2) })).slice(1);
    expect(handed.map(({ to }) => to).sort()).toEqual([A, B]);
  });
});

describe("an answer", () => {
  const given: Answer = {
    infoHash: SWARM,
    peerId: testPeerId(2),
    toPeerId: testPeerId(1),
    offerId: testOfferId(1),
    sdp: "answer",
  };
  const relayed = {
    to: A,
    message: {
      type: "answer",
      infoHash: SWARM,
      peerId: testPeerId(2),
      offerId: testOfferId(1),
      sdp: "answer",
    },
  };

  beforeEach(() => {
    announceFrom(B, testAnnounce(2));
    announceFrom(A, testAnnounce(1, { offers: testOffers(1) }));
  });

  test("goes to the offerer, once", () => {
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
    expect(answer(tracker, START, B, given)).toEqual([]);
  });

  test("is dropped from a socket that did not get the offer, whatever its peer id", () => {
    announceFrom(C, testAnnounce(2));
    expect(answer(tracker, START, C, given)).toEqual([]);
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
  });

  test("is dropped when the offerer has left, even if another member takes its peer id", () => {
    leave(tracker, A);
    announceFrom(C, testAnnounce(1));
    expect(answer(tracker, START, B, given)).toEqual([]);
  });

  test("is dropped when it comes too late", () => {
    expect(answer(tracker, millis(START + OFFER_LIFETIME_MILLIS), B, given)).toEqual([]);
  });

  test("cannot be intercepted by making the same offer under the same peer id", () => {
    const handed = announceFrom(C, testAnnounce(1, { offers: testOffers(1) })).slice(1);
    expect(handed.filter(({ to }) => to === B)).toEqual([]);
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
  });
});

test("a scrape gets the counts of the named swarms, and zeros for an unknown one", () => {
  announceFrom(A, testAnnounce(1, { left: 0 }));
  expect(scrape(tracker, START, [SWARM, testInfoHash(9)])).toEqual({
    type: "scrapeReply",
    swarms: new Map([
      [SWARM, { seeders: 1, leechers: 0, downloaded: 0 }],
      [testInfoHash(9), { seeders: 0, leechers: 0, downloaded: 0 }],
    ]),
  });
});
