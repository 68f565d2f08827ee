import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import { testAnnounce, testInfoHash, testOfferId, testOffers } from "../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import {
  answerTo,
  closing,
  type Harness,
  type HarnessOptions,
  openClient as openClientUntil,
  openTracker as openTrackerUntil,
  type TestClient,
} from "./transport.test-support.ts";

const SWARM = testInfoHash(1);
const openTracker = (options?: HarnessOptions) =>
  openTrackerUntil(new MemorySwarmStore(), onTestFinished, options);
const openClient = (tracker: Pick<Harness, "url">) => openClientUntil(tracker, onTestFinished);

test("the tracker reads a message of 64 KiB; a longer one closes the socket", async () => {
  const client = await openClient(await openTracker());
  const text = encodeAnnounce(testAnnounce(1));
  expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
  client.socket.send(text.padEnd(64 * 1024));
  expect(await client.next()).toMatchObject({ type: "announceReply" });
  client.socket.send(text.padEnd(64 * 1024 + 1));
  expect(await closing(client)).toEqual([1009, ""]);
});

test("the tracker puts a message together from 20 frames; more close the socket", async () => {
  const client = await openClient(await openTracker());
  const send = (text: string, frames: number): void => {
    const bytes = Math.ceil(text.length / frames);
    for (let at = 0; at < frames; at++)
      client.socket.send(text.slice(at * bytes, (at + 1) * bytes), { fin: at === frames - 1 });
  };
  const text = encodeAnnounce(testAnnounce(1)).padEnd(64 * 1024);
  for (const frames of [17, 20]) {
    send(text, frames);
    expect(await client.next()).toMatchObject({ type: "announceReply" });
  }
  send(text, 21);
  expect(await closing(client)).toEqual([1008, ""]);
});

test("a frame that comes byte by byte closes the socket", async () => {
  const { url } = await openTracker({ maxFramePieces: 10 });
  const client = await openClient({ url });
  const closed = closing(client);
  // The socket's own stream, as no client sends half a frame.
  const { _socket: stream } = client.socket as unknown as { readonly _socket: Socket };
  const head = Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0]);
  stream.setNoDelay(true).write(head);
  while (client.socket.readyState === WebSocket.OPEN) {
    stream.write("a");
    await setImmediate();
  }
  expect(await closed).toEqual([1008, ""]);
});

test("offers beyond the limit per announce are ignored", async () => {
  const tracker = await openTracker();
  const others: TestClient[] = [];
  for (let peer = 1; peer <= 12; peer++) {
    const other = await openClient(tracker);
    await other.announce(testAnnounce(peer % 10));
    others.push(other);
  }
  const client = await openClient(tracker);
  const offers = testOffers(...Array.from({ length: 12 }, (_, at) => at));
  await client.announce(testAnnounce(9, { offers }));
  const handed = (await Promise.all(others.map((other) => other.drain()))).flat();
  expect(handed).toHaveLength(10);
});

test("announces and scrapes beyond the limit are refused until the minute is over; answers do not count", async () => {
  const tracker = await openTracker({ maxAnnouncesPerMinute: 3 });
  const client = await openClient(tracker);
  for (let time = 0; time < 10; time++) client.socket.send(answerTo(2, 1));
  await client.announce(testAnnounce(1));
  await client.announce(testAnnounce(1, { event: "update" }));
  client.socket.send(encodeScrape([SWARM]));
  expect(await client.next()).toMatchObject({ type: "scrapeReply" });
  expect(await client.announce(testAnnounce(1))).toMatchObject({
    type: "failure",
    action: "announce",
    infoHash: SWARM,
    reason: expect.stringMatching(/3 times a minute; announce again in (60|[1-5]?\d) s$/),
    code: "tooEarly",
    retryIn: 60,
  });
  client.socket.send(encodeScrape([SWARM]));
  expect(await client.next()).toMatchObject({ type: "failure", action: "scrape", infoHash: SWARM });
  tracker.advance(60_000);
  expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});

test.each([
  ["messages that cannot be read", () => "garbage"],
  ["answers that nobody waits for", () => answerTo(2, 1)],
  ["announces that are refused", () => encodeAnnounce(testAnnounce(1))],
])("%s close the socket when there are too many in a minute", async (_, message) => {
  const tracker = await openTracker({ maxAnnouncesPerMinute: 1, maxUselessPerMinute: 3 });
  const client = await openClient(tracker);
  for (let time = 0; time < 5; time++) client.socket.send(message());
  expect(await closing(client)).toEqual([1008, "too many useless messages (limit: 3 a minute)"]);
});

test("a socket has a limit of torrents", async () => {
  const tracker = await openTracker({ maxSwarmsPerMember: 2 });
  const client = await openClient(tracker);
  await client.announce(testAnnounce(1));
  await client.announce(testAnnounce(1, { infoHash: testInfoHash(2) }));
  expect(await client.announce(testAnnounce(1, { infoHash: testInfoHash(3) }))).toMatchObject({
    type: "failure",
    infoHash: testInfoHash(3),
  });
  expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});

test("an address has a limit of sockets, and may open another when one closes", async () => {
  const tracker = await openTracker({ maxSocketsPerNetwork: 2, countsLoopback: true });
  const first = await openClient(tracker);
  await openClient(tracker);
  const third = await openClient(tracker);
  expect(await closing(third)).toEqual([1008, "too many sockets from this address (limit: 2)"]);
  first.socket.close();
  await once(first.socket, "close");
  const fourth = await openClient(tracker);
  expect(await fourth.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});

test("sockets behind a trusted proxy count towards the address that it names", async () => {
  const tracker = await openTracker({ maxSocketsPerNetwork: 1 });
  const openFrom = (address: string) => openClientUntil(tracker, onTestFinished, address);
  const first = await openFrom("192.0.2.1");
  expect(await closing(await openFrom("192.0.2.1:4711"))).toEqual([
    1008,
    "too many sockets from this address (limit: 1)",
  ]);
  const other = await openFrom("192.0.2.2");
  for (const client of [first, other])
    expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});

test("loopback may have any number of sockets", async () => {
  const tracker = await openTracker({ maxSocketsPerNetwork: 2 });
  const clients = await Promise.all([1, 2, 3].map(() => openClient(tracker)));
  for (const client of clients) {
    expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
  }
});

test("a socket that answers pings stays; one that does not is dropped with its entries", async () => {
  const tracker = await openTracker({ pingMillis: 400 });
  const living = await openClient(tracker);
  await living.announce(testAnnounce(1));
  const dead = new WebSocket(tracker.url, { autoPong: false });
  onTestFinished(() => dead.terminate());
  await once(dead, "open");
  dead.send(encodeAnnounce(testAnnounce(2)));
  await once(dead, "message");
  expect(tracker.store.counts(SWARM).leechers).toBe(2);
  await once(dead, "close");
  await expect.poll(() => tracker.store.counts(SWARM).leechers).toBe(1);
  expect(living.socket.readyState).toBe(WebSocket.OPEN);
});

test("a socket that does not read is dropped when too much is queued for it", async () => {
  const tracker = await openTracker({ maxQueuedBytes: 64 * 1024 });
  const deaf = await openClient(tracker);
  await deaf.announce(testAnnounce(1));
  deaf.socket.pause();
  const talker = await openClient(tracker);
  const sdp = "x".repeat(30_000);
  await expect
    .poll(
      async () => {
        for (let time = 0; time < 20; time++)
          await talker.announce(testAnnounce(2, { offers: [{ offerId: testOfferId(7), sdp }] }));
        return tracker.store.counts(SWARM).leechers;
      },
      { timeout: 10_000 },
    )
    .toBe(1);
});

test("a client that reads slowly loses offers of others, and not its socket", async () => {
  const tracker = await openTracker({ maxQueuedBytesForOffers: 64 * 1024 });
  const slow = await openClient(tracker);
  await slow.announce(testAnnounce(1));
  slow.socket.pause();
  const talker = await openClient(tracker);
  const offers = [{ offerId: testOfferId(7), sdp: "x".repeat(30_000) }];
  while (tracker.counters.droppedOffers < 50) await talker.announce(testAnnounce(2, { offers }));
  slow.socket.resume();
  const messages = await slow.drain();
  expect(messages.every(({ type }) => type === "offer")).toBe(true);
  expect(await slow.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
});
