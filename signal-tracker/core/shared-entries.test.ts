import { expect, test } from "vitest";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import {
  CLUSTER_TICK_MILLIS,
  MAX_RENEWED_AT_ONCE,
  SHARED_LIFETIME_MILLIS,
  SHARED_RENEWAL_MILLIS,
  SHARED_REST_MILLIS,
} from "../limits/nodes.ts";
import { SharedEntries } from "./shared-entries.ts";
import type { NodeId, SwarmRequest } from "./shared-swarms.ts";
import type { MemberKey, SocketMember } from "./swarm-store.ts";
import { testInfoHash, testMemberKey, testPeerId } from "./tracker.test-support.ts";

const [SWARM, OTHER_SWARM] = [testInfoHash(1), testInfoHash(2)];
const OTHER_NODE = "0123456789abcdef" as NodeId;

const socket = (number: number, hasFreeSlot?: boolean): SocketMember => ({
  type: "socket",
  key: testMemberKey(String(number)),
  peerId: testPeerId(number % 10),
  seeding: false,
  hasFreeSlot,
});

/** Entries of a node on a clock of the test's own, and what they ask for. */
function openEntries() {
  let at = 0;
  const asked: SwarmRequest[] = [];
  const renewed: (readonly [InfoHash, readonly MemberKey[]])[] = [];
  const told: InfoHash[] = [];
  const missing = new Set<MemberKey>();
  const entries = new SharedEntries({
    shared: {
      async ask(request) {
        asked.push(request);
        const counts = { seeders: 0, leechers: 0, downloaded: 0 };
        const nothing = { sockets: [], addresses: [], wasSeeding: false };
        return { counts, isFirstOfNode: false, isStale: false, others: [OTHER_NODE], ...nothing };
      },
      async renew(infoHash, keys, lifetimeMillis) {
        expect(lifetimeMillis).toBe(SHARED_LIFETIME_MILLIS);
        renewed.push([infoHash, keys]);
        return keys.filter((key) => missing.has(key));
      },
    },
    tellShared: (others, infoHash) => {
      expect(others).toEqual([OTHER_NODE]);
      told.push(infoHash);
    },
    now: () => millis(at),
    reportBug: (error) => expect.fail(String(error)),
  });
  return {
    entries,
    asked,
    renewed,
    told,
    missing,
    announce: (infoHash: InfoHash, member: SocketMember) => {
      const change = entries.put(infoHash, member, false);
      if (change.type !== "look") entries.share(infoHash, change);
      return change.type;
    },
    /** Lets time pass, and ticks once. */
    async pass(duration: number) {
      at += duration;
      entries.tick(CLUSTER_TICK_MILLIS);
      await new Promise(setImmediate);
    },
  };
}

test("an announce that says nothing new is not shared, however old the entry is", async () => {
  const { announce, pass } = openEntries();
  expect(announce(SWARM, socket(1))).toBe("put");
  await pass(SHARED_RENEWAL_MILLIS - 1);
  expect(announce(SWARM, socket(1))).toBe("look");
  expect(announce(SWARM, socket(1, true))).toBe("put");
});

test("the other nodes of a swarm are told of changes, once in a tick for each swarm", async () => {
  const { announce, entries, told, pass } = openEntries();
  for (const number of [1, 2, 3]) announce(SWARM, socket(number));
  announce(OTHER_SWARM, socket(1));
  await pass(0);
  await pass(CLUSTER_TICK_MILLIS);
  expect(told).toEqual([SWARM, OTHER_SWARM]);
  announce(SWARM, socket(1));
  await pass(CLUSTER_TICK_MILLIS);
  await pass(CLUSTER_TICK_MILLIS);
  expect(told).toHaveLength(2);
  entries.removeEverywhere(testMemberKey("2"));
  await pass(CLUSTER_TICK_MILLIS);
  await pass(CLUSTER_TICK_MILLIS);
  expect(told).toEqual([SWARM, OTHER_SWARM, SWARM]);
});

test("entries are renewed together with others of their swarm, and put again if they are gone", async () => {
  const { announce, asked, renewed, missing, pass } = openEntries();
  announce(SWARM, socket(1));
  announce(OTHER_SWARM, socket(2));
  await pass(SHARED_RENEWAL_MILLIS - SHARED_REST_MILLIS - 1);
  announce(SWARM, socket(3));
  await pass(2);
  announce(SWARM, socket(4)); // Too young to go with the others.
  missing.add(testMemberKey("3"));
  asked.length = 0;
  await pass(SHARED_REST_MILLIS);
  expect(renewed).toEqual([
    [SWARM, ["1", "3"]],
    [OTHER_SWARM, ["2"]],
  ]);
  expect(asked).toMatchObject([{ infoHash: SWARM, change: { type: "put", member: { key: "3" } } }]);
  await pass(SHARED_RENEWAL_MILLIS - SHARED_REST_MILLIS);
  expect(renewed).toHaveLength(2);
});

test("so many entries are renewed in a tick, and the rest in the next ones", async () => {
  const { announce, renewed, pass } = openEntries();
  for (let number = 0; number < MAX_RENEWED_AT_ONCE + 5; number++) announce(SWARM, socket(number));
  for (let time = 0; time < 3; time++) await pass(time === 0 ? SHARED_RENEWAL_MILLIS + 1 : 1);
  expect(renewed.map(([, keys]) => keys.length)).toEqual([MAX_RENEWED_AT_ONCE, 5]);
});
