import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { AddressAnnounce, AddressReply, Failure, ScrapeReply } from "#shared/announce/announce.ts";
import { peerIp, peerPort } from "#shared/announce/compact.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { MAX_QUERY_CHARACTERS } from "#shared/announce/http-query.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import { readScrapeReply, scrapeQuery } from "#shared/announce/scrape.test-support.ts";
import { type InfoHash, parseInfoHash, type TrackerUrl } from "#shared/base/ids.ts";
import { formatIp } from "#shared/base/ip.ts";
import {
  testAddressAnnounce,
  testAnnounce,
  testInfoHash,
  testIp,
  testOffers,
} from "../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import {
  ask,
  type Harness,
  type HarnessOptions,
  openClient,
  openTracker as openTrackerUntil,
} from "./transport.test-support.ts";

const SWARM = testInfoHash(1);
const openTracker = (options?: HarnessOptions) =>
  openTrackerUntil(new MemorySwarmStore(), onTestFinished, options);

let tracker: Harness;
beforeEach(async () => {
  tracker = await openTracker();
});

const announcesAt = ({ httpUrl }: Harness): TrackerUrl => `${httpUrl}/announce` as TrackerUrl;

async function announce(
  fields: Partial<AddressAnnounce>,
  from?: string,
  at = tracker,
): Promise<AddressReply | Failure> {
  const { status, body } = await ask(
    announceUrl(announcesAt(at), testAddressAnnounce(1, fields), undefined),
    from,
  );
  expect(status).toBe(200);
  return parseAddressReply(body);
}

const scrapeAt = ({ httpUrl }: Harness, infoHashes: readonly InfoHash[]): string =>
  `${httpUrl}/scrape?${scrapeQuery(infoHashes)}`;

async function scrapeOf(...infoHashes: readonly InfoHash[]): Promise<ScrapeReply | Failure> {
  const { body } = await ask(scrapeAt(tracker, infoHashes));
  return readScrapeReply(body);
}

const endpoints = (reply: AddressReply | Failure): readonly string[] =>
  reply.type === "failure"
    ? [reply.reason]
    : reply.peers.map(({ address }) => `${formatIp(peerIp(address))} ${peerPort(address)}`);

const HASH_QUERY = "%11".repeat(20);
const ID_QUERY = "%22".repeat(20);

test("whoever says that its links must be encrypted is counted and named like anybody else", async () => {
  const fields = testAddressAnnounce(1, { event: "started", port: 7001 });
  const { status } = await ask(announceUrl(announcesAt(tracker), fields, undefined, "required"));
  expect(status).toBe(200);
  expect(endpoints(await announce({ event: "started", port: 7002, key: "2" }))).toEqual(["127.0.0.1 7001"]);
});

test("desktops announce, meet, and leave over HTTP", async () => {
  expect(await announce({ event: "started", left: 0, port: 7001 })).toMatchObject({
    seeders: 1,
    leechers: 0,
    peers: [],
  });
  const met = await announce({ event: "started", port: 7002, key: "2" });
  expect(met).toMatchObject({ intervalSeconds: 600, minIntervalSeconds: 30, trackerId: "test" });
  expect(await announce({ event: "stopped", port: 7001 })).toMatchObject({ type: "addressReply", peers: [] });
  expect(await announce({ port: 7003 })).toMatchObject({ seeders: 0, leechers: 1 });
});

test("the reply is bencode, byte for byte, in the requested form", async () => {
  const url = (id: string, rest: string) =>
    `${tracker.httpUrl}/announce?info_hash=${HASH_QUERY}&peer_id=${id}&left=5&${rest}`;
  await ask(url(ID_QUERY, "port=6881"), "192.0.2.1");
  await ask(url("%33".repeat(20), "port=6882"), "2001:db8::3");
  const numbers = "d8:completei0e10:incompletei3e8:intervali600e12:min intervali30e5:peers";
  const reply = async (rest: string) =>
    (await ask(url("%44".repeat(20), `port=1&numwant=1000&${rest}`), "192.0.2.9")).body.toString("latin1");
  expect(await reply("compact=1")).toBe(
    `${numbers}6:\xc0\x00\x02\x01\x1a\xe16:peers618:\x20\x01\x0d\xb8${"\0".repeat(11)}\x03\x1a\xe210:tracker id4:teste`,
  );
  const lists = [
    `d2:ip9:192.0.2.17:peer id20:${"\x22".repeat(20)}4:porti6881ee`,
    `d2:ip11:2001:db8::37:peer id20:${"\x33".repeat(20)}4:porti6882ee`,
  ];
  const inEitherOrder = (parts: readonly string[]) =>
    [parts, [...parts].reverse()].map((ordered) => `${numbers}l${ordered.join("")}e10:tracker id4:teste`);
  expect(inEitherOrder(lists)).toContain(await reply("compact=0"));
  const withoutIds = lists.map((peer) => peer.replace(/7:peer id20:.{20}/s, ""));
  expect(inEitherOrder(withoutIds)).toContain(await reply("compact=0&no_peer_id=1"));
});

test("a scrape gets the counts of the torrents it names", async () => {
  await announce({ event: "completed", left: 0 });
  await announce({ port: 7002, peerId: testAddressAnnounce(2).peerId });
  expect(await scrapeOf(SWARM, testInfoHash(9))).toEqual({
    type: "scrapeReply",
    swarms: new Map([
      [SWARM, { seeders: 1, leechers: 1, downloaded: 1 }],
      [testInfoHash(9), { seeders: 0, leechers: 0, downloaded: 0 }],
    ]),
  });
});

describe("a wrong request gets the reason as bencode with status 200:", () => {
  test.each([
    ["/announce", /info_hash/],
    ["/announce?", /info_hash/],
    [`/announce?info_hash=${HASH_QUERY}&peer_id=${ID_QUERY}&port=0`, /port/],
    [`/announce?info_hash=${HASH_QUERY}&peer_id=${ID_QUERY}&port=1&event=x`, /event/],
    [`/announce?info_hash=%zz&peer_id=${ID_QUERY}&port=1`, /percent/],
    ["/scrape", /must name/],
    ["/scrape?info_hash=x", /20 bytes/],
    [`/announce?${"x".repeat(MAX_QUERY_CHARACTERS + 1)}`, /more than 8192/],
  ])("%s", async (path, reason) => {
    const { status, contentType, body } = await ask(tracker.httpUrl + path);
    expect([status, contentType]).toEqual([200, "text/plain"]);
    expect(parseAddressReply(body)).toMatchObject({ type: "failure", reason: expect.stringMatching(reason) });
  });
});

test("escapes stand for bytes, not for UTF-8, and a plus stays a plus", async () => {
  const hash = "%c3%A9%FF%00%80+-_.~abcdefghij";
  await ask(`${tracker.httpUrl}/announce?info_hash=${hash}&peer_id=-XX0001-123456789012&port=7001`);
  const infoHash = parseInfoHash("c3a9ff00802b2d5f2e7e6162636465666768696a");
  expect(infoHash !== undefined && (await scrapeOf(infoHash))).toMatchObject({
    swarms: new Map([[infoHash, { seeders: 0, leechers: 1, downloaded: 0 }]]),
  });
});

test.each(["/announce/", "/announce/x", "/scrape/", "/Announce"])("%s is not found", async (path) => {
  expect((await ask(tracker.httpUrl + path)).status).toBe(404);
});

describe("the address of a peer", () => {
  test("is the one that the announce came from, not the one that it names", async () => {
    const url = announceUrl(announcesAt(tracker), testAddressAnnounce(1, { port: 7001 }), undefined);
    await ask(`${url}&ip=192.0.2.66&ipv4=192.0.2.66&ipv6=2001:db8::66`, "192.0.2.1");
    expect(endpoints(await announce({ peerId: testAddressAnnounce(2).peerId }, "192.0.2.2"))).toEqual([
      "192.0.2.1 7001",
    ]);
  });

  test("is the last one that a proxy on this machine names, in any form", async () => {
    await announce({ port: 7001 }, "192.0.2.66, 192.0.2.1:4711");
    await announce({ port: 7002, peerId: testAddressAnnounce(3).peerId }, "[2001:db8::1]:4711");
    const reply = await announce({ peerId: testAddressAnnounce(2).peerId }, "192.0.2.2");
    expect(new Set(endpoints(reply))).toEqual(new Set(["192.0.2.1 7001", "2001:db8::1 7002"]));
  });

  test("must be known to the proxy: otherwise the client gets a reason and no entry", async () => {
    expect(endpoints(await announce({ port: 7001 }, "unknown"))).toEqual([
      "the tracker cannot see your address: the proxy in front of it must send it in X-Forwarded-For",
    ]);
    expect(await announce({ peerId: testAddressAnnounce(2).peerId }, "192.0.2.2")).toMatchObject({
      leechers: 1,
      peers: [],
    });
  });

  test("is what a proxy elsewhere names only if the operator trusts it", async () => {
    const behindContainer = await openTracker({
      trustedProxies: [{ ip: testIp("127.0.0.2"), prefixBits: 32 }],
    });
    const url = announceUrl(announcesAt(behindContainer), testAddressAnnounce(1, { port: 7001 }), undefined);
    await ask(url, "192.0.2.1", "127.0.0.2");
    await ask(url.replace("7001", "7002"), "192.0.2.1", "127.0.0.3");
    const reply = await announce({ peerId: testAddressAnnounce(2).peerId }, undefined, behindContainer);
    expect(new Set(endpoints(reply))).toEqual(new Set(["192.0.2.1 7001", "127.0.0.3 7002"]));
  });

  test("is IPv4 even if it is written as IPv6", async () => {
    await announce({ port: 7001 }, "::ffff:192.0.2.1");
    expect(endpoints(await announce({ peerId: testAddressAnnounce(2).peerId }, "192.0.2.2"))).toEqual([
      "192.0.2.1 7001",
    ]);
  });

  test("on loopback is the tracker's for other machines, and loopback for this one", async () => {
    await announce({ port: 7001 });
    expect(endpoints(await announce({ peerId: testAddressAnnounce(2).peerId }, "192.0.2.2"))).toEqual([
      "203.0.113.1 7001",
    ]);
    expect(
      endpoints(await announce({ peerId: testAddressAnnounce(3).peerId, left: 0, port: 7003 })),
    ).toContain("127.0.0.1 7001");
  });
});

test("a peer that announces over WebSocket and HTTP counts once, and gets offers, but no addresses, on the socket", async () => {
  const socket = await openClient(tracker, onTestFinished);
  expect(await socket.announce(testAnnounce(1))).toMatchObject({ seeders: 0, leechers: 1 });
  expect(await announce({ event: "completed", left: 0 })).toMatchObject({
    seeders: 1,
    leechers: 0,
    peers: [],
  });
  const other = await openClient(tracker, onTestFinished);
  expect(await other.announce(testAnnounce(2, { offers: testOffers(1, 2) }))).toMatchObject({
    seeders: 1,
    leechers: 1,
  });
  expect(await socket.drain()).toMatchObject([{ type: "offer" }]);
  expect(await other.drain()).toEqual([]);
  expect(await announce({ port: 7002, peerId: testAddressAnnounce(3).peerId })).toMatchObject({
    seeders: 1,
    leechers: 2,
  });
});

test("an entry expires a quarter of the interval after its next announce was due", async () => {
  await announce({ port: 7001 });
  tracker.advance(12 * 60_000);
  expect(await scrapeOf(SWARM)).toMatchObject({
    swarms: new Map([[SWARM, { seeders: 0, leechers: 1, downloaded: 0 }]]),
  });
  tracker.advance(30_000);
  expect(await scrapeOf(SWARM)).toMatchObject({
    swarms: new Map([[SWARM, { seeders: 0, leechers: 0, downloaded: 0 }]]),
  });
});

describe("announces and scrapes of one address beyond the limit per minute", () => {
  test("are refused until the minute is over, those of other addresses are not", async () => {
    const strict = await openTracker({ maxAnnouncesPerNetworkAndMinute: 2 });
    const scrape = async (from: string) => readScrapeReply((await ask(scrapeAt(strict, [SWARM]), from)).body);
    expect(await announce({}, "192.0.2.1", strict)).toMatchObject({ type: "addressReply" });
    expect(await scrape("192.0.2.1")).toMatchObject({ type: "scrapeReply" });
    expect(await announce({}, "192.0.2.1", strict)).toMatchObject({
      type: "failure",
      reason: expect.stringMatching(/2 times a minute; announce again in \d+ s$/),
      retryIn: 60,
    });
    expect(await scrape("192.0.2.1")).toMatchObject({ type: "failure" });
    expect(await announce({}, "192.0.2.2", strict)).toMatchObject({ type: "addressReply" });
    strict.advance(60_000);
    expect(await announce({}, "192.0.2.1", strict)).toMatchObject({ type: "addressReply" });
  });

  test("are accepted from loopback", async () => {
    const strict = await openTracker({ maxAnnouncesPerNetworkAndMinute: 2 });
    for (let time = 0; time < 5; time++)
      expect(await announce({}, undefined, strict)).toMatchObject({ type: "addressReply" });
  });
});
