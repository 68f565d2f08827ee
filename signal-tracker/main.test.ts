import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get as httpGet } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { isSqliteMissing } from "../e2e/sqlite.ts";
import { type RunningTracker, StartError, startTracker, type TrackerOptions } from "./main.ts";

let folder: string;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-tracker-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Page</title>");
  await writeFile(join(folder, "assets", "main-1234.js"), "export {};");
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await rm(folder, { recursive: true });
});

const OPTIONS: TrackerOptions = {
  host: "127.0.0.1",
  port: 0,
  stun: true,
  log: pino({ level: "silent" }),
};

async function start(options: Partial<TrackerOptions> = {}): Promise<RunningTracker> {
  const tracker = await startTracker({ ...OPTIONS, ...options });
  cleanUps.push(() => tracker.close());
  return tracker;
}

async function get({ port }: RunningTracker, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`);
}

test("page, configuration, health and WebSocket share one port", async () => {
  const tracker = await start({ pageFolder: folder });
  const page = await get(tracker, "/");
  expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
    200,
    "text/html; charset=utf-8",
    "<!doctype html><title>Page</title>",
  ]);
  expect(await (await get(tracker, "/healthz")).json()).toEqual({ status: "ok" });
  const socket = new WebSocket(`ws://127.0.0.1:${tracker.port}`);
  cleanUps.push(() => socket.terminate());
  await once(socket, "open");
});

test("the configuration says how to reach this tracker", async () => {
  const tracker = await start({ iceServers: [{ urls: "stun:other.example.org" }] });
  const config = await get(tracker, "/config.json");
  expect(config.headers.get("cache-control")).toBe("no-store");
  expect(await config.json()).toEqual({
    pageUrl: `http://127.0.0.1:${tracker.port}/`,
    nodes: [`http://127.0.0.1:${tracker.port}/`],
    trackers: [`ws://127.0.0.1:${tracker.port}/`, `http://127.0.0.1:${tracker.port}/announce`],
    trackerId: expect.stringMatching(/^[0-9a-f]{16}$/),
    iceServers: [{ urls: "stun:other.example.org" }],
    accounts: false,
    catalog: true,
    nearby: true,
    trust: false,
  });
  expect(tracker).toMatchObject({
    urls: [`http://localhost:${tracker.port}/`],
    sharedUrl: undefined,
    pageUrl: `http://127.0.0.1:${tracker.port}/`,
  });
});

test("the public URL goes into links and is listed", async () => {
  const tracker = await start({ publicUrl: new URL("https://share.example.org") });
  expect(await (await get(tracker, "/config.json")).json()).toMatchObject({
    pageUrl: "https://share.example.org/",
    trackers: ["wss://share.example.org/", "https://share.example.org/announce"],
  });
  expect(tracker).toMatchObject({
    urls: [`http://localhost:${tracker.port}/`, "https://share.example.org/"],
    sharedUrl: "https://share.example.org/",
  });
});

test("page, files and errors carry a content policy that works on plain http", async () => {
  const tracker = await start({ pageFolder: folder });
  for (const path of ["/", "/assets/main-1234.js", "/config.json", "/nothing"]) {
    const { headers } = await get(tracker, path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("connect-src 'self' ws: wss: http: https: blob:");
    expect(policy).not.toMatch(/upgrade-insecure-requests|unsafe-inline|'unsafe-eval'/);
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("browsers keep assets and ask again for the page", { timeout: 15_000 }, async () => {
  const tracker = await start({ pageFolder: folder });
  expect((await get(tracker, "/")).headers.get("cache-control")).toBe("no-cache");
  expect((await get(tracker, "/assets/main-1234.js")).headers.get("cache-control")).toContain("immutable");
});

test("what an installed page without its service worker sends here is not read, and the page says so", async () => {
  const tracker = await start({ pageFolder: folder });
  const body = new FormData();
  body.append("files", new Blob([new Uint8Array(300_000)]), "photo.jpg");
  const url = `http://127.0.0.1:${tracker.port}/share`;
  const response = await fetch(url, { method: "POST", body, redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([303, "/#/shared/lost"]);
});

describe("the compressed copies that the build puts beside the page's files", () => {
  const SCRIPT = `export const text = "${"long ".repeat(100)}";`;
  beforeEach(async () => {
    const path = join(folder, "assets", "main-1234.js");
    await writeFile(path, SCRIPT);
    await writeFile(`${path}.br`, brotliCompressSync(SCRIPT));
    await writeFile(`${path}.gz`, gzipSync(SCRIPT));
    await writeFile(join(folder, "index.html.gz"), gzipSync("<!doctype html><title>Page</title>"));
  });

  /** The response as it comes over the wire: `fetch` would decode it. */
  async function raw(port: number, path: string, headers: Record<string, string>) {
    const [response] = await once(httpGet({ host: "127.0.0.1", port, path, headers }), "response");
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
  }

  test.each([
    ["br", "gzip, deflate, br, zstd", brotliDecompressSync],
    ["gzip", "gzip, deflate", gunzipSync],
    ["gzip", "br;q=0, gzip", gunzipSync],
    [undefined, "identity", (body: Buffer) => body],
    [undefined, undefined, (body: Buffer) => body],
  ])("are sent as %s to clients that accept %s", async (encoding, accepted, decode) => {
    const { port } = await start({ pageFolder: folder });
    const requestHeaders = accepted === undefined ? {} : { "accept-encoding": accepted };
    const { status, headers, body } = await raw(port, "/assets/main-1234.js", requestHeaders);
    expect([status, headers["content-encoding"], headers["content-type"], headers["vary"]]).toEqual([
      200,
      encoding,
      "application/javascript; charset=utf-8",
      "accept-encoding",
    ]);
    expect(headers["cache-control"]).toContain("immutable");
    expect(String(decode(body))).toBe(SCRIPT);
  });

  test("each have an ETag, so that a browser learns that its copy is still current", async () => {
    const { port } = await start({ pageFolder: folder });
    const asBrotli = { "accept-encoding": "br" };
    const tags = await Promise.all(
      [asBrotli, { "accept-encoding": "gzip" }, {}].map(
        async (requestHeaders) => (await raw(port, "/assets/main-1234.js", requestHeaders)).headers.etag,
      ),
    );
    expect(new Set(tags).size).toBe(3);
    const known = { "if-none-match": String(tags[0]) };
    expect((await raw(port, "/assets/main-1234.js", { ...asBrotli, ...known })).status).toBe(304);
    expect((await raw(port, "/assets/main-1234.js", known)).status).toBe(200);
  });

  test("exist for the page itself, too; a file without copies is sent as it is", async () => {
    const { port } = await start({ pageFolder: folder });
    const page = await raw(port, "/", { "accept-encoding": "gzip, br" });
    expect([page.headers["content-encoding"], page.headers["content-type"]]).toEqual([
      "gzip",
      "text/html; charset=utf-8",
    ]);
    expect(page.headers["cache-control"]).toBe("no-cache");
    expect(String(gunzipSync(page.body))).toContain("<title>Page</title>");
    await writeFile(join(folder, "icon.svg"), "<svg/>");
    const icon = await raw(port, "/icon.svg", { "accept-encoding": "gzip, br" });
    expect([icon.headers["content-encoding"], String(icon.body)]).toEqual([undefined, "<svg/>"]);
  });
});

test.each(["/nothing", "/assets/", "/../main.test.ts", "/%2e%2e/%2e%2e/etc/passwd", "/%00"])(
  "%s is not found",
  async (path) => {
    const tracker = await start({ pageFolder: folder });
    expect((await get(tracker, path)).status).toBeGreaterThanOrEqual(400);
  },
);

test("STUN answers over UDP on the same port number, unless it is turned off", async () => {
  const { port } = await start();
  const client = createSocket("udp4");
  cleanUps.push(() => client.close());
  client.send(Buffer.from("000100002112a442b7e7a701bc34d686fa87dfae", "hex"), port, "127.0.0.1");
  const [answer] = await once(client, "message");
  expect(String(answer.subarray(0, 2).toString("hex"))).toBe("0101");

  const without = await start({ udp: false });
  const other = createSocket("udp4").bind(without.port, "127.0.0.1");
  cleanUps.push(() => other.close());
  await once(other, "listening");
});

test("a busy port is explained, for TCP and for UDP", async () => {
  const { port } = await start();
  await expect(start({ port })).rejects.toThrow(StartError);
  await expect(start({ port })).rejects.toThrow(`Port ${port} is in use. Stop`);

  // A port that is free for UDP may be busy for TCP: any connection of this machine can have it.
  const onTcp = await start({ udp: false });
  const udp = createSocket("udp4").bind(onTcp.port, "127.0.0.1");
  cleanUps.push(() => udp.close());
  await once(udp, "listening");
  await onTcp.close();
  await expect(start({ port: onTcp.port })).rejects.toThrow("--no-udp");
  await start({ port: onTcp.port, udp: false });
});

test("a missing page, another machine's address and an unknown host are explained", async () => {
  await expect(start({ pageFolder: join(folder, "none") })).rejects.toThrow("npm run build");
  await expect(start({ host: "198.51.100.1" })).rejects.toThrow("does not have the address 198.51.100.1");
  await expect(start({ host: "no such host" })).rejects.toThrow("There is no host called no such host");
});

test.skipIf(isSqliteMissing())("with a data folder the tracker keeps its id", async () => {
  const dataFolder = join(folder, "made", "if need be");
  const idOf = async (): Promise<unknown> => {
    const tracker = await start({ dataFolder });
    const { trackerId } = await (await get(tracker, "/config.json")).json();
    await tracker.close();
    return trackerId;
  };
  const id = await idOf();
  expect(await idOf()).toBe(id);
  await writeFile(join(dataFolder, "tracker-id"), "garbage");
  expect(await idOf()).not.toBe(id);
  expect(await readFile(join(dataFolder, "tracker-id"), "utf8")).toMatch(/^[0-9a-f]{16}\n$/);
});

test.skipIf(isSqliteMissing())("a data folder that another tracker uses is explained", async () => {
  const dataFolder = join(folder, "used");
  await start({ dataFolder });
  await expect(start({ dataFolder })).rejects.toThrow(StartError);
  await expect(start({ dataFolder })).rejects.toThrow("Another tracker uses the data folder");
});

test("a data folder that cannot be created is explained", async () => {
  await expect(start({ dataFolder: join(folder, "index.html", "data") })).rejects.toThrow("--data");
});

test("a foreign client with a thousand torrents on one socket can start them all and announce each again", {
  timeout: 15_000,
}, async () => {
  const tracker = await start();
  const socket = new WebSocket(`ws://127.0.0.1:${tracker.port}`);
  cleanUps.push(() => socket.terminate());
  await once(socket, "open");
  const replies: unknown[] = [];
  socket.on("message", (data) => replies.push(JSON.parse(String(data))));
  for (let number = 0; number < 2_000; number++) {
    const info_hash = String(number % 1_000).padStart(20, "0");
    socket.send(JSON.stringify({ action: "announce", info_hash, peer_id: "-XX0001-123456789012" }));
  }
  await expect.poll(() => replies.length, { timeout: 10_000 }).toBe(2_000);
  expect(replies.filter((reply) => JSON.stringify(reply).includes("failure reason"))).toEqual([]);
});

test("desktops announce on the same port, without limits from loopback", async () => {
  const tracker = await start();
  const announce = (port: number): Promise<Response> =>
    get(
      tracker,
      `/announce?info_hash=${"%ff".repeat(20)}&peer_id=-XX0001-123456789012&port=${port}&compact=1`,
    );
  for (let port = 1; port <= 300; port++) {
    const text = await (await announce(port)).text();
    expect(text).toContain("8:intervali600e");
    expect(text).not.toContain("warning");
  }
  expect((await get(tracker, "/announce")).headers.get("x-content-type-options")).toBe("nosniff");
});

test("closing frees the port even if clients are connected", async () => {
  const tracker = await startTracker(OPTIONS);
  const socket = new WebSocket(`ws://127.0.0.1:${tracker.port}`);
  await once(socket, "open");
  const response = await get(tracker, "/healthz");
  await response.text();
  const idle = connect({ port: tracker.port, host: "127.0.0.1", allowHalfOpen: true });
  cleanUps.push(() => idle.destroy());
  idle.on("error", () => {});
  idle.write(`GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  expect(String((await once(idle, "data"))[0])).toMatch(/^HTTP\/1\.1 404 /);
  await tracker.close();
  await start({ port: tracker.port });
});

test("a tracker that drains also closes the sockets of people nearby, and takes no new ones", async () => {
  const tracker = await start();
  const url = `ws://127.0.0.1:${tracker.port}/nearby`;
  const sockets = Array.from({ length: 100 }, () => new WebSocket(url));
  for (const socket of sockets) cleanUps.push(() => socket.terminate());
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  const ends = sockets.map(async (socket) => (await once(socket, "close"))[0]);
  const drained = tracker.drain();
  const refused = once(new WebSocket(url), "error");
  await Promise.race(ends);
  expect(sockets.at(-1)?.readyState).toBe(WebSocket.OPEN); // They do not all come back at once.
  expect(new Set(await Promise.all(ends))).toEqual(new Set([1001]));
  expect(String(await refused)).toContain("503");
  await drained;
});
