import { expect, test } from "vitest";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import {
  LOOK_KEPT_MILLIS,
  MAX_RECENT_LOOKS,
  RECENT_LOOK_MILLIS,
  SOCKETS_IN_RECENT_LOOK,
} from "../limits/nodes.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { RecentLooks } from "./recent-looks.ts";
import type { SwarmLook } from "./shared-swarms.ts";
import type { SocketMember } from "./swarm-store.ts";
import { SwarmView } from "./swarm-view.ts";
import { testInfoHash, testMemberKey, testPeerId } from "./tracker.test-support.ts";

const SWARM = testInfoHash(1);
const infoHashOf = (number: number) => number.toString(16).padStart(40, "0") as InfoHash;

const socket = (number: number, hasFreeSlot?: boolean): SocketMember => ({
  type: "socket",
  key: testMemberKey(String(number)),
  peerId: testPeerId(number % 10),
  seeding: false,
  hasFreeSlot,
});

function lookWith(sockets: readonly SocketMember[]): SwarmLook {
  const counts = { seeders: 0, leechers: sockets.length, downloaded: 0 };
  return {
    counts,
    wasSeeding: false,
    isFirstOfNode: false,
    isStale: false,
    others: [],
    sockets,
    addresses: [],
  };
}

/** Looks at a swarm of that size, with the numbers of sockets that were asked for. */
function looksAt(size: number) {
  const looks = new RecentLooks();
  const asked: number[] = [];
  const ask = (count: number, at: number, isForMore = true) =>
    looks.ask(
      SWARM,
      count,
      millis(at),
      async (sockets) => {
        asked.push(sockets);
        return lookWith(Array.from({ length: Math.min(sockets, size) }, (_, number) => socket(number)));
      },
      isForMore,
    );
  return { looks, asked, ask };
}

test("announces that change nothing share a look for a while, also one that is on its way", async () => {
  const { looks, asked, ask } = looksAt(10);
  const looking = ask(5, 0);
  const meanwhile = await looks.take(SWARM, 5, millis(1));
  expect(meanwhile).toBe(await looking);
  for (let time = 0; time < 100; time++) expect(looks.take(SWARM, 5, millis(2))).toBe(meanwhile);
  expect(looks.take(SWARM, 5, millis(LOOK_KEPT_MILLIS - 1))).toBe(meanwhile);
  expect(looks.take(SWARM, 5, millis(LOOK_KEPT_MILLIS))).toBeUndefined();
  expect(asked).toEqual([SOCKETS_IN_RECENT_LOOK]);
});

test("a look whose counts hold members that are gone is not used again", async () => {
  const { looks, ask } = looksAt(10);
  await looks.ask(SWARM, 5, millis(0), async () => ({ ...lookWith([]), isStale: true }));
  expect(looks.take(SWARM, 5, millis(1))).toBeUndefined();
  await ask(5, 1);
  expect(looks.take(SWARM, 5, millis(2))).toBeDefined();
});

test("once another node has told of a change, a look is used for a second, however often it tells", async () => {
  const { looks, ask } = looksAt(10);
  await ask(5, 0);
  for (let at = 100; at < 100 + RECENT_LOOK_MILLIS; at += 100) {
    looks.changedElsewhere(SWARM, millis(at));
    expect(looks.take(SWARM, 5, millis(at))).toBeDefined();
  }
  expect(looks.take(SWARM, 5, millis(100 + RECENT_LOOK_MILLIS))).toBeUndefined();
});

test("no look is used once a member of this node has changed, not even one that is on its way", async () => {
  const { looks, ask } = looksAt(10);
  const looking = ask(5, 1);
  looks.forget(SWARM);
  await looking;
  expect(looks.take(SWARM, 5, millis(2))).toBeUndefined();
  await ask(5, 3);
  looks.forgetAll();
  expect(looks.take(SWARM, 5, millis(4))).toBeUndefined();
});

test("the sockets of a large swarm are not handed more offers than there are of them", async () => {
  const { looks, ask } = looksAt(1_000);
  await ask(4, 1);
  let taken = 4;
  while (looks.take(SWARM, 5, millis(2)) !== undefined) taken += 5;
  expect(taken).toBe(SOCKETS_IN_RECENT_LOOK);
});

test("a look for one announce is good for others only if the whole swarm is in it", async () => {
  const { looks, asked, ask } = looksAt(10);
  await ask(5, 0, false);
  expect(looks.take(SWARM, 1, millis(1))).toBeUndefined();
  await ask(11, 0, false);
  expect(looks.take(SWARM, 5, millis(1))).toBeDefined();
  expect(asked).toEqual([5, 11]);
});

test("looks are kept of so many swarms, the latest", async () => {
  const looks = new RecentLooks();
  for (let number = 0; number <= MAX_RECENT_LOOKS; number++)
    await looks.ask(infoHashOf(number), 1, millis(0), async () => lookWith([]));
  expect(looks.take(infoHashOf(0), 1, millis(1))).toBeUndefined();
  expect(looks.take(infoHashOf(1), 1, millis(1))).toBeDefined();
});

test("a look that failed is not kept", async () => {
  const looks = new RecentLooks();
  for (const at of [0, 1]) await looks.ask(SWARM, 5, millis(at), async () => undefined);
  expect(looks.take(SWARM, 5, millis(2))).toBeUndefined();
});

test("who is chosen from a look is not the one who asks, has a free slot if possible, and is as likely as any", () => {
  const sockets = [...[0, 1, 2, 3].map((number) => socket(number)), socket(4, true), socket(5, false)];
  const view = new SwarmView(new MemorySwarmStore(), lookWith(sockets));
  const random = seededRandom(3);
  const times = new Map<string, number>();
  for (let round = 0; round < 3_000; round++) {
    const chosen = view.sampleSockets(SWARM, 2, testMemberKey("0"), random).map(({ key }) => key);
    expect(chosen[0]).toBe("4");
    for (const key of chosen) times.set(key, (times.get(key) ?? 0) + 1);
  }
  for (const key of ["1", "2", "3"]) expect(Math.abs((times.get(key) ?? 0) - 1_000)).toBeLessThan(100);
  expect([times.has("0"), times.has("5")]).toEqual([false, false]);
  expect(view.sampleSockets(SWARM, 9, testMemberKey("0"), random)).toHaveLength(5);
});
