import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash, PeerId } from "#shared/base/ids.ts";
import { decodeExtendedHandshake, OUR_EXCHANGE_ID } from "#shared/wire/extension.ts";
import { Framer } from "#shared/wire/framer.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";
import { decodeMessage, encodeMessage } from "#shared/wire/message.ts";
import { HeadlessPeer } from "./peer.ts";
import { deviceKind, sessionConfig } from "./session-config.ts";

const INFO_HASH = "ab".repeat(20) as InfoHash;
const { maxLinks, maxStrangers } = sessionConfig({}, undefined);

const sockets: Socket[] = [];
const peers: HeadlessPeer[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const peer of peers.splice(0)) await peer.close();
});

/** A headless peer in the swarm of a torrent without metadata. */
async function startPeer(exchange = true): Promise<HeadlessPeer> {
  const peer = await HeadlessPeer.start({
    tcp: { host: "127.0.0.1", port: 0, encryption: "allow" },
    rtc: false,
    exchange,
    iceServers: () => [],
    local: undefined,
    dht: undefined,
    rates: { up: undefined, down: undefined },
    trusted: new Set(),
    warn: expect.fail,
  });
  peers.push(peer);
  await peer.add({
    infoHash: INFO_HASH,
    displayName: undefined,
    metadata: undefined,
    trackers: [],
    select: () => undefined,
    open: () => Promise.reject(new Error("nothing is known of it")),
  });
  return peer;
}

function dial({ port = 0 }: HeadlessPeer, localAddress = "127.0.0.1"): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.resume();
  sockets.push(socket);
  return socket;
}

/** A new peer dials, sends a handshake for the torrent and says that it is interested. */
function greet(peer: HeadlessPeer, number: number, extended = false, localAddress?: string): Socket {
  const socket = dial(peer, localAddress);
  const peerId = number.toString(16).padStart(40, "0") as PeerId;
  socket.write(encodeHandshake({ infoHash: INFO_HASH, peerId, fast: true, extended }));
  socket.write(encodeMessage({ type: "interested" }));
  return socket;
}

const linkCount = (peer: HeadlessPeer): number => peer.view()[0]?.peers.length ?? 0;

test("it has two hundred links at once, refuses one more, and accepts it when another has left", async () => {
  expect(maxLinks).toBe(200);
  const peer = await startPeer();
  for (let count = 0; count < maxLinks; count++) {
    const answer = once(greet(peer, count), "data");
    if ((count + 1) % maxStrangers === 0) await answer;
  }
  await eventually(() => expect(linkCount(peer)).toBe(maxLinks));

  const late = greet(peer, maxLinks);
  await once(late, "close");
  expect(late.bytesRead).toBe(0);
  expect(linkCount(peer)).toBe(maxLinks);
  expect(sockets.filter(({ closed }) => closed)).toEqual([late]);

  sockets[0]?.end();
  await eventually(() => expect(linkCount(peer)).toBe(maxLinks - 1));
  await once(greet(peer, maxLinks), "data");
  expect(linkCount(peer)).toBe(maxLinks);
});

// Other systems have no second address of their own.
test.skipIf(process.platform !== "linux")(
  "a newcomer from another address gets a link though one address holds all of them",
  async () => {
    const peer = await startPeer();
    for (let count = 0; count < maxLinks; count++) {
      const answer = once(greet(peer, count), "data");
      if ((count + 1) % maxStrangers === 0) await answer;
    }
    await eventually(() => expect(linkCount(peer)).toBe(maxLinks));
    await once(greet(peer, maxLinks, false, "127.0.0.2"), "data");
    await eventually(() => expect(sockets.filter(({ closed }) => closed)).toHaveLength(1));
    expect(linkCount(peer)).toBe(maxLinks);
  },
);

test("of fifty silent connections the oldest makes way, and a peer that speaks gets a link", async () => {
  const peer = await startPeer();
  const silent: Socket[] = [];
  for (let count = 0; count < maxStrangers; count++) {
    silent.push(dial(peer));
    await once(silent.at(-1) as Socket, "connect");
  }
  await once(greet(peer, 1), "data");
  await eventually(() => expect(silent.filter(({ closed }) => closed)).toEqual([silent[0]]));
  expect(linkCount(peer)).toBe(1);
});

test.each([
  [true, OUR_EXCHANGE_ID],
  [false, undefined],
])(
  "a peer says where it listens, and offers peer exchange unless that is off (%j)",
  async (exchange, exchangeId) => {
    const peer = await startPeer(exchange);
    const framer = new Framer();
    const frames: Uint8Array[] = [];
    greet(peer, 1, true).on("data", (bytes: Buffer) => {
      frames.push(...framer.push(new Uint8Array(bytes)).map((frame) => frame.slice()));
    });
    await eventually(() => expect(frames.length).toBeGreaterThan(1));
    const said = decodeMessage(frames[1] ?? new Uint8Array());
    if (said.type !== "extended") throw new Error(`it says ${said.type}`);
    expect(decodeExtendedHandshake(said.payload)).toMatchObject({ port: peer.port, exchangeId });
  },
);

test("a peer is Tabswarm on a system that many have, and has a name only if it got one", () => {
  expect(deviceKind("linux")).toEqual({ program: "Tabswarm", system: "Linux" });
  expect(deviceKind("darwin")).toEqual({ program: "Tabswarm", system: "macOS" });
  expect(deviceKind("haiku")).toBeUndefined();
  expect(sessionConfig({}, undefined).deviceName).toBeUndefined();
  expect(sessionConfig({ deviceName: "NAS" }, undefined).deviceName).toBe("NAS");
});
