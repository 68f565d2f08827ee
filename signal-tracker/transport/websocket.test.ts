import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { Decision } from "../accounts/admission.ts";
import { Endings } from "../accounts/endings.ts";
import {
  testAnnounce,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testOffers,
  testPeerId,
} from "../core/tracker.test-support.ts";
import { OFFER_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";
import { SocketGate } from "./socket-gate.ts";
import {
  answerTo,
  closing,
  type Harness,
  type HarnessOptions,
  openClient as openClientUntil,
  openTracker as openTrackerUntil,
} from "./transport.test-support.ts";

const SWARM = testInfoHash(1);
const openTracker = (options?: HarnessOptions) =>
  openTrackerUntil(new MemorySwarmStore(), onTestFinished, options);
const openClient = (tracker: Pick<Harness, "url">) => openClientUntil(tracker, onTestFinished);

test("two clients are introduced to each other, at / and at /announce", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  const offerer = await openClient({ url: `${tracker.url}/announce?auth=1` });
  expect(await answerer.announce(testAnnounce(1))).toMatchObject({
    type: "announceReply",
    intervalSeconds: 120,
  });
  expect(await offerer.announce(testAnnounce(2, { offers: testOffers(7), left: 0 }))).toMatchObject({
    seeders: 1,
    leechers: 1,
  });
  const offerId = testOfferId(7);
  const sdp = "offer 7";
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

test("the tracker sends nothing unasked: an answer gets no reply, and others get nothing when a peer joins", async () => {
  const tracker = await openTracker();
  const first = await openClient(tracker);
  await first.announce(testAnnounce(1));
  const second = await openClient(tracker);
  await second.announce(testAnnounce(2));
  first.socket.send(answerTo(2, 1));
  expect(await first.drain()).toEqual([]);
  expect(await second.drain()).toEqual([]);
});

test("an answer is dropped, and the socket stays, unless it comes once, in time, from the member that got the offer", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  await answerer.announce(testAnnounce(1));
  const offerer = await openClient(tracker);
  await offerer.announce(testAnnounce(2, { offers: testOffers(7) }));
  await answerer.next();

  const impostor = await openClient(tracker);
  await impostor.announce(testAnnounce(1));
  impostor.socket.send(answerTo(2, 1));
  expect(await impostor.drain()).toEqual([]);

  answerer.socket.send(answerTo(2, 1));
  answerer.socket.send(answerTo(2, 1));
  expect(await answerer.drain()).toEqual([]);
  expect(await offerer.drain()).toMatchObject([{ type: "answer" }]);

  impostor.socket.terminate();
  await once(impostor.socket, "close");
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(2);
  await offerer.announce(testAnnounce(2, { offers: testOffers(7) }));
  await answerer.next();
  tracker.advance(OFFER_LIFETIME_MILLIS);
  answerer.socket.send(answerTo(2, 1));
  await answerer.drain();
  expect(await offerer.drain()).toEqual([]);
});

test("an answer to a peer that has left is dropped, and the answerer keeps its socket", async () => {
  const tracker = await openTracker();
  const answerer = await openClient(tracker);
  await answerer.announce(testAnnounce(1));
  const offerer = await openClient(tracker);
  await offerer.announce(testAnnounce(2, { offers: testOffers(7) }));
  await answerer.next();
  offerer.socket.close();
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(1);
  answerer.socket.send(answerTo(2, 1));
  expect(await answerer.drain()).toEqual([]);
});

test("an entry belongs to its socket: an older socket with the same peer id removes only its own", async () => {
  const tracker = await openTracker();
  const older = await openClient(tracker);
  await older.announce(testAnnounce(1));
  const newer = await openClient(tracker);
  expect(await newer.announce(testAnnounce(1))).toMatchObject({ seeders: 0, leechers: 1 });
  older.socket.terminate();
  const other = await openClient(tracker);
  await expect
    .poll(() => tracker.store.sampleSockets(SWARM, 9, testMemberKey("nobody"), seededRandom(1)).length)
    .toBe(1);
  await other.announce(testAnnounce(2, { offers: testOffers(7) }));
  expect(await newer.next()).toMatchObject({ type: "offer" });
});

test("a stop gets a reply and counts at once", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  await client.announce(testAnnounce(1, { left: 0 }));
  expect(await client.announce(testAnnounce(1, { event: "stopped" }))).toMatchObject({
    seeders: 0,
    leechers: 0,
  });
});

test("a scrape gets the counts of the swarms it names", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  await client.announce(testAnnounce(1, { event: "completed", left: 0 }));
  client.socket.send(encodeScrape([SWARM, testInfoHash(2)]));
  expect(await client.next()).toEqual({
    type: "scrapeReply",
    swarms: new Map([
      [SWARM, { seeders: 1, leechers: 0, downloaded: 1 }],
      [testInfoHash(2), { seeders: 0, leechers: 0, downloaded: 0 }],
    ]),
  });
});

test("an unreadable message gets a reply with action, torrent and reason, and the socket stays", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  const raw = (text: string | Buffer): Promise<unknown> => {
    client.socket.send(text, { binary: false });
    return once(client.socket, "message").then(([data]) => JSON.parse(String(data)));
  };
  const hash = "\u0011".repeat(20); // testInfoHash(1) on the wire.
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

test("what would make others hang up is not relayed, and its sender hears why", async () => {
  const tracker = await openTracker();
  const [victim, attacker] = [await openClient(tracker), await openClient(tracker)];
  await victim.announce(testAnnounce(1));
  const bytes = Buffer.from(encodeAnnounce(testAnnounce(2, { offers: testOffers(7) })));
  bytes[bytes.indexOf("offer 7")] = 0xff;
  attacker.socket.send(bytes, { binary: false });
  expect(await attacker.next()).toMatchObject({ type: "failure", reason: expect.stringContaining("UTF-8") });
  expect(await victim.drain()).toEqual([]);
});

test("what a client gets in one turn of the event loop leaves in one write", async () => {
  const tracker = await openTracker();
  const port = Number(new URL(tracker.url).port);
  const stream = connect(port, "127.0.0.1");
  const socket = new WebSocket(tracker.url, { createConnection: () => stream });
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  const writes = [vi.spyOn(Socket.prototype, "_write"), vi.spyOn(Socket.prototype, "_writev")];
  onTestFinished(() => void vi.restoreAllMocks());
  stream.cork(); // The tracker reads all three at once.
  for (const digit of [1, 2, 3])
    socket.send(encodeAnnounce(testAnnounce(1, { infoHash: testInfoHash(digit) })));
  stream.uncork();
  let replies = 0;
  socket.on("message", () => {
    replies += 1;
  });
  await expect.poll(() => replies).toBe(3);
  const writers = writes.flatMap(({ mock }) => mock.contexts as Socket[]);
  expect(writers.filter(({ localPort }) => localPort === port)).toHaveLength(1);
});

test("a client that reads late gets every message as it was sent", async () => {
  const tracker = await openTracker({
    maxQueuedBytes: 64 * 1024 ** 2,
    maxQueuedBytesForOffers: 64 * 1024 ** 2,
  });
  const late = await openClient(tracker);
  await late.announce(testAnnounce(1));
  late.socket.pause();
  const talker = await openClient(tracker);
  const sdpOf = (number: number): string => String.fromCharCode(0x61 + (number % 26)).repeat(30_000);
  const numbers = Array.from({ length: 500 }, (_, at) => at); // 15 MB: more than the system takes.
  for (const number of numbers)
    await talker.announce(
      testAnnounce(2, { offers: [{ offerId: testOfferId(number), sdp: sdpOf(number) }] }),
    );
  late.socket.resume();
  for (const number of numbers)
    expect(await late.next()).toMatchObject({ offerId: testOfferId(number), sdp: sdpOf(number) });
});

test("a binary message is read like text", async () => {
  const client = await openClient(await openTracker());
  client.socket.send(Buffer.from(encodeAnnounce(testAnnounce(1))));
  expect(await client.next()).toMatchObject({ type: "announceReply" });
});

test("a WebSocket at any other path is refused", async () => {
  const { url } = await openTracker();
  const socket = new WebSocket(`${url}/elsewhere`);
  const [error] = await once(socket, "error");
  expect(String(error)).toContain("404");
});

test("a socket that breaks the WebSocket protocol does not affect others", async () => {
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
  expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});

test("a stopping tracker tells its clients", async () => {
  const tracker = await openTracker();
  const client = await openClient(tracker);
  const closed = closing(client);
  await tracker.close();
  expect(await closed).toEqual([1001, "the tracker is stopping"]);
});

test("whoever's log-in is still looked up when the tracker stops is refused, as everybody who comes later", async () => {
  let decide = (_: Decision): void => {};
  const asked = vi.fn(
    () =>
      new Promise<Decision>((resolve) => {
        decide = resolve;
      }),
  );
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({ publicUrl: undefined, allowedOrigins: [], proxies });
  const admission = { byKey: asked, bySession: asked, again: asked };
  const tracker = await openTracker({
    gate: new SocketGate({ admission, endings: new Endings(), origins, proxies }),
  });
  const socket = new WebSocket(tracker.url);
  await eventually(() => expect(asked).toHaveBeenCalledOnce());
  const drained = tracker.drain();
  decide({ type: "refused", code: undefined, reason: "unavailable", retryIn: 60 });
  const [, answer] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(answer.statusCode).toBe(503);
  await drained;
});
