import { once } from "node:events";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Announce, TrackerMessage } from "#shared/announce/announce.ts";
import {
  encodeAnnounce,
  encodeAnswer,
  encodeScrape,
  parseTrackerMessage,
} from "#shared/announce/websocket.ts";
import { millis, parseOfferId } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import { OFFER_LIFETIME_MILLIS } from "../core/tracker.ts";
import { testInfoHash, testMemberKey, testPeerId } from "../store/contract.ts";
import { MemorySwarmStore } from "../store/memory.ts";
import { createHttp } from "./http.ts";
import { SOCKET_LIMITS, type SocketLimits, TrackerSockets } from "./websocket.ts";

const SWARM = testInfoHash(1);
const log = pino({ level: "silent" });

interface Harness {
  readonly url: string;
  readonly store: MemorySwarmStore;
  /** Lets this much time pass for the tracker. */
  advance(passedMillis: number): void;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface HarnessOptions extends Partial<SocketLimits> {
  readonly countsLoopback?: boolean;
  readonly swarmsPerMemberMax?: number;
}

async function openTracker(options: HarnessOptions = {}): Promise<Harness> {
  const { countsLoopback = false, swarmsPerMemberMax = 1_000, ...limits } = options;
  const store = new MemorySwarmStore();
  let passed = 0;
  const sockets = new TrackerSockets({
    tracker: {
      store,
      random: seededRandom(1),
      trackerId: "test",
      offersPerAnnounceMax: 10,
      swarmsPerMemberMax,
    },
    log,
    limits: { ...SOCKET_LIMITS, ...limits },
    now: () => millis(performance.now() + passed),
    countedAs: (address) => (countsLoopback ? address : undefined),
  });
  const http: FastifyInstance = await createHttp({ sockets, log, pageFolder: undefined, reach: unused });
  const url = await http.listen({ host: "127.0.0.1", port: 0 });
  cleanUps.push(() => Promise.all([sockets.close(), http.close()]));
  return {
    url: url.replace("http", "ws"),
    store,
    advance: (passedMillis) => {
      passed += passedMillis;
    },
  };
}

function unused(): never {
  throw new Error("not used here");
}

/** A client that reads one message after the other. */
class TestClient {
  readonly socket: WebSocket;
  readonly #arrived: TrackerMessage[] = [];
  readonly #waiting: ((message: TrackerMessage) => void)[] = [];

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on("message", (data, isBinary) => {
      expect(isBinary).toBe(false);
      const message = parseTrackerMessage(String(data));
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#arrived.push(message);
      else waiting(message);
    });
  }

  next(): Promise<TrackerMessage> {
    const message = this.#arrived.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Whatever came before the reply to a question asked now. */
  async drain(): Promise<readonly TrackerMessage[]> {
    const before: TrackerMessage[] = [];
    this.socket.send(encodeScrape([testInfoHash(9)]));
    for (;;) {
      const message = await this.next();
      if (message.type === "scrapeReply" && message.swarms.has(testInfoHash(9))) return before;
      before.push(message);
    }
  }

  announce(announce: Announce): Promise<TrackerMessage> {
    this.socket.send(encodeAnnounce(announce));
    return this.next();
  }
}

async function openClient({ url }: Pick<Harness, "url">): Promise<TestClient> {
  const client = new TestClient(url);
  cleanUps.push(() => client.socket.terminate());
  await once(client.socket, "open");
  return client;
}

function announceOf(peer: number, fields: Partial<Announce> = {}): Announce {
  return {
    infoHash: SWARM,
    peerId: testPeerId(peer),
    event: "started",
    uploaded: 0,
    downloaded: 0,
    left: 5,
    offers: [],
    ...fields,
  };
}

function offerOf(number: number): Announce["offers"][number] {
  const offerId = parseOfferId(String(number).repeat(40).slice(0, 40));
  if (offerId === undefined) throw new Error("bad test data");
  return { offerId, sdp: `v=0 ${number}` };
}

const OFFER = offerOf(7);
const answerTo = (offerer: number, answerer: number) =>
  encodeAnswer({
    infoHash: SWARM,
    peerId: testPeerId(answerer),
    toPeerId: testPeerId(offerer),
    offerId: OFFER.offerId,
    sdp: "v=1",
  });

async function closing(client: TestClient): Promise<readonly [code: unknown, reason: string]> {
  const [code, reason] = await once(client.socket, "close");
  return [code, String(reason)];
}

test("two clients are introduced to each other, at / and at /announce", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  const offerer = await openClient({ url: `${tracker.url}/announce?auth=1` });
  expect(await answerer.announce(announceOf(1))).toMatchObject({
    type: "announceReply",
    intervalSeconds: 120,
  });
  expect(await offerer.announce(announceOf(2, { offers: [OFFER], left: 0 }))).toMatchObject({
    seeders: 1,
    leechers: 1,
  });
  const { offerId, sdp } = OFFER;
  expect(await answerer.next()).toEqual({
    type: "offer",
    infoHash: SWARM,
    peerId: testPeerId(2),
    offerId,
    sdp,
  });
  answerer.socket.send(answerTo(2, 1));
  expect(await offerer.next()).toEqual({
    type: "answer",
    infoHash: SWARM,
    peerId: testPeerId(1),
    offerId,
    sdp: "v=1",
  });
});

test("nothing is sent that was not asked for: an answer gets no reply, and joining tells nobody", async () => {
  const tracker = await openTracker();
  const first = await openClient(tracker);
  await first.announce(announceOf(1));
  const second = await openClient(tracker);
  await second.announce(announceOf(2));
  first.socket.send(answerTo(2, 1));
  expect(await first.drain()).toEqual([]);
  expect(await second.drain()).toEqual([]);
});

test("an answer is dropped, and the socket stays, unless it comes from whom the offer was handed to, once, in time", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  await answerer.announce(announceOf(1));
  const offerer = await openClient(tracker);
  await offerer.announce(announceOf(2, { offers: [OFFER] }));
  await answerer.next();

  const impostor = await openClient(tracker);
  await impostor.announce(announceOf(1));
  impostor.socket.send(answerTo(2, 1));
  expect(await impostor.drain()).toEqual([]);

  answerer.socket.send(answerTo(2, 1));
  answerer.socket.send(answerTo(2, 1));
  expect(await answerer.drain()).toEqual([]);
  expect(await offerer.drain()).toMatchObject([{ type: "answer" }]);

  impostor.socket.terminate();
  await once(impostor.socket, "close");
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(2);
  await offerer.announce(announceOf(2, { offers: [OFFER] }));
  await answerer.next();
  tracker.advance(OFFER_LIFETIME_MILLIS);
  answerer.socket.send(answerTo(2, 1));
  await answerer.drain();
  expect(await offerer.drain()).toEqual([]);
});

test("an answer to a peer that has left is dropped, and the answerer keeps its socket", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  await answerer.announce(announceOf(1));
  const offerer = await openClient(tracker);
  await offerer.announce(announceOf(2, { offers: [OFFER] }));
  await answerer.next();
  offerer.socket.close();
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(1);
  answerer.socket.send(answerTo(2, 1));
  expect(await answerer.drain()).toEqual([]);
});

test("an entry belongs to its socket: an older socket of the same peer id takes only its own with it", async () => {
  const tracker = await openTracker();
  const older = await openClient(tracker);
  await older.announce(announceOf(1));
  const newer = await openClient(tracker);
  expect(await newer.announce(announceOf(1))).toMatchObject({ seeders: 0, leechers: 1 });
  older.socket.terminate();
  const other = await openClient(tracker);
  await expect
    .poll(() => tracker.store.sample(SWARM, 9, testMemberKey("nobody"), seededRandom(1)).length)
    .toBe(1);
  await other.announce(announceOf(2, { offers: [OFFER] }));
  expect(await newer.next()).toMatchObject({ type: "offer" });
});

test("a stop is acknowledged and counts at once", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  await client.announce(announceOf(1, { left: 0 }));
  expect(await client.announce(announceOf(1, { event: "stopped" }))).toMatchObject({
    seeders: 0,
    leechers: 0,
  });
});

test("a scrape names its swarms", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  await client.announce(announceOf(1, { event: "completed", left: 0 }));
  client.socket.send(encodeScrape([SWARM, testInfoHash(2)]));
  expect(await client.next()).toEqual({
    type: "scrapeReply",
    swarms: new Map([
      [SWARM, { seeders: 1, leechers: 0, downloaded: 1 }],
      [testInfoHash(2), { seeders: 0, leechers: 0, downloaded: 0 }],
    ]),
  });
});

test("what cannot be understood is answered with action, torrent and reason, and the socket stays", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  const raw = (text: string | Buffer): Promise<unknown> => {
    client.socket.send(text, { binary: false });
    return once(client.socket, "message").then(([data]) => JSON.parse(String(data)));
  };
  const hash = "\u0011".repeat(20); // As testInfoHash(1) travels.
  expect(await raw("hello")).toEqual({ action: "announce", "failure reason": expect.any(String) });
  expect(await raw(Buffer.from([0xff, 0xfe]))).toEqual({
    action: "announce",
    "failure reason": expect.any(String),
  });
  expect(await raw(JSON.stringify({ action: "announce", info_hash: hash }))).toEqual({
    action: "announce",
    info_hash: hash,
    "failure reason": expect.stringContaining("peer_id"),
  });
  expect(await raw(JSON.stringify({ action: "scrape" }))).toEqual({
    action: "scrape",
    "failure reason": expect.any(String),
  });
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
});

test("a binary message is read like text", async () => {
  const client = await openClient(await openTracker());
  client.socket.send(Buffer.from(encodeAnnounce(announceOf(1))));
  expect(await client.next()).toMatchObject({ type: "announceReply" });
});

test("a message of 64 KiB is read, a longer one closes the socket", async () => {
  const client = await openClient(await openTracker());
  const text = encodeAnnounce(announceOf(1));
  expect(await client.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
  client.socket.send(text.padEnd(64 * 1024));
  expect(await client.next()).toMatchObject({ type: "announceReply" });
  client.socket.send(text.padEnd(64 * 1024 + 1));
  expect(await closing(client)).toEqual([1009, ""]);
});

test("of more offers than are handed out for one announce the rest is left aside", async () => {
  const tracker = await openTracker();
  const others: TestClient[] = [];
  for (let peer = 1; peer <= 12; peer++) {
    const other = await openClient(tracker);
    await other.announce(announceOf(peer % 10));
    others.push(other);
  }
  const client = await openClient(tracker);
  const offers = Array.from({ length: 12 }, (_, at) => offerOf(at + 10));
  await client.announce(announceOf(9, { offers }));
  const handed = (await Promise.all(others.map((other) => other.drain()))).flat();
  expect(handed).toHaveLength(10);
});

test("announces and scrapes beyond so many a minute are refused, answers do not count, and a minute later all is well", async () => {
  const tracker = await openTracker({ announcesPerMinute: 3 });
  const client = await openClient(tracker);
  for (let time = 0; time < 10; time++) client.socket.send(answerTo(2, 1));
  await client.announce(announceOf(1));
  await client.announce(announceOf(1, { event: "update" }));
  client.socket.send(encodeScrape([SWARM]));
  expect(await client.next()).toMatchObject({ type: "scrapeReply" });
  expect(await client.announce(announceOf(1))).toMatchObject({
    type: "failure",
    action: "announce",
    infoHash: SWARM,
    reason: expect.stringContaining("3 times a minute"),
  });
  client.socket.send(encodeScrape([SWARM]));
  expect(await client.next()).toMatchObject({ type: "failure", action: "scrape", infoHash: SWARM });
  tracker.advance(60_000);
  expect(await client.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
});

test("one socket has so many torrents and no more", async () => {
  const tracker = await openTracker({ swarmsPerMemberMax: 2 });
  const client = await openClient(tracker);
  await client.announce(announceOf(1));
  await client.announce(announceOf(1, { infoHash: testInfoHash(2) }));
  expect(await client.announce(announceOf(1, { infoHash: testInfoHash(3) }))).toMatchObject({
    type: "failure",
    infoHash: testInfoHash(3),
  });
  expect(await client.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
});

test("one address has so many sockets and no more, and may open another when one is closed", async () => {
  const tracker = await openTracker({ socketsPerAddress: 2, countsLoopback: true });
  const first = await openClient(tracker);
  await openClient(tracker);
  const third = await openClient(tracker);
  expect(await closing(third)).toEqual([1008, "this address has the most sockets it may have: 2"]);
  first.socket.close();
  await once(first.socket, "close");
  const fourth = await openClient(tracker);
  expect(await fourth.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
});

test("loopback may have any number of sockets", async () => {
  const tracker = await openTracker({ socketsPerAddress: 2 });
  const clients = await Promise.all([1, 2, 3].map(() => openClient(tracker)));
  for (const client of clients) {
    expect(await client.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
  }
});

test("a socket that answers pings stays, one that does not is dropped with its entries", async () => {
  const tracker = await openTracker({ pingMillis: 400 });
  const living = await openClient(tracker);
  await living.announce(announceOf(1));
  const dead = new WebSocket(tracker.url, { autoPong: false });
  cleanUps.push(() => dead.terminate());
  await once(dead, "open");
  dead.send(encodeAnnounce(announceOf(2)));
  await once(dead, "message");
  expect(tracker.store.counts(SWARM).leechers).toBe(2);
  await once(dead, "close");
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(1);
  expect(living.socket.readyState).toBe(WebSocket.OPEN);
});

test("a socket that does not read is dropped when too much waits for it", async () => {
  const tracker = await openTracker({ queuedBytes: 64 * 1024 });
  const deaf = await openClient(tracker);
  await deaf.announce(announceOf(1));
  deaf.socket.pause();
  const talker = await openClient(tracker);
  const sdp = "x".repeat(30_000);
  await expect
    .poll(
      async () => {
        for (let time = 0; time < 20; time++)
          await talker.announce(announceOf(2, { offers: [{ ...OFFER, sdp }] }));
        return tracker.store.counts(SWARM).leechers;
      },
      { timeout: 10_000 },
    )
    .toBe(1);
});

test("a WebSocket at any other path is refused", async () => {
  const { url } = await openTracker();
  const socket = new WebSocket(`${url}/elsewhere`);
  const [error] = await once(socket, "error");
  expect(String(error)).toContain("404");
});

test("a socket that breaks the WebSocket protocol harms nobody else", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  const { port } = new URL(tracker.url);
  const raw = connect(Number(port), "127.0.0.1");
  raw.write(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(raw, "data");
  raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await once(raw, "close");
  expect(await client.announce(announceOf(1))).toMatchObject({ type: "announceReply" });
});

test("when the tracker stops, clients are told", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  const closed = closing(client);
  await cleanUps.shift()?.();
  expect(await closed).toEqual([1001, "the tracker is stopping"]);
});
