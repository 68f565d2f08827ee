// Measures what several nodes cost: CPU for 10,000 announces, and how long an offer takes to a client of another node.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import { TABSWARM } from "../e2e/command.ts";
import { numberedInfoHash, numberedOfferId, numberedPeerId } from "../e2e/numbered-id.ts";
import { endProcesses, startProcess } from "../e2e/processes.ts";
import { startRedis, type TestRedis } from "../e2e/redis.ts";

const SOCKETS = 200;
const SWARMS = 20;
const ROUNDS = 50;
const OFFERS = 5;
const PER_SECOND = 1_000;
const ANNOUNCES_ONE_BY_ONE = 3_000;
const QUIET_SWARMS = 2_000;
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
  const made = Array.from({ length: offers }, () => ({ offerId: numberedOfferId(++offerCount), sdp }));
  const ids = { infoHash: numberedInfoHash(swarm), peerId: numberedPeerId(number) };
  const counts = { uploaded: 0, downloaded: 0, left: 5 };
  socket.send(encodeAnnounce({ ...ids, event: "update", ...counts, offers: made }));
}

/** Clients that announce, and how. */
interface Load {
  readonly name: string;
  /** Who announces next, and in which swarm. */
  readonly next: (announced: number) => readonly [client: number, swarm: number];
  /** All at once, again and again; or so many a second, one after the other. */
  readonly perSecond: number | undefined;
}

const oneSwarmEach = (announced: number): readonly [number, number] => {
  const client = announced % SOCKETS;
  // Two clients of a swarm are at different nodes.
  return [client, Math.floor(client / (SOCKETS / SWARMS))];
};

const LOADS: readonly Load[] = [
  { name: "all at once", next: oneSwarmEach, perSecond: undefined },
  { name: "one after the other", next: oneSwarmEach, perSecond: PER_SECOND },
  {
    name: "one after the other, each swarm every two seconds",
    next: (announced) => {
      const swarm = announced % QUIET_SWARMS;
      const turn = Math.floor(announced / QUIET_SWARMS) % (SOCKETS / SWARMS);
      return [(swarm + turn * (SOCKETS / 10 + 1)) % SOCKETS, 2_000 + swarm];
    },
    perSecond: PER_SECOND,
  },
];

/** CPU seconds of nodes and of Redis for 10,000 announces with five offers each. */
interface Cost {
  readonly nodes: number;
  readonly redis: number;
}

async function cost(nodes: readonly Node[], redis: TestRedis | undefined, load: Load): Promise<Cost> {
  const clients = await openClients(nodes, SOCKETS);
  let replies = 0;
  let announced = 0;
  for (const { socket } of clients)
    socket.on("message", (data: Buffer) => {
      if (data.includes('"complete"')) replies += 1;
    });
  const announceNext = (offers: number): void => {
    const [number, swarm] = load.next(announced++);
    const client = clients[number];
    if (client !== undefined) announce(client, swarm, offers);
  };
  const together = async (count: number, offers: number): Promise<void> => {
    for (let sent = 0; sent < count; sent++) announceNext(offers);
    while (replies < announced) await sleep(1);
  };
  const spread = async (count: number, perSecond: number): Promise<void> => {
    const startedAt = performance.now();
    for (let sent = 0; sent < count; sent++) {
      while (performance.now() - startedAt < (sent * 1_000) / perSecond) await sleep(1);
      announceNext(OFFERS);
    }
    while (replies < announced) await sleep(1);
  };
  // Everybody enters every swarm, then the programs warm up.
  const entries = load.perSecond === undefined ? SOCKETS : 10 * QUIET_SWARMS;
  for (let entered = 0; entered < entries; entered += SOCKETS) await together(SOCKETS, 0);
  for (let time = 0; time < 10; time++) await together(SOCKETS, OFFERS);
  const nodePids = nodes.map(({ process: { pid = 0 } }) => pid);
  const redisPids = redis === undefined ? [] : [await redisPid(redis)];
  const before = [await total(nodePids), await total(redisPids)] as const;
  const count = load.perSecond === undefined ? SOCKETS * ROUNDS : ANNOUNCES_ONE_BY_ONE;
  if (load.perSecond === undefined) for (let at = 0; at < ROUNDS; at++) await together(SOCKETS, OFFERS);
  else await spread(count, load.perSecond);
  const secondsOf = (after: number, earlier: number): number =>
    ((after - earlier) / 1_000) * (10_000 / count);
  const spent = {
    nodes: secondsOf(await total(nodePids), before[0]),
    redis: secondsOf(await total(redisPids), before[1]),
  };
  for (const { socket } of clients) socket.terminate();
  return spent;
}

async function total(pids: readonly number[]): Promise<number> {
  return (await Promise.all(pids.map(cpuMillis))).reduce((sum, each) => sum + each, 0);
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
/** Says what announces cost at several nodes, in turns with a single one. */
async function compare(what: string, load: Load, nodes: readonly Node[]): Promise<void> {
  for (let time = 1; time <= 2; time++) {
    await redis.ask("CONFIG", "RESETSTAT");
    const [without, shared] = [await cost([single], undefined, load), await cost(nodes, redis, load)];
    const stats = String(await redis.ask("INFO", "commandstats"));
    const script = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(stats)?.[1];
    const ratio = ((shared.nodes + shared.redis) / without.nodes).toFixed(2);
    console.log(
      `10,000 announces, ${load.name}: ${without.nodes.toFixed(2)} CPU s without Redis; ` +
        `${what} ${shared.nodes.toFixed(2)} and Redis ${shared.redis.toFixed(2)} (${ratio}); ${script} µs a script`,
    );
  }
}

for (const load of LOADS) await compare("all clients at one node:", load, [alone]);
const other = await startNode("--redis", redis.url);
for (const load of LOADS) await compare("two nodes in every swarm:", load, [alone, other]);
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
