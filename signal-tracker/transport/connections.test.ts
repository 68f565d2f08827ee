import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { MAX_PUBLICATION_BYTES } from "../limits/http.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import {
  ask,
  type Harness,
  type HarnessOptions,
  openTracker as openTrackerUntil,
} from "./transport.test-support.ts";

/** With a route that takes a body, and none of its own limits. */
const openTracker = (options?: HarnessOptions) =>
  openTrackerUntil(new MemorySwarmStore(), onTestFinished, {
    routes: [(api) => void api.post("/taken", async () => ({}))],
    ...options,
  });

/** A client that says what it likes, and what it hears. */
class RawClient {
  readonly socket: Socket;
  /** What the tracker has said until it closed the connection. */
  readonly heard: Promise<string>;

  constructor({ httpUrl }: Harness) {
    this.socket = connect(Number(new URL(httpUrl).port), "127.0.0.1");
    onTestFinished(() => void this.socket.destroy());
    let text = "";
    this.socket.on("data", (data) => (text += data));
    this.socket.on("error", () => {}); // The tracker drops those that go too far.
    this.heard = new Promise((resolve) => this.socket.once("close", () => resolve(text)));
  }

  /** Sends one chunk after the other until the tracker closes the connection. */
  async flood(chunk: string): Promise<void> {
    while (!this.socket.destroyed) {
      if (this.socket.write(chunk)) continue;
      const drained = new Promise((resolve) => this.socket.once("drain", resolve));
      await Promise.race([drained, this.heard]);
    }
  }
}

const HEAD = "POST /api/taken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

test("5,000 connections that say nothing, or not enough, hinder nobody and are dropped", {
  timeout: 60_000,
}, async () => {
  const tracker = await openTracker({ httpLimits: { headersMillis: 1_000, checkMillis: 100 } });
  const clients: RawClient[] = [];
  for (let batch = 0; batch < 10; batch++) {
    const some = Array.from({ length: 500 }, () => new RawClient(tracker));
    await Promise.all(some.map(({ socket }) => once(socket, "connect")));
    for (const { socket } of some.slice(0, 250)) socket.write("GET /announce HTTP/1.1\r\nX-");
    clients.push(...some);
  }
  expect((await ask(`${tracker.httpUrl}/healthz`)).status).toBe(200);
  const heard = new Set(await Promise.all(clients.map((client) => client.heard)));
  expect([...heard].map((text) => text.split("\r\n")[0])).toEqual(["HTTP/1.1 408 Request Timeout"]);
  expect((await ask(`${tracker.httpUrl}/healthz`)).status).toBe(200);
});

test("a body that comes too slowly ends its connection", async () => {
  const tracker = await openTracker({
    httpLimits: { headersMillis: 300, requestMillis: 300, checkMillis: 50 },
  });
  const client = new RawClient(tracker);
  client.socket.write(`${HEAD}Content-Length: 100\r\n\r\n{`);
  const drip = setInterval(() => client.socket.write(" "), 20);
  onTestFinished(() => clearInterval(drip));
  expect(await client.heard).toMatch(/^HTTP\/1\.1 408 /);
});

test("headers without end are refused", async () => {
  const tracker = await openTracker();
  const client = new RawClient(tracker);
  client.socket.write("GET / HTTP/1.1\r\n");
  await client.flood(`X-Flood: ${"x".repeat(1_000)}\r\n`);
  expect(await client.heard).toMatch(/^(?:HTTP\/1\.1 431 |$)/);
});

test.each([
  ["of a known length", `${HEAD}Content-Length: ${MAX_PUBLICATION_BYTES + 1}\r\n\r\n`],
  ["of an unknown length", `${HEAD}Transfer-Encoding: chunked\r\n\r\n`],
])("a body %s that is too long is refused", async (_, head) => {
  const tracker = await openTracker({
    httpLimits: { headersMillis: 2_000, requestMillis: 2_000, checkMillis: 50 },
  });
  const client = new RawClient(tracker);
  client.socket.write(head);
  const chunk = "x".repeat(0x10000);
  await client.flood(head.includes("chunked") ? `10000\r\n${chunk}\r\n` : chunk);
  expect(await client.heard).toMatch(/^(?:HTTP\/1\.1 413 |$)/);
  expect((await ask(`${tracker.httpUrl}/healthz`)).status).toBe(200);
});

test("a network has so many connections and no more, until it closes one", async () => {
  const tracker = await openTracker({
    countsLoopback: true,
    trustedProxies: [],
    httpLimits: { maxConnectionsPerNetwork: 2 },
  });
  const [one] = [new RawClient(tracker), new RawClient(tracker)];
  await expect(ask(`${tracker.httpUrl}/healthz`)).rejects.toThrow(/hang up|ECONNRESET/);
  expect(tracker.counters).toMatchObject({ openConnections: 2, refusedConnections: 1 });
  one?.socket.end("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  expect(await one?.heard).toMatch(/^HTTP\/1\.1 200 /);
  expect((await ask(`${tracker.httpUrl}/healthz`)).status).toBe(200);
});

test("a trusted proxy has as many connections as its clients need", async () => {
  const tracker = await openTracker({ countsLoopback: true, httpLimits: { maxConnectionsPerNetwork: 1 } });
  const clients = Array.from({ length: 5 }, () => new RawClient(tracker));
  await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
  expect((await ask(`${tracker.httpUrl}/healthz`)).status).toBe(200);
});

test("a connection is closed after so many requests", async () => {
  const tracker = await openTracker({
    httpLimits: { maxRequestsPerConnection: 2, keepAliveMillis: 600_000 },
  });
  const client = new RawClient(tracker);
  const answer = async (): Promise<string> => {
    client.socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return String((await once(client.socket, "data"))[0]);
  };
  expect(await answer()).toContain("Connection: keep-alive");
  expect(await answer()).toContain("Connection: close");
  await client.heard; // The tracker closes it, whatever the client does.
});
