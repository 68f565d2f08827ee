import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { MAX_UNANSWERED_REQUESTS } from "../limits/http.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { openTracker } from "./transport.test-support.ts";

/** The tracker's output on one connection until it closes it, as the last request demands. */
async function saidTo(paths: readonly string[]): Promise<string> {
  const { httpUrl } = await openTracker(new MemorySwarmStore(), onTestFinished);
  const { hostname, port } = new URL(httpUrl);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let said = "";
  socket.on("data", (text) => {
    said += text;
  });
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: tracker\r\n`);
  socket.write(`${requests.join("\r\n")}Connection: close\r\n\r\n`);
  await once(socket, "close");
  return said;
}

const answersIn = (said: string): number => said.split("HTTP/1.1 ").length - 1;

test.each(["/healthz", "/announce"])("requests for %s that come at once are all answered", async (path) => {
  const paths = Array<string>(MAX_UNANSWERED_REQUESTS).fill(path);
  expect(answersIn(await saidTo(paths))).toBe(MAX_UNANSWERED_REQUESTS);
});

test.each(["/healthz", "/announce"])(
  "a connection with too many requests for %s is dropped",
  async (path) => {
    const paths = Array<string>(MAX_UNANSWERED_REQUESTS + 1).fill(path);
    expect(answersIn(await saidTo(paths))).toBeLessThan(MAX_UNANSWERED_REQUESTS);
  },
);
