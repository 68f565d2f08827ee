import { createSocket, type Socket } from "node:dgram";
import { on, once } from "node:events";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { encodeUdpReply, encodeUdpRequest, parseUdpReply, type UdpReply } from "#shared/announce/udp.ts";
import { millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import {
  testAddress,
  testAddressAnnounce,
  testAnnounce,
  testInfoHash,
  testIp,
  testMemberKey,
  testTracker,
} from "../core/tracker.test-support.ts";
import { announce } from "../core/tracker.ts";
import { MAX_UDP_REPLY_BYTES } from "../limits/udp.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { ConnectionIds } from "./connection-ids.ts";
import { TrackerCounters } from "./counters.ts";
import { MinuteCounts } from "./minute-counts.ts";
import { openUdp, type UdpOptions } from "./udp.ts";
import { answerUdpRequest } from "./udp-tracker.ts";

const SWARM = testInfoHash(1);
const STUN_REQUEST = Buffer.from("000100002112a442b7e7a701bc34d686fa87dfae", "hex");
const TRANSACTION = 0xfeed_beef;

function options(fields: Partial<UdpOptions> = {}): UdpOptions {
  return {
    log: pino({ level: "silent" }),
    stun: true,
    counters: new TrackerCounters(),
    tracker: testTracker(new MemorySwarmStore()),
    now: () => millis(1_000),
    minuteCounts: new MinuteCounts(1_000),
    unprovedCounts: new MinuteCounts(1_000),
    connectionIds: new ConnectionIds(new Uint8Array(32), () => Date.now()),
    networkOf: () => undefined,
    machineIp: () => undefined,
    ...fields,
  };
}

interface TestUdpClient {
  /** Sends a packet and returns the answer to it. */
  ask(packet: Uint8Array): Promise<UdpReply>;
  send(packet: Uint8Array): void;
  connect(): Promise<bigint>;
  /** Waits until everything sent before has been read. */
  settled(): Promise<void>;
}

const HOSTS = { 4: "127.0.0.1", 6: "::1" };

async function open(family: 4 | 6, fields: Partial<UdpOptions> = {}): Promise<() => Promise<TestUdpClient>> {
  const reserved = await bound(family);
  const { port } = reserved.address();
  reserved.close();
  const server = await openUdp(HOSTS[family], port, options(fields));
  onTestFinished(() => server.close());
  return async () => {
    const socket = await bound(family);
    onTestFinished(() => void socket.close());
    const send = (packet: Uint8Array): void => socket.send(packet, port, HOSTS[family]);
    const ask = async (packet: Uint8Array): Promise<UdpReply> => {
      const answered = once(socket, "message");
      send(packet);
      const [answer] = await answered;
      return parseUdpReply(answer, family);
    };
    const connect = async (): Promise<bigint> => {
      const reply = await ask(encodeUdpRequest({ type: "connect", transactionId: TRANSACTION }));
      if (reply.type !== "connectReply") throw new Error("no connection id");
      return reply.connectionId;
    };
    let settledCount = 0;
    const settled = async (): Promise<void> => {
      const transactionId = ++settledCount;
      send(encodeUdpRequest({ type: "connect", transactionId }));
      for await (const [answer] of on(socket, "message"))
        if (answer.readUInt32BE(4) === transactionId && answer.readUInt32BE(0) === 0) return;
    };
    return { ask, send, connect, settled };
  };
}

async function bound(family: 4 | 6): Promise<Socket> {
  const socket = createSocket(family === 4 ? "udp4" : "udp6");
  socket.bind(0, HOSTS[family]);
  await once(socket, "listening");
  return socket;
}

const announcePacket = (connectionId: bigint, peer: number, fields = {}, urlData = ""): Uint8Array =>
  encodeUdpRequest({
    type: "announce",
    transactionId: TRANSACTION,
    connectionId,
    announce: testAddressAnnounce(peer, { peersWanted: 50, ...fields }),
    urlData,
  });

const scrapePacket = (connectionId: bigint, ...digits: number[]): Uint8Array =>
  encodeUdpRequest({
    type: "scrape",
    transactionId: TRANSACTION,
    connectionId,
    infoHashes: digits.map(testInfoHash),
  });

test.each([4, 6] as const)("over IPv%i peers announce, find each other, scrape and leave", async (family) => {
  const openClient = await open(family);
  const client = await openClient();
  const id = await client.connect();
  expect(await client.ask(announcePacket(id, 1, { port: 7001, left: 0, event: "completed" }))).toMatchObject({
    type: "announceReply",
    transactionId: TRANSACTION,
    intervalSeconds: 600,
    seeders: 1,
    leechers: 0,
    peers: [],
  });
  expect(await client.ask(announcePacket(id, 2, { port: 7002 }))).toMatchObject({
    seeders: 1,
    leechers: 1,
    peers: [testAddress(HOSTS[family], 7001)],
  });
  expect(await client.ask(scrapePacket(id, 1, 2, 1))).toEqual({
    type: "scrapeReply",
    transactionId: TRANSACTION,
    swarms: [1, 0, 1].map((seeders) => ({ seeders, leechers: seeders, downloaded: seeders })),
  });
  expect(await client.ask(announcePacket(id, 2, { port: 7002, event: "stopped" }))).toMatchObject({
    seeders: 1,
    leechers: 0,
    peers: [],
  });
});

test("path and query of the tracker's URL change nothing (BEP 41)", async () => {
  const client = await (await open(4))();
  const id = await client.connect();
  expect(await client.ask(announcePacket(id, 1, {}, "/announce?x=1"))).toMatchObject({ leechers: 1 });
  const broken = Buffer.concat([announcePacket(id, 1), Buffer.from([2, 200, 47])]);
  expect(await client.ask(broken)).toMatchObject({ leechers: 1 });
});

test("STUN is answered beside announces, unless it is turned off", async () => {
  const stunless = await (await open(4, { stun: false }))();
  stunless.send(STUN_REQUEST);
  await stunless.connect(); // The first answer is the one to this.
  const client = await (await open(4))();
  await expect(client.ask(STUN_REQUEST)).rejects.toThrow("not a tracker's");
  await client.connect();
});

test("what a client does wrong gets an error, as long as its connection id allows", async () => {
  const client = await (await open(4))();
  const id = await client.connect();
  const malformed = announcePacket(id, 1).slice(0, 97);
  expect(await client.ask(malformed)).toMatchObject({ type: "failure", transactionId: TRANSACTION });
  expect(await client.ask(announcePacket(id, 1, { port: 0 }))).toMatchObject({
    reason: "port must be a number from 1 to 65535",
  });
  const tooShort = scrapePacket(id).slice(0, 16);
  expect(await client.ask(tooShort)).toMatchObject({
    reason: "a scrape must name 1 to 74 torrents of 20 bytes each",
  });
  expect(await client.ask(announcePacket(id + 1n, 1))).toMatchObject({
    reason: "the connection id is wrong or has expired; ask for a new one",
  });
});

test("a network over its limit of announces is told so, whatever it sends them over", async () => {
  const minuteCounts = new MinuteCounts(2);
  const counters = new TrackerCounters();
  const client = await (await open(4, { counters, minuteCounts, networkOf: (ip) => ip }))();
  const id = await client.connect();
  minuteCounts.allows(testIp("127.0.0.1"), millis(1_000)); // As over HTTP.
  expect(await client.ask(announcePacket(id, 1))).toMatchObject({ type: "announceReply" });
  expect(await client.ask(scrapePacket(id, 1))).toMatchObject({
    type: "failure",
    reason: "your address announces more than 2 times a minute; announce again in 59 s",
  });
  expect(await client.ask(announcePacket(id, 1, { port: 0 }))).toMatchObject({ type: "failure" });
  expect(counters).toMatchObject({
    announces: { udp: { ipv4: { answered: 1, refused: 0 } } },
    scrapes: { udp: { answered: 0, refused: 1 } },
    malformed: { udp: 1 },
  });
});

test("a forged address takes nothing from its owner's limit of announces, and gets a bounded number of answers", () => {
  const networkOf = (ip: string): string => ip;
  const minuteCounts = new MinuteCounts(1);
  const ip = testIp("192.0.2.1");
  const limited = options({ networkOf, minuteCounts, unprovedCounts: new MinuteCounts(10) });
  const answers = Array.from({ length: 50 }, () => answerUdpRequest(limited, announcePacket(7n, 1), ip));
  expect(answers.filter((answer) => answer !== undefined)).toHaveLength(10);
  const id = limited.connectionIds.issue(ip);
  expect(
    parseUdpReply(answerUdpRequest(limited, announcePacket(id, 1), ip) ?? new Uint8Array(), 4).type,
  ).toBe("announceReply");
});

test("no answer to an address that is not proved is longer than its packet", () => {
  const ip = testIp("192.0.2.1");
  const server = options();
  const connect = encodeUdpRequest({ type: "connect", transactionId: TRANSACTION });
  const requests = [
    connect,
    announcePacket(7n, 1),
    scrapePacket(7n, 1),
    scrapePacket(7n, ...Array(74).fill(1)),
  ];
  for (const request of requests) {
    for (let length = 0; length <= request.length; length++) {
      const answer = answerUdpRequest(server, request.subarray(0, length), ip);
      expect(answer?.length ?? 0).toBeLessThanOrEqual(length);
      expect(answer === undefined).toBe(length < 16);
    }
  }
});

test("no answer is itself a packet that gets one, so two trackers cannot be set on each other", () => {
  const server = options();
  const ip = testIp("192.0.2.1");
  for (const reason of ["\0\0\0\x01 odd", "x".repeat(60)]) {
    const failure = encodeUdpReply({ type: "failure", transactionId: 1, reason });
    const answer = answerUdpRequest(server, failure, ip);
    expect(answer === undefined || answer.length <= failure.length).toBe(true);
  }
  const answer = answerUdpRequest(server, announcePacket(7n, 1), ip) ?? new Uint8Array();
  expect(answerUdpRequest(server, answer, ip)).toBeUndefined();
});

test("a reply fits into one packet however many peers there are", () => {
  const server = options({ networkOf: () => undefined });
  const tracker = { ...server.tracker, maxPeersPerReply: 200 };
  const ask = (address: string, port: number): number => {
    const ip = testIp(address);
    const packet = announcePacket(server.connectionIds.issue(ip), port % 10, {
      port,
      peersWanted: undefined,
    });
    const everything = Buffer.from(packet);
    everything.writeInt32BE(200, 92); // numwant
    return answerUdpRequest({ ...server, tracker }, everything, ip)?.length ?? 0;
  };
  for (let port = 1; port <= 300; port++) {
    ask("192.0.2.1", port);
    ask("2001:db8::1", port);
  }
  expect(ask("192.0.2.1", 301)).toBe(20 + 200 * 6);
  expect(ask("2001:db8::1", 301)).toBe(20 + 67 * 18);
  expect(20 + 67 * 18).toBeLessThanOrEqual(MAX_UDP_REPLY_BYTES);
});

test("a peer with an IPv4 and an IPv6 address over UDP, and with a socket, is one peer", () => {
  const server = options();
  const announceFrom = (address: string, port: number): UdpReply => {
    const ip = testIp(address);
    const packet = announcePacket(server.connectionIds.issue(ip), 1, { port });
    return parseUdpReply(answerUdpRequest(server, packet, ip) ?? new Uint8Array(), 4);
  };
  announceFrom("192.0.2.1", 7001);
  announceFrom("2001:db8::1", 7001);
  announce(server.tracker, millis(1_000), testMemberKey("1"), testAnnounce(1));
  expect(server.tracker.store.counts(SWARM)).toMatchObject({ seeders: 0, leechers: 1 });
});

test("10,000 random and truncated packets leave the tracker in order", { timeout: 30_000 }, async () => {
  const store = new MemorySwarmStore();
  const openClient = await open(4, { tracker: testTracker(store) });
  const client = await openClient();
  const id = await client.connect();
  const random = seededRandom(15);
  for (let count = 0; count < 10_000; count++) {
    client.send(oddPacket(id, random.below(6), (bound) => random.below(bound), random.bytes(120)));
    if (count % 50 === 49) await client.settled(); // So that none is lost on the way.
  }
  const after = await openClient();
  const fresh = await after.connect();
  expect(await after.ask(announcePacket(fresh, 1, { infoHash: testInfoHash(5) }))).toMatchObject({
    type: "announceReply",
    leechers: 1,
  });
});

function oddPacket(
  id: bigint,
  kind: number,
  below: (bound: number) => number,
  noise: Uint8Array,
): Uint8Array {
  const whole = kind % 2 === 0 ? announcePacket(id, 1, {}, "/a?b") : scrapePacket(id, 1, 2, 3);
  if (kind < 2) return whole.subarray(0, below(whole.length)); // Truncated.
  if (kind === 5) return noise.subarray(0, 1 + below(noise.length));
  const changed = Uint8Array.from(whole);
  for (let change = 0; change < 4; change++) changed[16 + below(changed.length - 16)] = noise[change] ?? 0;
  return kind === 4 ? changed : changed.subarray(0, 16 + below(changed.length - 16));
}
