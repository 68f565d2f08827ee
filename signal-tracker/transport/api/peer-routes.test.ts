import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { AddressAnnounce } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { parseApiPage, parseApiPeer } from "#shared/announce/parse-tracker-api.ts";
import type { ApiPeer } from "#shared/announce/tracker-api.ts";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  register,
} from "../../accounts/accounts.test-support.ts";
import { torrentFile } from "../../catalog/catalog.test-support.ts";
import { testAddressAnnounce, testAnnounce } from "../../core/tracker.test-support.ts";

// Few enough to reach with requests that the catalog's own limit allows.
const MAX_ANNOUNCES = 30;
vi.mock("../../limits/swarms.ts", async (original) => ({
  ...(await original<typeof import("../../limits/swarms.ts")>()),
  MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE: 30,
}));

const cleanUps: (() => void | Promise<void>)[] = [];
let tracker: AccountTracker;
let torrents = 0;

beforeAll(async () => {
  tracker = await openAccountTracker((cleanUp) => void cleanUps.push(cleanUp), {
    accounts: false,
    publicUrl: new URL("http://203.0.113.1:8000"),
  });
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function publish(client = new ApiClient(tracker)): Promise<InfoHash> {
  const torrent = Buffer.from(torrentFile({ name: `film ${++torrents}` })).toString("base64");
  const { body } = await client.post("/api/torrents", { torrent });
  return body.infoHash;
}

/** Announces over HTTP from an address that a proxy names. */
async function announce(
  infoHash: InfoHash,
  port: number,
  from: string,
  fields: Partial<AddressAnnounce> = {},
) {
  const request = testAddressAnnounce(port % 10, { infoHash, port, ...fields });
  const url = announceUrl(`${tracker.url}/announce` as TrackerUrl, request, undefined);
  await fetch(url, { headers: from === "" ? {} : { "x-forwarded-for": from } });
}

async function openBrowser(infoHash: InfoHash, freeSlots: number | undefined): Promise<void> {
  const socket = new WebSocket(tracker.url.replace("http", "ws"));
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  socket.send(encodeAnnounce(testAnnounce(9, { infoHash, freeSlots })));
  await once(socket, "message");
}

async function peersOf(infoHash: InfoHash, query = "?idle=1", from?: string): Promise<readonly ApiPeer[]> {
  const answer = await new ApiClient(tracker, from).get(`/api/torrents/${infoHash}/peers${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return parseApiPage(answer.body, parseApiPeer).items;
}

test("peers of a published torrent come idle first, whatever they announce over", async () => {
  const infoHash = await publish();
  await announce(infoHash, 7001, "192.0.2.1", { freeSlots: 0 });
  await openBrowser(infoHash, undefined);
  await announce(infoHash, 7002, "2001:db8::1", { left: 0, freeSlots: 3 });
  const idle = {
    ...{ kind: "desktop", progress: "seeder", hasFreeSlot: true, address: "[2001:db8::1]:7002" },
    lastSeenAt: expect.stringMatching(/^\d{4}-.*Z$/),
  };
  const unknown = { kind: "browser", progress: "leecher" };
  const full = { kind: "desktop", progress: "leecher", hasFreeSlot: false, address: "192.0.2.1:7001" };
  const peers = await peersOf(infoHash);
  expect(peers).toMatchObject([idle, unknown, full]);
  expect(peers[1]).not.toHaveProperty("hasFreeSlot");
  expect(Math.abs(Date.parse(peers[0]?.lastSeenAt ?? "") - Date.now())).toBeLessThan(60_000);
  expect(await peersOf(infoHash, "?idle=1&limit=1")).toMatchObject([idle]);
  expect(await peersOf(infoHash, "?limit=2")).toHaveLength(2);
  expect(await peersOf(infoHash, "")).toHaveLength(3);
  expect(await peersOf(infoHash.toUpperCase() as InfoHash)).toHaveLength(3);
});

test("as in an announce, others reach a peer on this machine at its public address", async () => {
  const infoHash = await publish();
  await announce(infoHash, 7001, "");
  expect(await peersOf(infoHash)).toMatchObject([{ address: "127.0.0.1:7001" }]);
  expect(await peersOf(infoHash, "", "192.0.2.9")).toMatchObject([{ address: "203.0.113.1:7001" }]);
});

test("a torrent that is not published, and a bad query, are refused", async () => {
  const client = new ApiClient(tracker);
  const infoHash = "ab".repeat(20) as InfoHash;
  await announce(infoHash, 7001, "192.0.2.1");
  expect(codeOf(await client.get(`/api/torrents/${infoHash}/peers`))).toEqual([404, "noSuchTorrent"]);
  const published = await publish();
  for (const query of ["limit=0", "limit=201", "limit=x", "idle=yes"])
    expect(codeOf(await client.get(`/api/torrents/${published}/peers?${query}`))).toEqual([
      400,
      "malformedRequest",
    ]);
  expect(codeOf(await new ApiClient(tracker, "unknown").get(`/api/torrents/${published}/peers`))).toEqual([
    400,
    "sourceUnknown",
  ]);
});

test("a request counts as an announce of its network", async () => {
  const infoHash = await publish();
  const from = "198.51.100.7";
  const ask = () => new ApiClient(tracker, from).get(`/api/torrents/${infoHash}/peers`);
  for (let count = 1; count < MAX_ANNOUNCES; count++) await announce(infoHash, 7_000 + count, from);
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(codeOf(refused)).toEqual([429, "tooOften"]);
  expect(refused.body.error.message).toContain(`announces more than ${MAX_ANNOUNCES} times a minute`);
});

test("with accounts, only people who are logged in see peers, and administrators those of all torrents", async () => {
  const withAccounts = await openAccountTracker((cleanUp) => void cleanUps.push(cleanUp));
  const owner = await register(withAccounts, "owner");
  const infoHash = await publish(owner);
  expect((await owner.get(`/api/torrents/${infoHash}/peers`)).status).toBe(200);
  expect(codeOf(await new ApiClient(withAccounts).get(`/api/torrents/${infoHash}/peers`))).toEqual([
    401,
    "notLoggedIn",
  ]);
  const unpublished = `/api/torrents/${"cd".repeat(20)}/peers`;
  expect(codeOf(await owner.get(unpublished))).toEqual([404, "noSuchTorrent"]);
  const admin = await register(withAccounts, "admin", withAccounts.code);
  const { key } = (await owner.post("/api/keys", { name: "client" })).body;
  const announced = testAddressAnnounce(1, { infoHash: "cd".repeat(20) as InfoHash, port: 7001 });
  await fetch(announceUrl(`${withAccounts.url}/announce/${key}` as TrackerUrl, announced, undefined));
  expect((await admin.get(unpublished)).body.items).toMatchObject([
    { kind: "desktop", address: "127.0.0.1:7001" },
  ]);
});
