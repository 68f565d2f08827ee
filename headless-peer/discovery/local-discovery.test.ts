import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import {
  decodeLocalCall,
  encodeLocalCall,
  LOCAL_GROUPS,
  LOCAL_PORT,
  type LocalCall,
} from "#shared/announce/local.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { ManualClock } from "../peer.test-support.ts";
import { LocalDiscovery } from "./local-discovery.ts";
import { BATCH_MILLIS, CALL_MILLIS, MIN_CALL_MILLIS } from "./local-schedule.ts";

const LOOPBACK = parseIp("127.0.0.1") as IpAddress;

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** Other tests use the same group at the same time: each test has torrents of its own. */
function newInfoHash(): InfoHash {
  return randomBytes(20).toString("hex") as InfoHash;
}

interface Caller {
  readonly clock: ManualClock;
  readonly discovery: LocalDiscovery;
  readonly found: (readonly [InfoHash, PeerAddress])[];
  readonly warnings: string[];
}

function newCaller(port: number, address: IpAddress = LOOPBACK): Caller {
  const clock = new ManualClock();
  const found: (readonly [InfoHash, PeerAddress])[] = [];
  const warnings: string[] = [];
  const discovery = new LocalDiscovery({
    port,
    address,
    clock,
    found: (infoHash, addresses) => found.push(...addresses.map((each) => [infoHash, each] as const)),
    warn: (sentence) => warnings.push(sentence),
  });
  closings.push(() => discovery.close());
  return { clock, discovery, found, warnings };
}

/** All calls on loopback. */
async function listen(): Promise<{ readonly socket: Socket; readonly heard: LocalCall[] }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  closings.push(() => socket.close());
  const heard: LocalCall[] = [];
  socket.on("message", (packet) => heard.push(...[decodeLocalCall(packet) ?? []].flat()));
  socket.bind(LOCAL_PORT);
  await once(socket, "listening");
  socket.addMembership(LOCAL_GROUPS.ipv4, "127.0.0.1");
  socket.setMulticastInterface("127.0.0.1");
  return { socket, heard };
}

/** Who called this torrent: other runs of these tests may use the same group. */
function portsOf({ heard }: { readonly heard: readonly LocalCall[] }, infoHash: InfoHash): readonly number[] {
  return heard.filter(({ infoHashes }) => infoHashes.includes(infoHash)).map(({ port }) => port);
}

/** Sends something to the group, as anybody may. */
function say({ socket }: { readonly socket: Socket }, ...packets: readonly (string | Uint8Array)[]): void {
  for (const packet of packets) socket.send(packet, LOCAL_PORT, LOCAL_GROUPS.ipv4);
}

test("two peers of a torrent on one network find each other, whoever comes first", async () => {
  const [one, two] = [newCaller(7001), newCaller(7002)];
  const infoHash = newInfoHash();
  one.discovery.start(infoHash);
  one.clock.pass(CALL_MILLIS - 1); // It has called while nobody was there, and has joined the group.
  two.discovery.start(infoHash);
  await eventually(() => {
    two.clock.pass(CALL_MILLIS); // The first call of a process may come before the other one listens.
    expect(one.found).toContainEqual([infoHash, peerAddress(LOOPBACK, 7002)]);
  });
  one.clock.pass(BATCH_MILLIS);
  await eventually(() => expect(two.found).toContainEqual([infoHash, peerAddress(LOOPBACK, 7001)]));
  expect([one.warnings, two.warnings]).toEqual([[], []]);
});

test("torrents that are due share packets, and an ended torrent is not called", async () => {
  const { heard } = await listen();
  const { clock, discovery } = newCaller(7003);
  const infoHashes = Array.from({ length: 30 }, newInfoHash);
  for (const infoHash of infoHashes) discovery.start(infoHash);
  const gone = newInfoHash();
  discovery.start(gone);
  discovery.end(gone);
  clock.pass(BATCH_MILLIS);
  const ours = (): readonly LocalCall[] =>
    heard.filter(({ infoHashes: [first = ""] }) => infoHashes.includes(first as InfoHash));
  await eventually(() => expect(ours().flatMap(({ infoHashes: each }) => each)).toHaveLength(30));
  expect(ours().map(({ port }) => port)).toEqual([7003, 7003]);
  expect(heard.some(({ infoHashes: each }) => each.includes(gone))).toBe(false);
});

test("a torrent is called again after five minutes", async () => {
  const { heard } = await listen();
  const { clock, discovery } = newCaller(7004);
  const infoHash = newInfoHash();
  const count = (): number => heard.filter(({ infoHashes }) => infoHashes.includes(infoHash)).length;
  discovery.start(infoHash);
  clock.pass(BATCH_MILLIS);
  await eventually(() => expect(count()).toBe(1));
  clock.pass(CALL_MILLIS - 1);
  clock.pass(1);
  await eventually(() => expect(count()).toBe(2));
});

test("our own calls and nonsense are ignored", async () => {
  const ear = await listen();
  const { clock, discovery, found } = newCaller(7005);
  const infoHash = newInfoHash();
  discovery.start(infoHash);
  clock.pass(BATCH_MILLIS);
  await eventually(() => expect(portsOf(ear, infoHash)).toContain(7005));
  const call = { port: 7006, cookie: undefined, infoHashes: [infoHash] };
  const [packet = new Uint8Array()] = encodeLocalCall(call, "ipv4");
  say(ear, "", "\r\n\r\n", new Uint8Array(60_000), packet.subarray(0, 60), packet);
  await eventually(() => expect(found).toHaveLength(1));
  expect(found).toEqual([[infoHash, peerAddress(LOOPBACK, 7006)]]);
});

const [outside] = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .filter(({ family, internal }) => family === "IPv4" && !internal);

test.skipIf(outside === undefined)("a call from outside the networks is ignored", async () => {
  const ear = await listen();
  const { clock, discovery, found } = newCaller(7007);
  const infoHash = newInfoHash();
  discovery.start(infoHash);
  clock.pass(BATCH_MILLIS);
  await eventually(() => expect(portsOf(ear, infoHash)).toContain(7007));
  const elsewhere = createSocket("udp4");
  closings.push(() => elsewhere.close());
  elsewhere.bind(0, outside?.address); // Its packets stay on loopback, but with an address from elsewhere.
  await once(elsewhere, "listening");
  elsewhere.setMulticastInterface("127.0.0.1");
  const call = (port: number): readonly Uint8Array[] =>
    encodeLocalCall({ port, cookie: undefined, infoHashes: [infoHash] }, "ipv4");
  say({ socket: elsewhere }, ...call(7008));
  await eventually(() => expect(portsOf(ear, infoHash)).toContain(7008));
  say(ear, ...call(7012));
  await eventually(() => expect(found).toEqual([[infoHash, peerAddress(LOOPBACK, 7012)]]));
});

test("on a machine without such a network it warns once, and keeps trying", async () => {
  const nowhere = parseIp("198.51.100.1") as IpAddress;
  const { clock, discovery, warnings } = newCaller(7009, nowhere);
  discovery.start(newInfoHash());
  clock.pass(BATCH_MILLIS);
  await eventually(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatch(/--no-lsd/);
  await eventually(() => expect(clock.nextAt).toBe(BATCH_MILLIS + MIN_CALL_MILLIS)); // It tries again.
  discovery.start(newInfoHash());
  clock.pass(CALL_MILLIS);
  const later = newCaller(7009, nowhere);
  later.discovery.start(newInfoHash());
  later.clock.pass(BATCH_MILLIS);
  await eventually(() => expect(later.warnings).toHaveLength(1));
  expect(warnings).toHaveLength(1);
});

test("a closed discovery neither calls nor listens", async () => {
  const ear = await listen();
  const { clock, discovery, found } = newCaller(7010);
  const infoHash = newInfoHash();
  discovery.start(infoHash);
  clock.pass(BATCH_MILLIS);
  await eventually(() => expect(portsOf(ear, infoHash)).toContain(7010));
  discovery.close();
  clock.pass(2 * CALL_MILLIS);
  const call = { port: 7011, cookie: undefined, infoHashes: [infoHash] };
  say(ear, ...encodeLocalCall(call, "ipv4"));
  await eventually(() => expect(portsOf(ear, infoHash)).toContain(7011));
  expect(found).toEqual([]);
  expect(portsOf(ear, infoHash)).toEqual([7010, 7011]);
});
