import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
} from "../../accounts/accounts.test-support.ts";
import { torrentFile } from "../../catalog/catalog.test-support.ts";
import { ARRIVING_BYTES, LEAVING_BYTES, MAX_PUBLICATION_BYTES } from "../../limits/http.ts";
import { ByteShares } from "./byte-shares.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
const atEnd = (cleanUp: () => void | Promise<void>) => void cleanUps.push(cleanUp);
let tracker: AccountTracker;

beforeAll(async () => {
  tracker = await openAccountTracker(atEnd, { accounts: false });
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** What publishes a torrent of so many pieces. */
const publication = (name: string, pieces: number) => ({
  torrent: Buffer.from(
    torrentFile({ name, length: pieces * 16_384, pieces: new Uint8Array(20 * pieces) }),
  ).toString("base64"),
});

/** A publication whose body does not come. */
interface Begun {
  readonly sent: ClientRequest;
  /** The status of the answer. */
  readonly status: Promise<unknown>;
}

/** Begins to publish the largest torrent, and waits until the tracker has read the headers. */
async function beginToPublish({ url }: Pick<AccountTracker, "url">, from: string): Promise<Begun> {
  const sent = request(`${url}/api/torrents`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": MAX_PUBLICATION_BYTES,
      expect: "100-continue",
      "x-forwarded-for": from,
    },
  });
  sent.on("error", () => {}); // The test ends before its body does.
  onTestFinished(() => void sent.destroy());
  const status = new Promise((resolve) => sent.once("response", ({ statusCode }) => resolve(statusCode)));
  sent.flushHeaders();
  await once(sent, "continue");
  return { sent, status };
}

test("a network has so many bytes, and all together", () => {
  const shares = new ByteShares({ maxBytes: 100, maxBytesPerNetwork: 60 });
  const giveBack = shares.take("one", 60);
  expect(shares.take("one", 1)).toBeUndefined();
  expect(shares.take("two", 41)).toBeUndefined();
  expect(shares.take(undefined, 40)).toBeDefined();
  expect(shares.take("two", 1)).toBeUndefined();
  giveBack?.();
  expect(shares.take("one", 60)).toBeDefined();
});

test("a torrent of 4 MiB can be published and read again", async () => {
  const client = new ApiClient(tracker);
  const published = await client.post("/api/torrents", publication("large", 200_000));
  expect(published.status).toBe(201);
  const file = await fetch(`${tracker.url}/api/torrents/${published.body.infoHash}.torrent`);
  expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(4_000_000);
});

test("of bodies that arrive at once, a network has a share; more are refused before they are read", async () => {
  const from = "203.0.113.1";
  const begun: Begun[] = [];
  const most = ARRIVING_BYTES.maxBytesPerNetwork / MAX_PUBLICATION_BYTES;
  for (let count = 0; count < most; count++) begun.push(await beginToPublish(tracker, from));
  expect(await (await beginToPublish(tracker, from)).status).toBe(503);
  const other = new ApiClient(tracker, "203.0.113.2");
  expect((await other.post("/api/torrents", publication("other", 1))).status).toBe(201);

  begun[0]?.sent.destroy();
  const client = new ApiClient(tracker, from);
  await expect
    .poll(async () => (await client.post("/api/torrents", publication("mine", 1))).status)
    .not.toBe(503);
});

test("whoever is not logged in is refused before the body is read", async () => {
  const closed = await openAccountTracker(onTestFinished);
  expect(await (await beginToPublish(closed, "203.0.113.1")).status).toBe(401);
});

test("no other request has a large body", async () => {
  const client = new ApiClient(tracker);
  const body = { filler: "x".repeat(40_000) };
  expect(codeOf(await client.delete(`/api/torrents/${"0".repeat(40)}`, body))[0]).toBe(413);
});

test("of answers that nobody reads, a network has a share; for more it gets a refusal", async () => {
  const client = new ApiClient(tracker, "203.0.113.3");
  const { body } = await client.post("/api/torrents", publication("unread", 200_000));
  const path = `/api/torrents/${body.infoHash}.torrent`;
  const socket = connect(tracker.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  // Several at once over one connection, so that the system's buffers cannot hold them.
  const asked = 16;
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.3\r\n`;
  socket.write(`${head}\r\n`.repeat(asked - 1));
  socket.write(`${head}Connection: close\r\n\r\n`);
  let text = "";
  socket.setEncoding("latin1").on("data", (part) => (text += part));
  await once(socket, "close");
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  expect(statuses).toHaveLength(asked);
  expect(new Set(statuses)).toEqual(new Set(["200", "503"]));
  expect(statuses.filter((status) => status === "200").length * 4_000_000).toBeLessThan(
    2 * LEAVING_BYTES.maxBytesPerNetwork,
  );
  expect((await client.get(path)).status).toBe(200);
});
