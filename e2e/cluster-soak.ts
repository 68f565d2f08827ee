import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { encodeAnnounce, encodeAnswer, parseTrackerMessage } from "#shared/announce/websocket.ts";
import type { InfoHash, PeerId } from "#shared/base/ids.ts";
import { RunningCommand } from "./command.ts";
import { freePort } from "./free-port.ts";
import { balance } from "./haproxy.ts";
import { numberedInfoHash, numberedOfferId, numberedPeerId } from "./numbered-id.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { until } from "./until.ts";

/** How hard to make it. */
export interface SoakOptions {
  readonly clients: number;
  readonly swarms: number;
  readonly kills: number;
  /** Between two kills. Nodes come back by themselves, as a service manager does it. */
  readonly everyMillis: number;
  /** How long Redis hangs after the kills. Absent: it does not. */
  readonly hangMillis?: number;
}

/** What happened. */
export interface SoakResult {
  /** For each kill, the clients that lost their node, and how long the slowest of them took to have a peer again. */
  readonly kills: readonly { readonly lost: number; readonly slowestMillis: number }[];
  /**
   * When Redis had hung: how many clients lost their node meanwhile, and how many had no answer to an announce of theirs; and how
   * long after that each node knew all clients again.
   */
  readonly hang:
    | { readonly lost: number; readonly unanswered: number; readonly knownAfterMillis: number }
    | undefined;
}

/**
 * Runs two nodes behind HAProxy with clients on them, and kills one node after the other with -9. A client is back when it has
 * announced and then either got an answer to an offer of its own or been handed somebody else's.
 */
export async function soak({
  clients,
  swarms,
  kills,
  everyMillis,
  hangMillis,
}: SoakOptions): Promise<SoakResult> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-soak-"));
  const redis = await startRedis();
  const ports = [await freePort(), await freePort()] as const;
  const start = async (port: number): Promise<RunningCommand> => {
    const where = ["--host", "127.0.0.1", "--port", String(port), "--no-udp", "--redis", redis.url];
    const command = new RunningCommand("tracker", ...where, "--log-level", "silent");
    await command.line("listening");
    return command;
  };
  const nodes = await Promise.all(ports.map(start));
  const balancer = await balance(folder, ports);
  const all = Array.from({ length: clients }, (_, at) => new SoakClient(at, at % swarms, balancer.port));
  try {
    await until(() => all.every((client) => client.hasPeer));
    const results: { lost: number; slowestMillis: number }[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const at = kill % 2;
      for (const client of all) client.returnedAfter = undefined;
      const killedAt = performance.now();
      nodes[at]?.kill();
      await nodes[at]?.ended();
      await until(() => performance.now() - killedAt > 1_000 || all.some((client) => !client.hasPeer));
      const port = ports[at] ?? 0;
      nodes[at] = await start(port);
      await until(() => all.every((client) => client.hasPeer));
      const times = all.flatMap(({ returnedAfter }) => returnedAfter ?? []);
      results.push({ lost: times.length, slowestMillis: Math.round(Math.max(0, ...times)) });
      await sleep(Math.max(0, everyMillis - (performance.now() - killedAt)));
    }
    const hang = hangMillis === undefined ? undefined : await hangRedis(redis, all, ports, hangMillis);
    return { kills: results, hang };
  } finally {
    for (const client of all) client.close();
    for (const node of nodes) node.kill();
    balancer.process.kill("SIGKILL");
    await redis.close();
    await rm(folder, { recursive: true });
  }
}

/** Stops Redis for a while, during which all clients announce every five seconds. */
async function hangRedis(
  redis: TestRedis,
  clients: readonly SoakClient[],
  ports: readonly number[],
  hangMillis: number,
) {
  for (const client of clients) client.returnedAfter = undefined;
  redis.stop();
  const stoppedAt = performance.now();
  let unanswered = 0;
  try {
    while (performance.now() - stoppedAt < hangMillis) {
      for (const client of clients) client.announceAgain();
      await sleep(Math.min(5_000, hangMillis));
      unanswered += clients.filter((client) => !client.isAnswered).length;
    }
  } finally {
    redis.goOn();
  }
  const lost = clients.filter(({ returnedAfter, hasPeer }) => returnedAfter !== undefined || !hasPeer).length;
  const backAt = performance.now();
  await until(async () => {
    const known = await Promise.all(ports.map((port) => peersKnownAt(port, clients)));
    return known.every((count) => count === clients.length);
  });
  return { lost, unanswered, knownAfterMillis: Math.round(performance.now() - backAt) };
}

/** How many peers a node counts in the swarms of those clients. */
async function peersKnownAt(port: number, clients: readonly SoakClient[]): Promise<number> {
  const hashes = [...new Set(clients.map(({ infoHash }) => infoHash))];
  const query = hashes.map((hash) => `info_hash=${hash.replace(/../g, "%$&")}`).join("&");
  const text = await (await fetch(`http://127.0.0.1:${port}/scrape?${query}`)).text();
  return [...text.matchAll(/(?:8:complete|10:incomplete)i(\d+)e/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

const OFFERS = 5;

/** A client as a browser is one: it connects again after 1 to 3 s, and looks for peers again after 2 s without any. */
class SoakClient {
  /** How long it was without a peer, after the last time that it lost its node. */
  returnedAfter: number | undefined;
  readonly #peerId: PeerId;
  readonly infoHash: InfoHash;
  /** Whether its last announce was answered. */
  isAnswered = false;
  readonly #url: string;
  #socket: WebSocket | undefined;
  #lostAt: number | undefined = performance.now();
  #offers = 0;
  #isClosed = false;

  constructor(number: number, swarm: number, port: number) {
    this.#peerId = numberedPeerId(number);
    this.infoHash = numberedInfoHash(swarm);
    this.#url = `ws://127.0.0.1:${port}/`;
    this.#connect();
  }

  get hasPeer(): boolean {
    return this.#lostAt === undefined;
  }

  announceAgain(): void {
    this.isAnswered = false;
    if (this.#socket !== undefined) this.#announce(this.#socket);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#isClosed) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("open", () => this.#announce(socket));
    socket.on("message", (data) => this.#hear(socket, String(data)));
    socket.on("close", () => {
      this.#lostAt ??= performance.now();
      setTimeout(() => this.#connect(), 1_000 + Math.random() * 2_000);
    });
  }

  #announce(socket: WebSocket): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const offers = Array.from({ length: OFFERS }, () => ({
      offerId: numberedOfferId(++this.#offers),
      sdp: "v=0\r\n".repeat(100),
    }));
    const counts = { uploaded: 0, downloaded: 0, left: 5 };
    socket.send(
      encodeAnnounce({ infoHash: this.infoHash, peerId: this.#peerId, event: "started", ...counts, offers }),
    );
    setTimeout(() => {
      if (!this.hasPeer) this.#announce(socket);
    }, 2_000);
  }

  #hear(socket: WebSocket, text: string): void {
    const message = parseTrackerMessage(text);
    if (message.type === "announceReply") this.isAnswered = true;
    if (message.type !== "offer" && message.type !== "answer") return;
    if (message.type === "offer") {
      const { infoHash, offerId, peerId } = message;
      socket.send(
        encodeAnswer({ infoHash, offerId, toPeerId: peerId, peerId: this.#peerId, sdp: "v=1\r\n" }),
      );
    }
    if (this.#lostAt === undefined) return;
    this.returnedAfter = performance.now() - this.#lostAt;
    this.#lostAt = undefined;
  }
}
