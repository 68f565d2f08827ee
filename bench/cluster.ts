// Measures what several nodes cost: CPU for 10,000 announces, and how long an offer takes to a client of another node.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import {
  type InfoHash,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "#shared/base/ids.ts";
import { TABSWARM } from "../e2e/command.ts";
import { endProcesses, startProcess } from "../e2e/processes.ts";
import { startRedis, type TestRedis } from "../e2e/redis.ts";

const SOCKETS = 200;
const SWARMS = 20;
const ROUNDS = 50;
const OFFERS = 5;
const RELAYS_PER_SECOND = 200;
const RELAY_SECONDS = 5;
const SDP = "a=candidate:1 1 udp 2122260223 192.168.1.5 50000 typ host\r\n".repeat(16);

interface Node {
  readonly process: ChildProcess;
  readonly port: number;
}

interface Client {
  readonly socket: WebSocket;
  readonly number: number;
}

async function startNode(...flags: string[]): Promise<Node> {
  const words = [
    "tracker",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-udp",
    "--log-level",
    "silent",
    "--json",
  ];
  const child = startProcess(process.execPath, [TABSWARM, ...words, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = JSON.parse(line);
    return { process: child, port };
  }
  throw new Error("the tracker did not start");
}

/** Milliseconds of CPU so far. */
async function cpuMillis(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function redisPid(redis: TestRedis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(String(await redis.ask("INFO", "server")))?.[1]);
}

async function openClients(nodes: readonly Node[], count: number): Promise<readonly Client[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const socket = new WebSocket(`ws://127.0.0.1:${nodes[number % nodes.length]?.port}/`);
      await once(socket, "open");
      return { socket, number };
    }),
  );
}

let offerCount = 0;

function announce({ socket, number }: Client, swarm: number, offers: number, sdp = SDP): void {
  const made = Array.from({ length: offers }, () => ({ offerId: idOf(++offerCount, parseOfferId), sdp }));
  const ids = { infoHash: idOf(swarm, parseInfoHash), peerId: idOf(number, parsePeerId) };
  const counts = { uploaded: 0, downloaded: 0, left: 5 };
  socket.send(encodeAnnounce({ ...ids, event: "update", ...counts, offers: made }));
}

function idOf<Id extends InfoHash | PeerId | OfferId>(
  number: number,
  parse: (text: string) => Id | undefined,
): Id {
  const id = parse(number.toString(16).padStart(40, "0"));
  if (id === undefined) throw new Error("bad id");
  return id;
}

/** CPU seconds of nodes and Redis for 10,000 announces with five offers each. */
async function cost(nodes: readonly Node[], redis: TestRedis | undefined): Promise<number> {
  const clients = await openClients(nodes, SOCKETS);
  let replies = 0;
  for (const { socket } of clients)
    socket.on("message", (data) => {
      if (String(data).includes('"complete"')) replies += 1;
    });
  const round = async (offers: number): Promise<void> => {
    const wanted = replies + SOCKETS;
    // Two clients of a swarm are at different nodes.
    for (const client of clients) announce(client, Math.floor(client.number / (SOCKETS / SWARMS)), offers);
    while (replies < wanted) await sleep(1);
  };
  for (let time = 0; time < 10; time++) await round(OFFERS);
  const pids = nodes.map(({ process: { pid = 0 } }) => pid);
  if (redis !== undefined) pids.push(await redisPid(redis));
  const total = async (): Promise<number> =>
    (await Promise.all(pids.map(cpuMillis))).reduce((sum, each) => sum + each, 0);
  const before = await total();
  for (let time = 0; time < ROUNDS; time++) await round(OFFERS);
  const after = await total();
  for (const { socket } of clients) socket.terminate();
  return (after - before) / 1_000;
}

/** How long offers take from one client to the other of its swarm, in milliseconds, sorted. */
async function relays(nodes: readonly Node[]): Promise<readonly number[]> {
  const clients = await openClients(nodes, 40);
  const times: number[] = [];
  for (const { socket } of clients)
    socket.on("message", (data) => {
      const sentAt = /sent at ([\d.]+)/.exec(String(data))?.[1];
      if (sentAt !== undefined) times.push(performance.now() - Number(sentAt));
    });
  const swarmOf = ({ number }: Client): number => 1_000 + Math.floor(number / 2);
  for (let time = 0; time < 2; time++) {
    for (const client of clients) announce(client, swarmOf(client), 0);
    await sleep(500);
  }
  const startedAt = performance.now();
  for (let sent = 0; sent < RELAYS_PER_SECOND * RELAY_SECONDS; sent++) {
    while (performance.now() - startedAt < (sent * 1_000) / RELAYS_PER_SECOND) await sleep(1);
    const client = clients[sent % clients.length];
    if (client !== undefined) announce(client, swarmOf(client), 1, `${SDP}sent at ${performance.now()}\r\n`);
  }
  await sleep(500);
  for (const { socket } of clients) socket.terminate();
  return times.sort((left, right) => left - right);
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2);

const redis = await startRedis();
const single = await startNode();
const alone = await startNode("--redis", redis.url);
for (let time = 1; time <= 2; time++) {
  const [without, withRedis] = [await cost([single], undefined), await cost([alone], redis)];
  console.log(
    `10,000 announces: ${without} CPU s without Redis, ${withRedis} with (${(withRedis / without).toFixed(2)}), all clients at one node`,
  );
}
const other = await startNode("--redis", redis.url);
for (let time = 1; time <= 2; time++) {
  await redis.ask("CONFIG", "RESETSTAT");
  const [without, shared] = [await cost([single], undefined), await cost([alone, other], redis)];
  const script = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(
    String(await redis.ask("INFO", "commandstats")),
  )?.[1];
  console.log(
    `10,000 announces: ${without} CPU s without Redis, ${shared} with two nodes in every swarm (${(shared / without).toFixed(2)}); ${script} µs a script`,
  );
}
for (const [name, nodes] of [
  ["one node", [single]],
  ["two nodes", [alone, other]],
] as const) {
  const times = await relays(nodes);
  console.log(`${name}: ${times.length} offers, median ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`);
}
await endProcesses();
await redis.close();
process.exit(0);
