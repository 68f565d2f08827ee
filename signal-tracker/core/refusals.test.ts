import { beforeEach, expect, test } from "vitest";
import type { AddressReply, CompactReply, Failure } from "#shared/announce/announce.ts";
import { millis } from "#shared/base/ids.ts";
import { MAX_UPDATES_PER_MEMBER_AND_MINUTE } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { announceAddress } from "./address.ts";
import {
  testAddressAnnounce,
  testAnnounce,
  testCaller,
  testInfoHash,
  testMemberKey,
  testTracker,
} from "./tracker.test-support.ts";
import { announce, type Tracker } from "./tracker.ts";

const SWARM = testInfoHash(1);
const ALICE = testCaller("192.0.2.1");

let tracker: Tracker;
let allowed: boolean;
beforeEach(() => {
  allowed = true;
  tracker = { ...testTracker(new MemorySwarmStore()), isAllowed: () => allowed };
});

const announceAt = (seconds: number, fields = {}, caller = ALICE): AddressReply | CompactReply | Failure =>
  announceAddress(tracker, millis(seconds * 1_000), caller, testAddressAnnounce(1, fields), "compact");

test("a torrent that is not allowed is refused over every transport, and those in its swarm leave it", () => {
  const [socket] = ["socket"].map(testMemberKey);
  if (socket === undefined) throw new Error("no key");
  announceAt(0);
  announce(tracker, millis(0), socket, testAnnounce(2));
  expect(tracker.store.counts(SWARM).leechers).toBe(2);
  allowed = false;
  const refusal = {
    type: "failure",
    infoHash: SWARM,
    code: "torrentNotAllowed",
    reason: "this tracker does not allow this torrent",
    retryIn: 3_600,
  };
  expect(announceAt(1)).toMatchObject(refusal);
  expect(announce(tracker, millis(1_000), socket, testAnnounce(2))).toMatchObject([
    { to: socket, message: refusal },
  ]);
  expect(tracker.store.counts(SWARM).leechers).toBe(0);
  expect(announceAt(2, { event: "stopped" })).toMatchObject({ type: "compactReply" });
});

test("a client that announces far too often is told for how many seconds to wait, and then may", () => {
  for (let count = 0; count < MAX_UPDATES_PER_MEMBER_AND_MINUTE; count++)
    expect(announceAt(60 + count).type).toBe("compactReply");
  expect(announceAt(97.5)).toEqual({
    type: "failure",
    action: "announce",
    infoHash: SWARM,
    code: "tooEarly",
    reason: "too early: you announced this torrent 20 times within a minute; announce again in 23 s",
    retryIn: 23,
  });
  expect(announceAt(119.9)).toMatchObject({ retryIn: 1 });
  expect(announceAt(120)).toMatchObject({ type: "compactReply", leechers: 1 });
});

test("neither events, newcomers, other torrents, other clients nor loopback are ever too early", () => {
  for (let count = 0; count <= MAX_UPDATES_PER_MEMBER_AND_MINUTE; count++) announceAt(60);
  expect(announceAt(60).type).toBe("failure");
  for (const event of ["started", "completed", "paused", "stopped"])
    expect(announceAt(60, { event }).type).toBe("compactReply");
  expect(announceAt(60, { infoHash: testInfoHash(2) }).type).toBe("compactReply");
  expect(announceAt(60, { port: 6882 }).type).toBe("compactReply");
  expect(announceAt(60, { key: "other" }).type).toBe("compactReply");
  const here = testCaller("127.0.0.1");
  for (let count = 0; count < 100; count++) expect(announceAt(60, {}, here).type).toBe("compactReply");
});
