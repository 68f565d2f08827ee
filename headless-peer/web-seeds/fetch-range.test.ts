import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { RangeWanted } from "#shared/driver/ports.ts";
import type { FetchProblem } from "#shared/session/web-seed.ts";
import { fetchRangeFrom } from "./fetch-range.ts";

const FILE = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

/** A server of this test. Returns its address. */
async function serveHttp(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that says what it likes. */
async function serveRaw(spoke: (socket: Socket) => void): Promise<{ url: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // We hang up on it.
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => spoke(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`, sockets };
}

const fetchRange = fetchRangeFrom(undefined);

interface Outcome {
  readonly bytes: Uint8Array;
  readonly problem: FetchProblem | undefined;
}

/** Fetches a part of a file of 300,000 bytes. */
function fetchPart(url: string, part: Partial<RangeWanted> = {}): Promise<Outcome> {
  const chunks: Uint8Array[] = [];
  const wanted = { url, begin: 100_000, length: 50_000, fileBytes: FILE.length, isTrusted: true, ...part };
  return new Promise((resolve) => {
    fetchRange(wanted, {
      arrived: (bytes) => chunks.push(bytes.slice()),
      ended: (problem) => resolve({ bytes: Buffer.concat(chunks), problem }),
    });
  });
}

/** Answers ranges as a web server does. */
const STATIC: RequestListener = ({ headers }, response) => {
  const [, first = 0, last = 0] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  const body = FILE.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${last}/${FILE.length}`;
  response.writeHead(206, { "content-range": range, "content-length": body.length }).end(body);
};

const PART = FILE.subarray(100_000, 150_000);
const HEAD = "HTTP/1.1 206 Partial Content\r\n";
const RANGE = "Content-Range: bytes 100000-149999/300000\r\n";

test("a part of a file arrives, and the connection serves the next request", async () => {
  const ports = new Set<number | undefined>();
  const url = await serveHttp((request, response) => {
    ports.add(request.socket.remotePort);
    expect(request.headers).toMatchObject({ "accept-encoding": "identity", "user-agent": "Tabswarm" });
    STATIC(request, response);
  });
  for (let round = 0; round < 3; round++) {
    const { bytes, problem } = await fetchPart(`${url}/film`);
    expect([problem, Buffer.compare(bytes, PART)]).toEqual([undefined, 0]);
    await new Promise(setImmediate); // Its end is read after its last byte.
  }
  expect(ports.size).toBe(1);
});

test("an endless answer is cut where the part ends", async () => {
  let written = 0;
  const { url, sockets } = await serveRaw((socket) => {
    socket.write(`${HEAD}${RANGE}\r\n`);
    const more = (): void => {
      while (!socket.destroyed && socket.write(FILE)) written += FILE.length;
    };
    socket.on("drain", more);
    more();
  });
  const { bytes, problem } = await fetchPart(url);
  expect([problem, bytes.length]).toEqual([undefined, 50_000]);
  await eventually(() => expect(sockets.size).toBe(0));
  expect(written).toBeLessThan(20_000_000);
});

test("headers that never end are given up", async () => {
  const { url, sockets } = await serveRaw((socket) => {
    socket.write(HEAD);
    const more = (): void => {
      while (!socket.destroyed && socket.write(`X-More: ${"x".repeat(1_000)}\r\n`));
    };
    socket.on("drain", more);
    more();
  });
  expect((await fetchPart(url)).problem).toMatchObject({ kind: "passing" });
  await eventually(() => expect(sockets.size).toBe(0));
});

test("what drips or is silent ends when it is cancelled", async () => {
  const { url, sockets } = await serveRaw((socket) => {
    socket.write(`${HEAD}${RANGE}Content-Length: 50000\r\n\r\nx`);
  });
  const wanted = { url, begin: 100_000, length: 50_000, fileBytes: FILE.length, isTrusted: true };
  let arrived = 0;
  const cancel = fetchRange(wanted, {
    arrived: () => {
      arrived += 1;
    },
    ended: () => expect.fail("it was cancelled"),
  });
  await eventually(() => expect(arrived).toBe(1));
  cancel();
  await eventually(() => expect(sockets.size).toBe(0));
});

test("a part may be cancelled while its first or last bytes are handed over", async () => {
  const url = await serveHttp(STATIC);
  for (const after of [1, 50_000]) {
    let bytes = 0;
    let over = (): void => {};
    const cancelled = new Promise<void>((resolve) => {
      over = resolve;
    });
    const cancel = fetchRange(
      { url, begin: 100_000, length: 50_000, fileBytes: FILE.length, isTrusted: true },
      {
        arrived: (part) => {
          bytes += part.length;
          if (bytes < after) return;
          cancel();
          over();
        },
        ended: () => expect.fail("it was cancelled"),
      },
    );
    await cancelled;
    expect((await fetchPart(url)).problem).toBeUndefined(); // Time for what the other one causes.
  }
});

test.each([
  ["another range", "Content-Range: bytes 0-49999/300000\r\n", /another part/, "lasting"],
  ["a shorter range", "Content-Range: bytes 100000-100001/300000\r\n", /another part/, "lasting"],
  ["no range", "", /another part/, "lasting"],
  ["nonsense", "Content-Range: bytes x-y/z\r\n", /another part/, "lasting"],
  ["a file of another size", "Content-Range: bytes 100000-149999/300001\r\n", /another size/, "noFile"],
  ["compressed bytes", `${RANGE}Content-Encoding: gzip\r\n`, /compresses/, "lasting"],
])("a server that answers with %s is refused", async (_, headers, reason, kind) => {
  const { url, sockets } = await serveRaw((socket) => socket.write(`${HEAD}${headers}\r\n`));
  expect(await fetchPart(url)).toEqual({
    bytes: Buffer.alloc(0),
    problem: { kind, reason: expect.stringMatching(reason) },
  });
  await eventually(() => expect(sockets.size).toBe(0));
});

test("an answer that ends too soon brings what came, and the connection's end is a problem", async () => {
  const { url } = await serveRaw((socket) =>
    socket.end(`${HEAD}${RANGE}Content-Length: 50000\r\n\r\n0123456789`),
  );
  expect(await fetchPart(url)).toEqual({
    bytes: Buffer.from("0123456789"),
    problem: { kind: "passing", reason: expect.stringContaining("before it had sent everything") },
  });
});

test("a whole file is taken from a server without ranges, and a part of one is not", async () => {
  let asked = 0;
  const url = await serveHttp((_, response) => {
    asked += 1;
    response.writeHead(200, { "content-length": FILE.length }).end(FILE);
  });
  const whole = await fetchPart(url, { begin: 0, length: FILE.length });
  expect([whole.problem, Buffer.compare(whole.bytes, FILE)]).toEqual([undefined, 0]);
  for (const part of [{}, { begin: 0 }]) {
    expect(await fetchPart(url, part)).toEqual({
      bytes: Buffer.alloc(0),
      problem: { kind: "lasting", reason: expect.stringContaining("does not send parts of files") },
    });
  }
  expect(asked).toBe(3);
});

test("a compressed whole file is refused", async () => {
  const url = await serveHttp((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(FILE));
  });
  expect((await fetchPart(url, { begin: 0, length: FILE.length })).problem?.reason).toContain("compresses");
});

test.each([
  [404, {}, { kind: "noFile" }],
  [410, {}, { kind: "noFile" }],
  [416, {}, { kind: "noFile" }],
  [401, {}, { kind: "lasting" }],
  [304, {}, { kind: "lasting" }],
  [503, { "retry-after": "120" }, { kind: "passing", retryInSeconds: 120 }],
  [503, { "retry-after": "99999999999999999999" }, { kind: "passing", retryInSeconds: undefined }],
  [500, {}, { kind: "passing" }],
  [429, {}, { kind: "passing" }],
])("HTTP status %i is a problem of its kind", async (status, headers, problem) => {
  const url = await serveHttp((_, response) => void response.writeHead(status, headers).end("sorry"));
  expect((await fetchPart(url)).problem).toMatchObject({
    ...problem,
    reason: `it answers with HTTP status ${status}`,
  });
});

test("redirects are followed a few times", async () => {
  const url = await serveHttp((request, response) => {
    if (request.url === "/film") return STATIC(request, response);
    response.writeHead(302, { location: request.url === "/near" ? "/film" : request.url }).end();
  });
  expect((await fetchPart(`${url}/near`)).problem).toBeUndefined();
  expect((await fetchPart(`${url}/loop`)).problem).toEqual({
    kind: "lasting",
    reason: "it redirects us too often",
  });
});

test("no web seed that a stranger names, and no redirect, leads into a private network", async () => {
  let asked = 0;
  const inside = await serveHttp((request, response) => {
    asked += 1;
    STATIC(request, response);
  });
  const stranger = await fetchPart(`${inside}/film`, { isTrusted: false });
  expect(stranger.problem).toEqual({ kind: "lasting", reason: expect.stringContaining("private network") });
  const named = await serveHttp((_, response) => {
    response.writeHead(302, { location: `${inside}/film` }).end();
  });
  const redirected = await fetchPart(`${named}/film`);
  expect(redirected.problem).toEqual({ kind: "lasting", reason: expect.stringContaining("private network") });
  const odd = await serveHttp(
    (_, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  );
  expect((await fetchPart(`${odd}/film`)).problem?.reason).toContain("not on the web");
  expect(asked).toBe(0);
});

test("a server that nobody reaches may be back later", async () => {
  const { url } = await serveRaw(() => {});
  const dead = new URL(url);
  dead.port = "1";
  expect((await fetchPart(dead.href)).problem).toEqual({
    kind: "passing",
    reason: expect.stringContaining("nothing listens there"),
  });
});
