import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { MemorySwarmStore } from "../../store/memory/swarm-store.ts";
import { openTracker } from "../transport.test-support.ts";

// Short enough to wait for, and long enough for a reader on a machine that is busy with other tests.
vi.mock("../../limits/http.ts", async (original) => ({
  ...(await original<typeof import("../../limits/http.ts")>()),
  ANSWER_MILLIS: 3_000,
}));

test("whoever does not read a long answer in time loses the connection, and whoever reads it does not", async () => {
  const bytes = 16 * 1024 ** 2;
  const { httpUrl, counters } = await openTracker(new MemorySwarmStore(), onTestFinished, {
    routes: [(http) => http.get("/long", async () => "x".repeat(bytes))],
  });
  const socket = connect(Number(new URL(httpUrl).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {}); // It was reset.
  socket.write("GET /api/long HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  expect(
    (await (await fetch(`${httpUrl}/api/long`, { headers: { connection: "close" } })).text()).length,
  ).toBe(bytes);
  await expect.poll(() => counters.openConnections, { timeout: 15_000 }).toBe(0);
  const closed = once(socket, "close");
  let read = 0;
  socket.on("data", (part) => (read += part.length));
  await closed;
  expect(read).toBeLessThan(bytes);
});
