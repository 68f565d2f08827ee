import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { Client } from "bittorrent-dht";
import { afterEach, expect, test } from "vitest";
import { type PeerAddress, peerPort } from "#shared/announce/compact.ts";
import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { ManualClock } from "../peer.test-support.ts";
import { ANNOUNCE_MILLIS, Dht, type DhtNode, MAX_PEERS, MAX_SEARCHES, RETRY_MILLIS } from "./dht.ts";

const HOST = "127.0.0.1";

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

function newInfoHash(): InfoHash {
  return randomBytes(20).toString("hex") as InfoHash;
}

/** A port number that is free over UDP. */
async function freePort(): Promise<number> {
  const socket = await openUdp();
  const { port } = socket.address();
  closings.pop()?.();
  return port;
}

async function openUdp(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  closings.push(() => socket.close());
  return socket;
}

interface ForeignNode extends DhtNode {
  readonly client: Client;
  /** Info-hashes that others looked up and announced. */
  readonly asked: string[];
  readonly told: string[];
}

/** A foreign node that knows no other. */
async function startNode(port = 0): Promise<ForeignNode> {
  const client = new Client({ bootstrap: [] });
  closings.push(() => client.destroy());
  const [asked, told]: [string[], string[]] = [[], []];
  client.on("get_peers", (infoHash) => asked.push(infoHash.toString("hex")));
  client.on("announce_peer", (infoHash) => told.push(infoHash.toString("hex")));
  await new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.listen(port, HOST, resolve);
  });
  return { client, host: HOST, port: client.address().port, asked, told };
}

interface Seeker extends DhtNode {
  readonly clock: ManualClock;
  readonly dht: Dht;
  readonly found: (readonly [InfoHash, number])[];
  readonly warnings: string[];
}

/** One of our peers, whose TCP port has the number of its UDP port, though nothing listens there. */
async function newSeeker(bootstrap: readonly DhtNode[]): Promise<Seeker> {
  const clock = new ManualClock();
  const found: (readonly [InfoHash, number])[] = [];
  const warnings: string[] = [];
  const udp = await openUdp();
  const { port } = udp.address();
  const dht = new Dht({
    port,
    udp,
    host: HOST,
    bootstrap,
    clock,
    found: (infoHash, addresses: readonly PeerAddress[]) =>
      found.push(...addresses.map((address) => [infoHash, peerPort(address)] as const)),
    warn: (sentence) => warnings.push(sentence),
  });
  closings.push(() => dht.close());
  return { clock, dht, found, warnings, host: HOST, port };
}

test("two peers that know the same node find each other", async () => {
  const node = await startNode();
  const [one, two] = [await newSeeker([node]), await newSeeker([node])];
  const infoHash = newInfoHash();
  one.dht.start(infoHash);
  await eventually(() => expect(node.told).toContain(infoHash));
  two.dht.start(infoHash);
  await eventually(() => expect(two.found).toContainEqual([infoHash, one.port]));
  one.clock.pass(ANNOUNCE_MILLIS);
  await eventually(() => expect(one.found).toContainEqual([infoHash, two.port]));
  expect([one.warnings, two.warnings]).toEqual([[], []]);
});

test("two peers that know nobody else find each other: an announce of a torrent that we seek names a peer", async () => {
  const one = await newSeeker([{ host: HOST, port: await freePort() }]);
  const infoHash = newInfoHash();
  one.dht.start(infoHash);
  const two = await newSeeker([one]);
  await eventually(() => {
    two.dht.end(infoHash);
    two.dht.start(infoHash); // The other one may not listen yet.
    expect(one.found).toContainEqual([infoHash, two.port]);
  });
});

test("a torrent is announced again after a quarter of an hour, until it ends", async () => {
  const node = await startNode();
  const { clock, dht } = await newSeeker([node]);
  const [staying, leaving] = [newInfoHash(), newInfoHash()];
  const count = (infoHash: InfoHash): number => node.told.filter((told) => told === infoHash).length;
  dht.start(staying);
  dht.start(leaving);
  await eventually(() => expect([count(staying), count(leaving)]).toEqual([1, 1]));
  dht.end(leaving);
  expect(clock.waiting).toBe(1);
  clock.pass(ANNOUNCE_MILLIS - 1);
  clock.pass(1);
  await eventually(() => expect(count(staying)).toBe(2));
  expect(node.asked.filter((asked) => asked === leaving)).toHaveLength(1);
});

test("a torrent that ends during its search is not announced", async () => {
  const node = await startNode();
  const { dht } = await newSeeker([node]);
  const [ending, other] = [newInfoHash(), newInfoHash()];
  const ended = new Promise<void>((resolve) => {
    node.client.on("get_peers", (infoHash) => {
      if (infoHash.toString("hex") !== ending) return;
      dht.end(ending);
      dht.start(other);
      resolve();
    });
  });
  dht.start(ending);
  await ended;
  await eventually(() => expect(node.told).toContain(other));
  expect(node.told).not.toContain(ending);
});

test("of many torrents a few are searched for at a time, those that came last first, and in the end all", async () => {
  const node = await startNode();
  const first = await newSeeker([node]);
  const infoHashes = Array.from({ length: 100 }, newInfoHash);
  for (const infoHash of infoHashes) first.dht.start(infoHash);
  await eventually(() => expect(new Set(node.told)).toEqual(new Set(infoHashes)));
  const begun = [...new Set(node.asked)].slice(0, MAX_SEARCHES + 1);
  expect(begun).toEqual([...infoHashes.slice(0, MAX_SEARCHES), infoHashes.at(-1)]);
});

test("while no node answers no more searches begin", async () => {
  const silent = await openUdp();
  const asked = new Set<string>();
  const marked = new Promise<void>((resolve) => {
    silent.on("message", (packet) => {
      const [, infoHash] = /9:info_hash20:(.{20})/s.exec(packet.toString("latin1")) ?? [];
      if (infoHash !== undefined) asked.add(infoHash);
      if (packet.toString() === "mark") resolve();
    });
  });
  const { dht } = await newSeeker([{ host: HOST, port: silent.address().port }]);
  for (let count = 0; count < 100; count++) dht.start(newInfoHash());
  await eventually(() => expect(asked.size).toBeGreaterThanOrEqual(MAX_SEARCHES));
  (await openUdp()).send("mark", silent.address().port, HOST); // After all that had been sent by then.
  await marked;
  expect(asked.size).toBe(MAX_SEARCHES);
});

test("while nobody answers it warns once and keeps trying", {
  timeout: 30_000,
}, async () => {
  const port = await freePort();
  const { clock, dht, warnings } = await newSeeker([{ host: HOST, port }]);
  const infoHash = newInfoHash();
  dht.start(infoHash);
  await eventually(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatch(/no node answers.*--dht-bootstrap/);
  const node = await startNode(port);
  clock.pass(RETRY_MILLIS);
  await eventually(() => expect(node.told).toContain(infoHash));
  expect(warnings).toHaveLength(1);
});

test("it warns once of a node without an IPv4 address, and tries another one later", async () => {
  const bootstrap: DhtNode[] = [{ host: "::1", port: 6881 }];
  const { clock, dht, warnings } = await newSeeker(bootstrap);
  const infoHash = newInfoHash();
  dht.start(infoHash);
  await eventually(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatch(/none of the bootstrap nodes has an address/);
  dht.start(newInfoHash());
  const other = await newSeeker(bootstrap);
  other.dht.start(infoHash);
  await eventually(() => expect(other.warnings).toHaveLength(1));

  const node = await startNode();
  bootstrap.push(node);
  clock.pass(RETRY_MILLIS);
  await eventually(() => expect(node.told).toContain(infoHash));
  expect(warnings).toHaveLength(1);
});

function dict(fields: Readonly<Record<string, Encodable>>): ReadonlyMap<string, Encodable> {
  return new Map(Object.entries(fields));
}

test("packets that would crash a process that trusts them do no harm", async () => {
  const node = await startNode();
  const one = await newSeeker([node]);
  const first = newInfoHash();
  one.dht.start(first);
  await eventually(() => expect(node.told).toContain(first));

  const id = "i".repeat(20);
  const hostile: readonly Readonly<Record<string, Encodable>>[] = [
    { t: "aa", y: "q", q: "get_peers", a: dict({ id, info_hash: 5 }) },
    { t: "aa", y: "q", q: "find_node", a: dict({ id, target: 7 }) },
    { t: "aa", y: "q", q: "find_node", a: dict({ id, target: [] }) },
    { t: "aa", y: "q", q: "announce_peer", a: dict({ id, info_hash: id, token: 5, port: 7 }) },
    { t: "aa", y: "q", q: "get", a: dict({ id, target: 5 }) },
    { t: "aa", y: "q", q: "put", a: dict({ id, v: dict({ x: 1 }), token: "t" }) },
    { t: 5, y: "r", r: dict({ id: 5 }) },
    { t: "a", y: "r", r: dict({ id }) },
    { t: "aa", y: "e", e: 5 },
  ];
  const socket = createSocket("udp4");
  closings.push(() => socket.close());
  for (const fields of hostile) socket.send(encodeBencode(dict(fields)), one.port, HOST);
  socket.send("not bencode", one.port, HOST);

  const two = await newSeeker([one]);
  const second = newInfoHash();
  one.dht.start(second);
  two.dht.start(second);
  await eventually(() => expect(one.found).toContainEqual([second, two.port]));
});

test("a node with wrong answers counts as silent", async () => {
  const liar = createSocket("udp4");
  closings.push(() => liar.close());
  liar.bind(0, HOST);
  await once(liar, "listening");
  const queries: Buffer[] = [];
  liar.on("message", (packet, { port, address }) => {
    queries.push(packet);
    const t = packet.subarray(packet.indexOf("1:t2:") + 5).subarray(0, 2);
    liar.send(encodeBencode(dict({ t, y: "r", r: dict({ id: 5, values: [7], nodes: "x" }) })), port, address);
  });
  const { dht, warnings } = await newSeeker([{ host: HOST, port: liar.address().port }]);
  dht.start(newInfoHash());
  await eventually(() => expect(warnings).toHaveLength(1));
  expect(queries.length).toBeGreaterThan(0);
});

test("the number of peers taken from one search is limited", async () => {
  const liar = createSocket("udp4");
  closings.push(() => liar.close());
  liar.bind(0, HOST);
  await once(liar, "listening");
  const peersEach = 150;
  let answers = 0;
  liar.on("message", (packet, { port, address }) => {
    const t = packet.subarray(packet.indexOf("1:t2:") + 5).subarray(0, 2);
    const values = Array.from({ length: peersEach }, (_, at) =>
      Uint8Array.of(127, 0, 0, 1, 10 + answers, at),
    );
    answers += 1;
    const r = dict({ id: randomBytes(20), token: "token", values });
    liar.send(encodeBencode(dict({ t, y: "r", r })), port, address);
  });
  const { port } = liar.address();
  const { dht, found } = await newSeeker([
    { host: HOST, port },
    { host: "localhost", port },
  ]);
  dht.start(newInfoHash());
  await eventually(() => expect(found).toHaveLength(MAX_PEERS));
});

test("a closed DHT sends nothing more", async () => {
  const node = await startNode();
  const { clock, dht } = await newSeeker([node]);
  const infoHash = newInfoHash();
  dht.start(infoHash);
  await eventually(() => expect(node.told).toContain(infoHash));
  dht.close();
  dht.start(newInfoHash());
  expect(clock.waiting).toBe(0);
  const other = await newSeeker([node]);
  const last = newInfoHash();
  other.dht.start(last);
  // The node names the closed one, and it takes a while to see that that is silent.
  await eventually(() => expect(node.told).toEqual([infoHash, last]));
});
