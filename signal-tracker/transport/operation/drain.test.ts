import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { millis } from "#shared/base/ids.ts";
import { testAnnounce } from "../../core/tracker.test-support.ts";
import { MAX_DRAIN_MILLIS, SOCKETS_DRAINED_PER_SECOND } from "../../limits/operation.ts";
import { MemorySwarmStore } from "../../store/memory/swarm-store.ts";
import { closing, openClient, openTracker as openTrackerUntil } from "../transport.test-support.ts";
import { drain } from "./drain.ts";
import { Readiness } from "./readiness.ts";

const openTracker = () => openTrackerUntil(new MemorySwarmStore(), onTestFinished);

async function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  const [response] = await once(request(url, { agent }).end(), "response");
  for await (const _ of response);
  return response;
}

/** Whether a new connection is taken. */
async function isTaken(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test("a tracker that drains is not ready, serves who is still there, and takes no new WebSocket", async () => {
  const tracker = await openTracker();
  const clients = await Promise.all(
    Array.from({ length: SOCKETS_DRAINED_PER_SECOND / 4 }, () => openClient(tracker, onTestFinished)),
  );
  const last = clients.at(-1);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ends = clients.map(closing);
  const drained = tracker.drain();
  const served = last?.announce(testAnnounce(1));
  const atFirst = Promise.race(ends).then(() => last?.socket.readyState);
  const refused = new WebSocket(tracker.url);
  const [[error], readyz, healthz] = await Promise.all([
    once(refused, "error"),
    ask(`${tracker.httpUrl}/readyz`, agent),
    ask(`${tracker.httpUrl}/healthz`, agent),
  ]);
  expect([readyz.statusCode, healthz.statusCode, String(error)]).toEqual([
    503,
    200,
    "Error: Unexpected server response: 503",
  ]);
  expect(await atFirst).toBe(WebSocket.OPEN); // They are not all closed at once.
  expect(await served).toMatchObject({ type: "announceReply" });
  expect(new Set((await Promise.all(ends)).map(String))).toEqual(new Set(["1001,the tracker is stopping"]));
  await drained;
});

test("a tracker that drains answers the requests that have begun", async () => {
  const tracker = await openTracker();
  const socket = connect(Number(new URL(tracker.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let answer = "";
  socket.on("data", (data) => (answer += data));
  socket.write("GET /healthz HTTP/1.1\r\nHost: local");
  await once(socket, "connect");
  await ask(`${tracker.httpUrl}/healthz`, new Agent()); // By now the half request has been read as well.
  let isDrained = false;
  const drained = tracker.drain().then(() => {
    isDrained = true;
  });
  while (await isTaken(tracker.url)); // Until it no longer listens.
  expect(isDrained).toBe(false);
  socket.write("host\r\n\r\n");
  await drained;
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
});

test("a request that goes on for ever does not keep a tracker that drains", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1"); // Never answers.
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const asked = once(request({ port, host: "127.0.0.1" }).end(), "response");
  await once(server, "request");
  const sockets = { size: 0, close: async () => {} };
  await drain({ readiness: new Readiness([], () => millis(0)), sockets, servers: [server] }, 20);
  await expect(asked).rejects.toThrow("hang up");
});

test("a connection that stays open after its last answer does not keep it either", async () => {
  const server = createServer((_, response) => void released.then(() => response.end())).listen(
    0,
    "127.0.0.1",
  );
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  server.keepAliveTimeout = 0; // It would close such a connection by itself after a while.
  await once(server, "listening");
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const asked = ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, agent);
  await once(server, "request");
  const sockets = { size: 0, close: async () => {} };
  const drained = drain(
    { readiness: new Readiness([], () => millis(0)), sockets, servers: [server] },
    3_600_000,
  );
  release();
  expect((await asked).statusCode).toBe(200);
  await drained;
});

test("whoever asks as the tracker begins to drain does not hear that it is ready", async () => {
  let release = () => {};
  const look = () =>
    new Promise<void>((resolve) => {
      release = resolve;
    });
  const readiness = new Readiness([{ store: "records", look }], () => millis(0));
  const state = readiness.state();
  readiness.startDraining();
  release();
  expect(await state).toEqual({ status: "draining" });
});

test.each([
  [0, 0],
  [SOCKETS_DRAINED_PER_SECOND / 2, 500],
  [1_000_000, MAX_DRAIN_MILLIS],
])("%d WebSockets are closed over %d ms", async (size, millisExpected) => {
  const spreads: (number | undefined)[] = [];
  const close = async (spreadMillis?: number): Promise<void> => void spreads.push(spreadMillis);
  const readiness = new Readiness([], () => millis(0));
  await drain({ readiness, sockets: { size, close }, servers: [] });
  expect(spreads).toEqual([millisExpected]);
  expect(await readiness.state()).toEqual({ status: "draining" });
});
