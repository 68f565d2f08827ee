import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";

/** What to do if redis-server is missing. */
export const NO_REDIS =
  "There is no redis-server: every test with it is SKIPPED. Install redis-server 7 or later, or set REDIS_PATH.";

/** The command of redis-server or valkey-server. Undefined: it is not installed. */
export function findRedis(): string | undefined {
  const named = process.env["REDIS_PATH"] || "redis-server";
  return spawnSync(named, ["--version"]).status === 0 ? named : undefined;
}

/** A Redis of the test's own, which keeps nothing on disk. */
export interface TestRedis {
  readonly url: string;
  /** Runs a command on a connection of its own. */
  ask(...words: string[]): Promise<unknown>;
  /** It hangs: it accepts connections and answers nothing. */
  stop(): void;
  goOn(): void;
  /** Kills it and starts it again at the same address, empty. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis at a free port, or at a given one. */
export async function startRedis(port = 0): Promise<TestRedis> {
  const command = findRedis();
  if (command === undefined) throw new Error(NO_REDIS);
  const folder = mkdtempSync(join(tmpdir(), "tabswarm-redis-"));
  let [server, usedPort] = await start(command, folder, port);
  const url = `redis://127.0.0.1:${usedPort}`;
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  };
  return {
    url,
    async ask(...words) {
      const client = createClient({ url });
      client.on("error", () => {});
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
    stop: () => void server.kill("SIGSTOP"),
    goOn: () => void server.kill("SIGCONT"),
    async restart() {
      await kill();
      [server, usedPort] = await start(command, folder, usedPort);
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A way to Redis that can swallow whatever passes, as a half-open connection does. */
export async function openSwallowing(redisUrl: string) {
  const target = new URL(redisUrl);
  let isSwallowing = false;
  const server = createServer((near) => {
    const far: Socket = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) socket.on("error", () => {});
    near.on("data", (bytes) => isSwallowing || far.write(bytes));
    far.on("data", (bytes) => isSwallowing || near.write(bytes));
    near.on("close", () => far.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `redis://127.0.0.1:${port}`,
    swallow(whether: boolean): void {
      isSwallowing = whether;
    },
    close: () => void server.close(),
  };
}

/** Redis cannot say which free port it took, so we choose at random until it is one. */
async function start(
  command: string,
  folder: string,
  wantedPort: number,
): Promise<[ChildProcess, port: number]> {
  for (;;) {
    const port = wantedPort || 20_000 + Math.floor(Math.random() * 10_000);
    const flags = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
    const server = spawn(command, ["--port", String(port), ...flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (await isReady(server)) return [server, port];
    if (wantedPort !== 0) throw new Error(`redis-server cannot listen at port ${wantedPort}`);
  }
}

async function isReady(server: ChildProcess): Promise<boolean> {
  let output = "";
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk);
    if (output.includes("Ready to accept connections")) break;
  }
  server.stdout?.resume();
  return server.exitCode === null && output.includes("Ready to accept");
}
