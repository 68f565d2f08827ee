import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { encodeBencode } from "#shared/base/bencode.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { ManualClock } from "../peer.test-support.ts";
import { DhtSocket, MAX_PACKETS_PER_SECOND, MAX_SENT_BYTES } from "./dht-socket.ts";

const HOST = "127.0.0.1";

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  return socket;
}

/** A guarded socket and, on the other side, a plain one that records the lengths it receives. */
async function newPair(mayBePrivate = true) {
  const [inner, bare] = [await bound(), await bound()];
  const clock = new ManualClock();
  const socket = new DhtSocket(inner, { clock, mayBePrivate, release: () => inner.close() });
  let count = 0;
  inner.on("message", () => {
    count += 1;
  });
  closings.push(() => socket.close());
  closings.push(() => bare.close());
  const received: number[] = [];
  bare.on("message", (packet) => received.push(packet.length));
  const send = (bytes: number, host = HOST): void =>
    socket.send(new Uint8Array(bytes), 0, bytes, bare.address().port, host, () => {});
  return { socket, bare, clock, received, send, port: inner.address().port, arrived: () => count };
}

const PING = encodeBencode(
  new Map<string, string | ReadonlyMap<string, string>>([
    ["t", "aa"],
    ["y", "q"],
    ["q", "ping"],
    ["a", new Map([["id", "i".repeat(20)]])],
  ]),
);

test("a message that makes the library throw does no harm", async () => {
  const { socket, bare, port } = await newPair();
  let heard = 0;
  socket.on("message", () => {
    heard += 1;
    throw new TypeError("equals is not a function");
  });
  bare.send(PING, port, HOST);
  bare.send("nonsense", port, HOST);
  bare.send(PING, port, HOST);
  await eventually(() => expect(heard).toBe(2));
});

test("the number of packets read in a second is limited", async () => {
  const { socket, bare, clock, port, arrived } = await newPair();
  let heard = 0;
  socket.on("message", () => {
    heard += 1;
  });
  for (let count = 0; count < MAX_PACKETS_PER_SECOND + 50; count++) {
    bare.send(PING, port, HOST);
    if (count % 50 === 49) await eventually(() => expect(arrived()).toBe(count + 1)); // Else some might be lost.
  }
  expect(heard).toBe(MAX_PACKETS_PER_SECOND);
  clock.pass(1_000);
  bare.send(PING, port, HOST);
  await eventually(() => expect(heard).toBe(MAX_PACKETS_PER_SECOND + 1));
});

test("it does not send a packet that might be fragmented", async () => {
  const { received, send } = await newPair();
  send(MAX_SENT_BYTES + 1);
  send(MAX_SENT_BYTES);
  await eventually(() => expect(received).toEqual([MAX_SENT_BYTES]));
});

test("it sends nothing to port 0, which nodes may name", async () => {
  const { socket } = await newPair();
  let sent = false;
  socket.send(new Uint8Array(10), 0, 10, 0, HOST, () => {
    sent = true;
  });
  expect(sent).toBe(false);
});

test("nodes of the public DHT cannot send us into private networks", async () => {
  const { socket, received, send } = await newPair(false);
  for (const host of ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.1.1", "0.0.0.0"])
    expect(socket.mayLeadTo(host), host).toBe(false);
  expect(socket.mayLeadTo("198.51.100.1")).toBe(true);
  send(10);
  const other = await newPair();
  other.send(20);
  await eventually(() => expect(other.received).toEqual([20]));
  expect(received).toEqual([]);
});

test("no DHT, public or private, can make us send to a multicast or broadcast address", async () => {
  const { socket } = await newPair();
  for (const host of ["224.0.0.1", "239.192.152.143", "255.255.255.255", "example.org"])
    expect(socket.mayLeadTo(host), host).toBe(false);
  expect(socket.mayLeadTo("192.168.1.1")).toBe(true);
});

test("a closed socket sends and receives nothing, and may be closed twice", async () => {
  const { socket, received, send } = await newPair();
  socket.close();
  socket.close();
  send(10);
  const other = await newPair();
  other.send(20);
  await eventually(() => expect(other.received).toEqual([20]));
  expect(received).toEqual([]);
});
