import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import type { InfoHash, PeerId } from "#shared/base/ids.ts";
import { encodeHandshake, HANDSHAKE_BYTES } from "#shared/wire/handshake.ts";
import { encodeMessage } from "#shared/wire/message.ts";
import { finished, lineOf, testedTabswarm } from "./command.test-support.ts";

// Strangers who break their connections, at whatever moment, must not end a process. An error event without a listener would be
// uncaught: the tracker would log it on standard error, any other command would end with 1.

const newFolder = temporaryFolders();
const installed = testedTabswarm();

/** Starts a command on loopback until the test has ended, and reads its first line of that type. */
async function start(type: string, ...args: readonly string[]) {
  const child = installed.start([...args, "--host", "127.0.0.1", "--port", "0", "--json"]);
  const end = finished(child);
  const line: Record<string, unknown> = JSON.parse(await lineOf(child, new RegExp(`"type":"${type}"`)));
  return { child, end, line, port: Number(line["port"]) };
}

const RESETS_OF_EACH = 150;
const RESETS_AT_ONCE = 50;

/** Sends each of these many times, and resets the connection as soon as it is sent, or some milliseconds later. */
async function sayAndReset(port: number, said: readonly (string | Uint8Array)[]): Promise<void> {
  for (const words of said) {
    for (let count = 0; count < RESETS_OF_EACH; count += RESETS_AT_ONCE) {
      await Promise.all(Array.from({ length: RESETS_AT_ONCE }, (_, at) => one(port, words, at % 5)));
    }
  }
}

async function one(port: number, words: string | Uint8Array, delayMillis: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = once(socket, "close");
  socket.write(words, async () => {
    if (delayMillis > 0) await setTimeout(delayMillis);
    socket.resetAndDestroy();
  });
  await closed;
}

const request = (...lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`;
const UPGRADE = [
  "Host: tracker",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];

test("clients that break their connections while the tracker answers do not end it", async () => {
  const { child, end, port } = await start("listening", "tracker", "--log-level", "warn");
  await sayAndReset(port, [
    request("GET /x HTTP/1.1", ...UPGRADE),
    request("GET / HTTP/1.1", ...UPGRADE),
    request("POST / HTTP/1.1", ...UPGRADE),
    request("GET / HTTP/1.1", "Host: tracker", "Connection: Upgrade", "Upgrade: h2c"),
    request("GET / HTTP/1.1", "Host: tracker"),
    request("GET /announce?info_hash=x HTTP/1.1", "Host: tracker").repeat(20),
    request("CONNECT example.org:80 HTTP/1.1", "Host: tracker"),
    request("nonsense"),
  ]);
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: "ok" });
  child.kill();
  expect(await end).toMatchObject({ code: 0, err: "" });
});

async function seed(...flags: readonly string[]) {
  const path = join(await newFolder(), "film.bin");
  await writeFile(path, Buffer.alloc(300_000, "film"));
  return start("seeding", "seed", path, "--no-rtc", "--no-lsd", ...flags);
}

const handshake = (infoHash: unknown): Uint8Array =>
  encodeHandshake({
    infoHash: infoHash as InfoHash,
    peerId: "2d5858303030312d".padEnd(40, "0") as PeerId,
    extended: true,
    fast: true,
  });

/** The seeder still answers a handshake. */
async function expectSeeding(port: number, infoHash: unknown): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(handshake(infoHash));
  const [answer] = await once(socket, "data");
  expect(answer.length).toBeGreaterThanOrEqual(HANDSHAKE_BYTES);
}

test("peers that break their connections do not end a seeder", async () => {
  const { child, end, line, port } = await seed();
  const hello = handshake(line["infoHash"]);
  const interested = encodeMessage({ type: "interested" });
  const requests = Array.from({ length: 18 }, (_, at) =>
    encodeMessage({ type: "request", range: { piece: 0, begin: at * 16_384, length: 16_384 } }),
  );
  await sayAndReset(port, [
    hello.subarray(0, 30),
    hello,
    Buffer.concat([hello, interested]),
    Buffer.concat([hello, interested, ...requests]),
    Buffer.concat([hello, Buffer.of(255, 255, 255, 255)]),
  ]);
  await expectSeeding(port, line["infoHash"]);
  child.kill();
  expect(await end).toMatchObject({ code: 0, err: "" });
});

const accepting = (key: string): string =>
  request(
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Accept: ${createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")}`,
  );

/** What a tracker answers to an announce before it breaks the connection, by the last part of its URL's path. */
const TREATMENTS: Record<string, (key: string) => readonly (string | Uint8Array)[]> = {
  silence: () => [],
  nonsense: () => ["nonsense\r\n\r\n"],
  half: () => [request("HTTP/1.1 200 OK", "Content-Length: 100"), "d8:"],
  chunks: () => [request("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), "ZZ\r\n"],
  header: () => [`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`],
  redirect: () => [request("HTTP/1.1 302 Found", "Location: http://[::bad")],
  port0: () => [request("HTTP/1.1 302 Found", "Location: http://127.0.0.1:0/announce")],
  refused: () => [accepting("another key")],
  frames: (key) => [accepting(key), Buffer.of(255, 255, 255, 255, 255, 255, 1, 2, 3)],
  text: (key) => [accepting(key), Buffer.of(0x81, 2, 0xff, 0xfe)],
  words: (key) => [accepting(key), Buffer.of(0x81, 4), "null", Buffer.of(0x88, 2, 3, 231)],
};

/** Treats a client as its URL says. */
async function treat(socket: Socket, asked: string, heard: Set<string>): Promise<void> {
  const [, path = ""] = /^GET \/announce\/(\w+)/.exec(asked) ?? [];
  const [, key = ""] = /^sec-websocket-key: (.*)$/im.exec(asked.replaceAll("\r", "")) ?? [];
  heard.add(`${key === "" ? "http" : "ws"} ${path}`);
  for (const words of TREATMENTS[path]?.(key) ?? []) {
    socket.write(words);
    await setTimeout(5); // So that each is read on its own.
  }
  socket.resetAndDestroy();
}

test("trackers that break their connections or talk nonsense do not end a seeder", async () => {
  const heard = new Set<string>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => void treat(socket, String(data), heard));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}/announce`;
  const paths = Object.keys(TREATMENTS);
  const asked = [
    ...paths.slice(0, 7).map((path) => ["http", path]),
    ...["silence", "nonsense", ...paths.slice(7)].map((path) => ["ws", path]),
  ];
  const { child, end, line, port } = await seed(
    ...asked.flatMap(([scheme, path]) => ["--tracker", `${scheme}://${at}/${path}`]),
  );
  await expect.poll(() => [...heard].sort()).toEqual(asked.map((words) => words.join(" ")).sort());
  await expectSeeding(port, line["infoHash"]);
  child.kill();
  expect(await end).toMatchObject({ code: 0, err: "" });
});
