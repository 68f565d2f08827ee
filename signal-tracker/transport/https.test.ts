import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get as httpGet } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { issueCertificate, makeAuthority } from "../certificates/authority.ts";
import type { KeyPair } from "../certificates/certificate-source.ts";
import { type RunningTracker, StartError, startTracker } from "../main.ts";

// Short enough to wait for, and long enough for a handshake on a busy machine.
vi.mock("../limits/http.ts", async (original) => {
  const limits = await original<typeof import("../limits/http.ts")>();
  const HTTP_LIMITS = { ...limits.HTTP_LIMITS, headersMillis: 3_000, checkMillis: 100 };
  return { ...limits, HTTP_LIMITS, HANDSHAKE_TIMEOUT_MILLIS: 2_000 };
});

const log = pino({ level: "silent" });

let folder: string;
let tracker: RunningTracker;
let authority: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-https-"));
  tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log,
    dataFolder: folder,
    https: { port: 0, certificate: { folder } },
  });
  authority = await (await fetch(`http://127.0.0.1:${tracker.port}/ca.crt`)).text();
});
afterAll(async () => {
  await tracker.close();
  await rm(folder, { recursive: true });
});

/** Asks over https, trusting only the tracker's own authority. */
async function ask(path: string, options: { readonly method?: string; readonly origin?: string } = {}) {
  const { method = "GET", origin } = options;
  const request = httpsRequest({
    ...{ host: "127.0.0.1", port: tracker.httpsPort, path, ca: authority, method, agent: false },
    headers: origin === undefined ? {} : { origin },
  }).end();
  const [response] = await once(request, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks).toString("latin1"),
  };
}

test("configuration, API, announces and errors are the same over https", async () => {
  expect(JSON.parse((await ask("/config.json")).body)).toMatchObject({
    pageUrl: `https://127.0.0.1:${tracker.httpsPort}/`,
    trackers: [`wss://127.0.0.1:${tracker.httpsPort}/`, `https://127.0.0.1:${tracker.httpsPort}/announce`],
    trust: true,
  });
  const announce = `/announce?info_hash=${"%11".repeat(20)}&peer_id=-XX0001-000000000001&port=7001`;
  expect((await ask(announce)).body).toMatch(/^d8:completei/);
  expect((await ask("/announce?x")).body).toContain("failure reason");
  const { status, headers } = await ask("/api/nothing");
  expect([status, headers["content-security-policy"]]).toEqual([
    404,
    expect.stringContaining("default-src 'self'"),
  ]);
});

test("a client that asks over http is not sent to https, nor told to come back there", async () => {
  const answer = await fetch(`http://127.0.0.1:${tracker.port}/config.json`, { redirect: "manual" });
  expect(await answer.json()).toMatchObject({
    pageUrl: `http://127.0.0.1:${tracker.port}/`,
    trackers: [`ws://127.0.0.1:${tracker.port}/`, `http://127.0.0.1:${tracker.port}/announce`],
  });
  // HSTS would also send http://…:8000 to https, where nothing answers.
  for (const { headers } of [
    answer,
    { headers: new Headers((await ask("/config.json")).headers as HeadersInit) },
  ])
    expect(headers.get("strict-transport-security")).toBeNull();
});

test.each(["/", "/announce"])("a WebSocket at %s speaks to the same swarm", async (path) => {
  const socket = new WebSocket(`wss://127.0.0.1:${tracker.httpsPort}${path}`, { ca: authority });
  await once(socket, "open");
  socket.send(JSON.stringify({ action: "scrape", info_hash: "\x11".repeat(20) }));
  const [message] = await once(socket, "message");
  expect(JSON.parse(String(message))).toMatchObject({ action: "scrape" });
  socket.close();
  await once(socket, "close");
});

test("a page on https may use the API, a page on http of the same port may not", async () => {
  const deed = (origin: string) => ask("/api/nothing", { method: "POST", origin });
  expect((await deed(`https://127.0.0.1:${tracker.httpsPort}`)).status).toBe(404);
  expect((await deed(`http://127.0.0.1:${tracker.httpsPort}`)).status).toBe(403);
});

test("the authority can be downloaded, and a page without scripts says how to trust it", async () => {
  const download = await fetch(`http://127.0.0.1:${tracker.port}/ca.crt`);
  expect(download.headers.get("content-type")).toBe("application/x-x509-ca-cert");
  const { fingerprint256, ca, subject } = new X509Certificate(await download.text());
  expect([ca, subject.includes("Tabswarm on ")]).toEqual([true, true]);
  expect(tracker.authorityFingerprint).toBe(fingerprint256);

  const { headers, body } = await ask("/trust");
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(body).toContain(fingerprint256);
  expect(body).not.toMatch(/<script|style=|\{/);
  expect(body).toContain(`<a href="https://127.0.0.1:${tracker.httpsPort}/">`);
  for (const platform of ["Windows", "macOS", "iPhone", "Android", "Linux", "Firefox"])
    expect(body).toContain(platform);
  expect((await ask("/trust.css")).headers["content-type"]).toBe("text/css; charset=utf-8");
});

test.each(['a"onmouseover="x', "a<script>", "a&amp;", "x y"])(
  "a host called %j gets nothing into that page",
  async (host) => {
    const request = httpGet({ host: "127.0.0.1", port: tracker.port, path: "/trust", headers: { host } });
    const [response] = await once(request, "response");
    let body = "";
    for await (const chunk of response) body += chunk;
    expect(body).toContain(`<a href="https://localhost:${tracker.httpsPort}/">`);
    expect(body).not.toContain(host);
  },
);

test("the metrics say when each certificate expires", async () => {
  const metrics = (await ask("/metrics")).body;
  const expiry = (pem: string): number => Date.parse(new X509Certificate(pem).validTo) / 1_000;
  const served = await readFile(join(folder, "https.crt"), "utf8");
  expect(metrics).toContain(
    `tabswarm_certificate_expiry_timestamp_seconds{certificate="https"} ${expiry(served)}`,
  );
  expect(metrics).toContain(
    `tabswarm_certificate_expiry_timestamp_seconds{certificate="ca"} ${expiry(authority)}`,
  );
});

test("every address is listed, on http first", () => {
  expect(tracker.urls).toEqual([
    `http://localhost:${tracker.port}/`,
    `https://localhost:${tracker.httpsPort}/`,
  ]);
});

test("bytes that are not TLS harm nobody", async () => {
  const socket = connect({ host: "127.0.0.1", port: tracker.httpsPort ?? 0 });
  socket.end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.on("error", () => {});
  await once(socket, "close");
  expect((await ask("/healthz")).status).toBe(200);
});

test("a client that connects and says nothing loses the connection", async () => {
  const socket = connect({ host: "127.0.0.1", port: tracker.httpsPort ?? 0 });
  socket.on("error", () => {}); // It may be reset.
  await once(socket, "close");
  expect((await ask("/healthz")).status).toBe(200);
});

test("clients on https count as connections, and lose them when they are too slow", async () => {
  const clients = Array.from({ length: 20 }, () =>
    connectTls({ host: "127.0.0.1", port: tracker.httpsPort, ca: authority }),
  );
  await Promise.all(clients.map((client) => once(client, "secureConnect")));
  const count = /^tabswarm_connections (\d+)$/m.exec((await ask("/metrics")).body)?.[1];
  expect(Number(count)).toBeGreaterThan(20);
  const heard = clients.map(async (client) => {
    let text = "";
    for await (const data of client) text += data;
    return text.split("\r\n")[0];
  });
  for (const client of clients) client.write("GET /healthz HTTP/1.1\r\nHost: loc");
  expect(new Set(await Promise.all(heard))).toEqual(new Set(["HTTP/1.1 408 Request Timeout"]));
});

test("without https there is no authority to trust", async () => {
  const plain = await startTracker({ host: "127.0.0.1", port: 0, stun: false, log });
  for (const path of ["/ca.crt", "/trust"])
    expect((await fetch(`http://127.0.0.1:${plain.port}${path}`)).status, path).toBe(404);
  expect(await (await fetch(`http://127.0.0.1:${plain.port}/config.json`)).json()).toMatchObject({
    trust: false,
  });
  await plain.close();
});

test("with a certificate of one's own there is no authority either, and a busy port is named", async () => {
  const certificate = { certFile: join(folder, "https.crt"), keyFile: join(folder, "https.key") };
  const options = { host: "127.0.0.1", port: 0, stun: false, log };
  const own = await startTracker({ ...options, https: { port: 0, certificate } });
  expect((await fetch(`http://127.0.0.1:${own.port}/ca.crt`)).status).toBe(404);
  const port = own.httpsPort ?? 0;
  await expect(startTracker({ ...options, https: { port, certificate } })).rejects.toThrow(
    new StartError(`Port ${port} is in use. Stop the program that uses it, or pass another --https-port.`),
  );
  await own.close();
});

test("a certificate of the operator's own is replaced without a restart when its files change", async () => {
  const [certFile, keyFile] = [join(folder, "own.crt"), join(folder, "own.key")];
  const machine = { names: ["localhost"], addresses: [] };
  const own = await makeAuthority(machine, new Date());
  const pairs = [
    await issueCertificate(own, machine, new Date()),
    await issueCertificate(own, machine, new Date()),
  ];
  const put = async ({ key, cert } = pairs[0] as KeyPair): Promise<void> => {
    await writeFile(certFile, cert);
    await writeFile(keyFile, key);
  };
  await put();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const certificate = { certFile, keyFile };
  const renewed = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log,
    https: { port: 0, certificate },
  });
  const served = async (): Promise<string> => {
    const socket = connectTls({
      host: "127.0.0.1",
      port: renewed.httpsPort,
      ca: own.cert,
      servername: "localhost",
    });
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  const [before, after] = pairs.map(({ cert }) => new X509Certificate(cert).fingerprint256);
  expect(await served()).toBe(before);
  await put(pairs[1]);
  vi.advanceTimersByTime(10_000);
  await expect.poll(served).toBe(after);
  await renewed.close();
  vi.useRealTimers();
});

test("a tracker that drains closes WebSockets over https with a reason, and answers the requests there that have begun", async () => {
  const certificate = { certFile: join(folder, "https.crt"), keyFile: join(folder, "https.key") };
  const options = { host: "127.0.0.1", port: 0, stun: false, log };
  const drained = await startTracker({ ...options, https: { port: 0, certificate } });
  const port = drained.httpsPort;
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { ca: authority });
  await once(socket, "open");
  const closed = once(socket, "close");
  const client = connectTls({ host: "127.0.0.1", port, ca: authority });
  let answer = "";
  client.on("data", (data) => (answer += data));
  client.write("GET /healthz HTTP/1.1\r\nHost: local");
  await once(client, "secureConnect");
  const probe = new WebSocket(`wss://127.0.0.1:${port}/`, { ca: authority }); // By then the half request was read.
  await once(probe, "open");
  let isDrained = false;
  const ended = drained.drain().then(() => {
    isDrained = true;
  });
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1001, "the tracker is stopping"]);
  await expect.poll(() => isTaken(port ?? 0)).toBe(false);
  expect(isDrained).toBe(false);
  client.write("host\r\n\r\n");
  await ended;
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
});

/** Whether a new connection is taken. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

test("somebody who logs in over https gets a cookie that never goes over plain http", async () => {
  const certificate = { certFile: join(folder, "https.crt"), keyFile: join(folder, "https.key") };
  const options = { host: "127.0.0.1", port: 0, stun: false, log, accounts: true };
  const closed = await startTracker({ ...options, https: { port: 0, certificate } });
  const body = JSON.stringify({ name: "anna", password: "correct horse" });
  const request = httpsRequest({
    ...{ host: "127.0.0.1", port: closed.httpsPort, ca: authority, agent: false },
    ...{ method: "POST", path: "/api/accounts" },
    headers: {
      origin: `https://127.0.0.1:${closed.httpsPort}`,
      "content-type": "application/json",
      "content-length": body.length,
    },
  }).end(body);
  const [response] = await once(request, "response");
  response.resume();
  expect([response.statusCode, String(response.headers["set-cookie"])]).toEqual([
    201,
    expect.stringMatching(/^__Host-.*; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  await closed.close();
});

test("a certificate that cannot be used is a failure to start", async () => {
  const certificate = { certFile: join(folder, "none.crt"), keyFile: join(folder, "none.key") };
  const start = startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log,
    https: { port: 0, certificate },
  });
  await expect(start).rejects.toThrow(StartError);
});
