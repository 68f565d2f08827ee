import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import { parseIp } from "#shared/base/ip.ts";
import { Observed, type OpenPair, testLinkContract, until } from "./link-contract.test-support.ts";
import { CONNECT_MILLIS, dialTcp, LINGER_MILLIS, LOW_WATER_BYTES } from "./tcp.ts";
import { listenTcp } from "./tcp-listener.ts";

const MIB = 1024 * 1024;

const ends: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const end of ends.splice(0)) end();
});

describe.each(["127.0.0.1", "::1"])("a TCP link to %s", (host) => {
  testLinkContract(() => openPair(host), 16 * MIB);
});

test("bytes sent before a close arrive", async () => {
  const { near, far } = await openPair("127.0.0.1");
  near.send(new Uint8Array(1000));
  near.link?.close();
  await until(() => far.told.length > 1);
  expect(far.receivedBytes).toBe(1000);
});

test("a closed port reports noRoute", async () => {
  const { port, server } = await rawListener(() => {});
  server.close();
  await once(server, "close");
  const near = dial("127.0.0.1", port);
  await until(() => near.told.length > 0);
  near.link?.close();
  expect(near.told).toEqual(["ended: noRoute"]);
});

test("an impossible address reports noRoute, and nothing throws", async () => {
  const near = dial("255.255.255.255", 6881);
  expect(near.told).toEqual([]);
  await until(() => near.told.length > 0);
  expect(near.told).toEqual(["ended: noRoute"]);
});

test("a dial times out", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const near = dial("127.0.0.1", 9);
  vi.advanceTimersByTime(CONNECT_MILLIS - 1);
  expect(near.told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(near.told).toEqual(["ended: noRoute"]);
});

test("the timeout of its dial does not end an open link", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { near, far } = await openPair("127.0.0.1");
  vi.advanceTimersByTime(CONNECT_MILLIS * 2);
  near.send(new Uint8Array(5));
  await until(() => far.receivedBytes === 5);
  expect(near.told).toEqual(["opened"]);
});

test("a dial that is closed before it opens reports nothing more", async () => {
  const { port, sockets } = await rawListener(() => {});
  const near = dial("127.0.0.1", port);
  near.link?.close();
  expect(near.told).toEqual(["ended: undefined"]);
  const later = dial("127.0.0.1", port);
  await until(() => later.wasOpened && sockets.size > 0);
  expect(near.told).toEqual(["ended: undefined"]);
});

test("a paused reader holds up the queue, and gets the rest when it resumes", async () => {
  let received = 0;
  const { port, sockets } = await rawListener((socket) =>
    socket.pause().on("data", (b) => (received += b.length)),
  );
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);

  const piece = new Uint8Array(MIB);
  for (let sent = 0; sent < 64; sent += 1) near.send(piece); // More than any system's buffers.
  const probe = dial("127.0.0.1", port); // Several turns of the event loop.
  await until(() => probe.wasOpened);
  expect(near.drainedCount).toBe(0);

  for (const socket of sockets) socket.resume();
  await until(() => received === 64 * MIB);
  await until(() => near.queuedBytes === 0);
  expect(near.drainedCount).toBeGreaterThan(0);
});

test("it reports bytes as sent when the system has them, and not before", async () => {
  const { port, sockets } = await rawListener((socket) => socket.pause().on("data", () => {}));
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);
  const sent: number[] = [];
  for (let at = 0; at < 64; at++) near.link?.send(new Uint8Array(MIB), () => sent.push(at));
  await until(() => sent.length > 0);
  const probe = dial("127.0.0.1", port); // Several turns of the event loop.
  await until(() => probe.wasOpened);
  expect(sent.length).toBeLessThan(64);

  for (const socket of sockets) socket.resume();
  await until(() => sent.length === 64);
  expect(sent).toEqual(Array.from({ length: 64 }, (_, at) => at));
});

test("it does not report bytes as sent that it could not send", async () => {
  const { port, sockets } = await rawListener((socket) => socket.pause());
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);
  let sent = 0;
  for (let at = 0; at < 64; at++) near.link?.send(new Uint8Array(MIB), () => (sent += 1));
  await until(() => sent > 0);
  for (const socket of sockets) socket.resetAndDestroy();
  await until(() => near.told.length > 1);
  near.link?.send(new Uint8Array(1), () => (sent += 1));
  const probe = dial("127.0.0.1", port);
  await until(() => probe.wasOpened);
  expect(sent).toBeLessThan(64);
});

test("it asks for more while something is still queued", async () => {
  const queued: number[] = [];
  const { near } = await openPair("127.0.0.1");
  const drained = vi.spyOn(near.events, "drained").mockImplementation((bytes) => queued.push(bytes));
  for (let sent = 0; sent < 64; sent += 1) near.send(new Uint8Array(16_384));
  await until(() => queued.at(-1) === 0);
  drained.mockRestore();
  expect(Math.max(...queued)).toBeGreaterThan(0);
  expect(Math.max(...queued)).toBeLessThanOrEqual(LOW_WATER_BYTES);
});

test("queued bytes are the sender's own: nothing is copied before it is written", async () => {
  const chunks: Buffer[] = [];
  const { port } = await rawListener((socket) => socket.on("data", (bytes) => chunks.push(bytes)));
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened);
  const bytes = new Uint8Array([1, 2, 3]);
  near.send(bytes);
  bytes[1] = 9; // Callers must not do this; it shows whose bytes they are.
  await until(() => Buffer.concat(chunks).length === 3);
  expect([...Buffer.concat(chunks)]).toEqual([1, 9, 3]);
});

test("a dialled link reuses its buffer for the next read", async () => {
  const { port, sockets } = await rawListener((socket) => socket.write("first"));
  const lent: Uint8Array[] = [];
  const link = dialTcp(addressOf("127.0.0.1", port), {
    opened: () => {},
    nearby: () => {},
    arrived: (bytes) => lent.push(bytes),
    drained: () => {},
    ended: () => {},
  });
  ends.push(() => link.close());
  await until(() => lent.length === 1);
  expect(Buffer.from(lent[0] ?? []).toString()).toBe("first");
  for (const socket of sockets) socket.write("other");
  await until(() => lent.length === 2);
  expect(Buffer.from(lent[0] ?? []).toString()).toBe("other");
});

test("it dials from the chosen address", async () => {
  const callers: unknown[] = [];
  const { port } = await rawListener(({ remoteAddress }) => callers.push(remoteAddress));
  const near = new Observed();
  near.link = dialTcp(addressOf("127.0.0.1", port), near.events, { localAddress: "127.0.0.2", family: 4 });
  ends.push(() => near.link?.close());
  await until(() => near.wasOpened && callers.length > 0);
  expect(callers).toEqual(["127.0.0.2"]);
});

test("a peer that cannot be dialled from the chosen address reports noRoute", async () => {
  const near = new Observed();
  near.link = dialTcp(addressOf("::1", 6881), near.events, { localAddress: "127.0.0.2", family: 4 });
  await until(() => near.told.length > 0);
  expect(near.told).toEqual(["ended: noRoute"]);
});

test("two hundred links at once do not mix up their bytes", async () => {
  const { port } = await rawListener((socket) => socket.pipe(socket));
  const links = Array.from({ length: 200 }, () => dial("127.0.0.1", port));
  await until(() => links.every(({ wasOpened }) => wasOpened));
  for (const [at, near] of links.entries()) for (let n = 0; n < 10; n += 1) near.send(new Uint8Array(at));
  await until(() => links.every(({ receivedBytes }, at) => receivedBytes === at * 10));
});

test("a killed peer has left", async () => {
  const far = new Observed();
  const listener = await listenTcp({
    host: "127.0.0.1",
    port: 0,
    accepted: (_, accept) => {
      far.link = accept(far.events);
    },
  });
  ends.push(() => listener.close());
  const script = `require("node:net").connect(${listener.port}, "127.0.0.1").resume()`;
  const child: ChildProcess = spawn(process.execPath, ["-e", script]);
  ends.push(() => child.kill("SIGKILL"));
  await until(() => far.wasOpened);
  far.send(new Uint8Array(8 * MIB));
  child.kill("SIGKILL");
  await until(() => far.told.length > 1);
  expect(far.told).toEqual(["opened", "ended: theyLeft"]);
});

test("a peer that resets the link has left", async () => {
  const { port, sockets } = await rawListener(() => {});
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);
  for (const socket of sockets) socket.resetAndDestroy();
  await until(() => near.told.length > 1);
  expect(near.told).toEqual(["opened", "ended: theyLeft"]);
});

test("a peer that ends its side has left", async () => {
  const { port, sockets } = await rawListener(() => {}, { allowHalfOpen: true });
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);
  near.send(new Uint8Array(64 * MIB)); // Nobody reads it.
  for (const socket of sockets) socket.pause().end("bye");
  await until(() => near.told.length > 1);
  expect(near.receivedBytes).toBe(3);
  expect(near.told).toEqual(["opened", "ended: theyLeft"]);
});

test("a closed link's socket is gone in time, though the other side has not read everything", async () => {
  let received = 0;
  const { port, sockets } = await rawListener((socket) =>
    socket.pause().on("data", (b) => (received += b.length)),
  );
  const near = dial("127.0.0.1", port);
  await until(() => near.wasOpened && sockets.size > 0);
  near.send(new Uint8Array(64 * MIB));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  near.link?.close();
  for (const socket of sockets) socket.write("Wait!");
  const probe = dial("127.0.0.1", port); // Several turns of the event loop.
  await until(() => probe.wasOpened);
  vi.advanceTimersByTime(LINGER_MILLIS);
  const [socket] = sockets;
  const gone = once(socket as Socket, "close");
  socket?.resume();
  await gone;
  expect(received).toBeLessThan(64 * MIB);
  expect(near.receivedBytes).toBe(0);
});

function addressOf(host: string, port: number): PeerAddress {
  const ip = parseIp(host);
  if (ip === undefined) throw new Error(`bad test data: ${host}`);
  return peerAddress(ip, port);
}

function dial(host: string, port: number): Observed {
  const near = new Observed();
  near.link = dialTcp(addressOf(host, port), near.events);
  ends.push(() => near.link?.close());
  return near;
}

async function openPair(host: string): Promise<OpenPair> {
  const far = new Observed();
  const listener = await listenTcp({
    host,
    port: 0,
    accepted: (_, accept) => {
      far.link = accept(far.events);
    },
  });
  const near = dial(host, listener.port);
  await until(() => near.wasOpened && far.wasOpened);
  listener.close();
  return { near, far };
}

interface RawListener {
  readonly port: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/** The other side as a plain program. */
async function rawListener(
  connected: (socket: Socket) => void,
  options: { allowHalfOpen?: boolean } = {},
): Promise<RawListener> {
  const sockets = new Set<Socket>();
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    connected(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, server, sockets };
}
