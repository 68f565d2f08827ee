import { expect, onTestFinished, test } from "vitest";
import type { ApiStatus } from "#shared/announce/tracker-api.ts";
import type { Identity } from "../../core/identity.ts";
import { NOBODY } from "../../core/identity.ts";
import { type AccountRecord, StoreUnavailable, type TorrentRecord } from "../../core/record-store.ts";
import { testAnnounce, testInfoHash, testPeerId } from "../../core/tracker.test-support.ts";
import { MAX_LARGEST_SWARMS, MAX_STATUS_AGE_MILLIS } from "../../limits/operation.ts";
import { MemoryRecordStore } from "../../store/memory/record-store.ts";
import { MemorySwarmStore } from "../../store/memory/swarm-store.ts";
import { at } from "../../store/records.test-support.ts";
import { ask, type HarnessOptions, openClient, openTracker } from "../transport.test-support.ts";

const FILM: TorrentRecord = {
  ...{ infoHash: testInfoHash(2), name: "Film", foldedName: "film", searchText: "film", description: "" },
  ...{ bytes: 1, fileCount: 1, infoBytes: 0, publishedAt: at(1), seeders: 0 },
};
const ADMIN: Identity = { type: "account", account: { isAdmin: true } as AccountRecord };

/** A tracker whose catalog holds torrent 2. */
async function open(identity: Identity, options: HarnessOptions = {}) {
  const records = new MemoryRecordStore();
  await records.addTorrent(FILM, new Uint8Array());
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, {
    records,
    identify: async () => identity,
    ...options,
  });
  const status = async (): Promise<ApiStatus> =>
    JSON.parse(String((await ask(`${tracker.httpUrl}/api/status`)).body));
  return { tracker, status };
}

test("everybody sees how large the swarms are, and the names of those in the catalog", async () => {
  const { tracker, status } = await open(NOBODY);
  const client = await openClient(tracker, onTestFinished);
  await client.announce(testAnnounce(1));
  await client.announce(testAnnounce(1, { infoHash: testInfoHash(2), left: 0 }));
  const other = await openClient(tracker, onTestFinished);
  await other.announce(testAnnounce(2));
  tracker.advance(61_000);
  expect(await status()).toEqual({
    ...{ uptimeSeconds: 61, announcesPerMinute: 3, swarmCount: 2, peerCount: 3 },
    swarms: [
      { seeders: 0, leechers: 2 },
      { infoHash: testInfoHash(2), name: "Film", seeders: 1, leechers: 0 },
    ],
    nodes: [{ url: "https://tracker.example.org/", startedAt: expect.stringMatching(/^2.*Z$/), sockets: 2 }],
  });
});

test("administrators see the info-hashes of all of them", async () => {
  const { tracker, status } = await open(ADMIN);
  const client = await openClient(tracker, onTestFinished);
  await client.announce(testAnnounce(1));
  expect((await status()).swarms).toEqual([{ infoHash: testInfoHash(1), seeders: 0, leechers: 1 }]);
});

const FILM_SWARM = { seeders: 1, leechers: 0 };

test.each<[string, Identity, object]>([
  ["a stranger", NOBODY, FILM_SWARM],
  [
    "an account",
    { ...ADMIN, account: { isAdmin: false } as AccountRecord },
    { infoHash: FILM.infoHash, name: "Film", ...FILM_SWARM },
  ],
])("with accounts, a tracker names its torrents to %s only so far", async (_, identity, expected) => {
  const { tracker, status } = await open(identity, { needsLogin: true });
  const client = await openClient(tracker, onTestFinished);
  await client.announce(testAnnounce(1, { infoHash: FILM.infoHash, left: 0 }));
  expect((await status()).swarms).toEqual([expected]);
});

test("while the database is unavailable there are no names, and each failure is counted", async () => {
  const away = () => Promise.reject(new StoreUnavailable());
  const { tracker, status } = await open(NOBODY, { records: { torrent: away } });
  const client = await openClient(tracker, onTestFinished);
  await client.announce(testAnnounce(1, { infoHash: FILM.infoHash, left: 0 }));
  expect((await status()).swarms).toEqual([FILM_SWARM]);
  expect(tracker.counters.storeErrors).toBe(1);
  const closed = await open(NOBODY, { identify: away });
  const { status: code } = await ask(`${closed.tracker.httpUrl}/api/status`);
  expect([code, closed.tracker.counters.storeErrors]).toEqual([503, 1]);
});

test("however many look, each name is looked up once a second", async () => {
  let looks = 0;
  const torrent = async () => {
    looks += 1;
    return FILM;
  };
  const { tracker, status } = await open(NOBODY, { records: { torrent } });
  const client = await openClient(tracker, onTestFinished);
  await client.announce(testAnnounce(1));
  await Promise.all([status(), status(), status()]);
  expect(looks).toBe(1);
  tracker.advance(MAX_STATUS_AGE_MILLIS);
  await status();
  expect(looks).toBe(2);
});

test("all nodes are named, this one first", async () => {
  const others = [{ url: "https://two.example.org/", startedAt: 0, sockets: 7 }];
  const { tracker, status } = await open(NOBODY, { redis: { isUp: true, others } });
  expect((await status()).nodes).toMatchObject([
    { url: "https://tracker.example.org/", sockets: 0 },
    { url: "https://two.example.org/", startedAt: "1970-01-01T00:00:00.000Z", sockets: 7 },
  ]);
  const metrics = String((await ask(`${tracker.httpUrl}/metrics`)).body).split("\n");
  expect(metrics).toEqual(expect.arrayContaining(["tabswarm_redis_up 1", "tabswarm_nodes 2"]));
});

test("of many swarms the largest are listed and all are counted", async () => {
  const { tracker, status } = await open(ADMIN);
  for (let number = 0; number < MAX_LARGEST_SWARMS + 10; number++) {
    const infoHash = number.toString(16).padStart(40, "0") as ReturnType<typeof testInfoHash>;
    const key = String(number) as Parameters<typeof tracker.store.isMember>[1];
    tracker.store.put(infoHash, { ...MEMBER, key });
  }
  const { swarmCount, swarms } = await status();
  expect([swarmCount, swarms.length]).toEqual([MAX_LARGEST_SWARMS + 10, MAX_LARGEST_SWARMS]);
});

const MEMBER = { type: "socket", peerId: testPeerId(1), seeding: true } as const;
