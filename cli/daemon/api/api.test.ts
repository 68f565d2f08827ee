import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { openDaemon, randomFile, type TestedDaemon } from "../daemon.test-support.ts";
import { MAX_STREAMS } from "./events.ts";

const newFolder = temporaryFolders();
const HASH = "1".repeat(40);
/** One more than a torrent has. */
const MANY_TRACKERS = Array.from({ length: 21 }, (_, at) => `http://127.0.0.1:9/announce?${at}`);

/** For tests that change nothing. */
let shared: TestedDaemon;
beforeAll(async () => {
  shared = await openDaemon(await newFolder(), { cleanUp: afterAll });
  await shared.ask("POST", "/api/torrents", { link: HASH });
});

/** A stream of events as text; `read` false: nobody reads it. */
function listen(daemon: TestedDaemon, query = "", read = true): { readonly socket: Socket; text(): string } {
  const { hostname, port, host } = new URL(daemon.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("error", () => {});
  if (read) socket.on("data", (bytes) => (text += bytes));
  socket.write(
    `GET /api/events${query} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${daemon.token}\r\n\r\n`,
  );
  return { socket, text: () => text };
}

test("nobody gets in without the token, not even to metrics or the document", async () => {
  const daemon = shared;
  for (const path of ["/api/status", "/api/torrents", "/api/events", "/api/openapi.json", "/metrics"])
    for (const authorization of ["", "Bearer ", `Bearer ${"A".repeat(43)}`, `Basic ${daemon.token}`]) {
      const { status, json } = await daemon.ask("GET", path, undefined, { authorization });
      expect([status, json.error.code], path).toEqual([401, "tokenNeeded"]);
    }
});

test.each([
  ["a name that a stranger let lead here", { host: "evil.example:6880" }, "unknownHost"],
  ["a name that begins like ours", { host: "localhost.evil.example" }, "unknownHost"],
  ["no readable name", { host: "a@b" }, "unknownHost"],
  ["a page of another site", { origin: "https://evil.example" }, "foreignOrigin"],
  ["a page without a site", { origin: "null" }, "foreignOrigin"],
])("%s is refused, though it shows the token", async (_, headers, code) => {
  const daemon = shared;
  const authorization = `Bearer ${daemon.token}`;
  const { status, json } = await daemon.ask("GET", "/api/status", undefined, { authorization, ...headers });
  expect([status, json.error.code]).toEqual([403, code]);
});

test("its own page and localhost may talk to it", async () => {
  const daemon = shared;
  const authorization = `Bearer ${daemon.token}`;
  const { port } = new URL(daemon.url);
  for (const headers of [{ origin: daemon.url }, { host: `localhost:${port}` }])
    expect((await daemon.ask("GET", "/api/status", undefined, { authorization, ...headers })).status).toBe(
      200,
    );
});

test.each([
  ["POST", "/api/torrents", {}],
  ["POST", "/api/torrents", { link: `magnet:?xt=urn:btih:${HASH}`, paths: ["/a"] }],
  ["POST", "/api/torrents", { link: "nothing of use" }],
  ["POST", "/api/torrents", { torrent: "AAAA" }],
  ["POST", "/api/torrents", { paths: ["relative"] }],
  ["POST", "/api/torrents", { link: HASH, folder: "relative" }],
  ["POST", "/api/torrents", { link: HASH, unknown: 1 }],
  ["POST", "/api/torrents", { link: HASH, encrypt: true }],
  ["POST", "/api/torrents", { link: HASH, again: HASH }],
  ["POST", "/api/torrents", { link: HASH, limits: { rateUp: 1 } }],
  ["POST", "/api/torrents", { link: HASH, limits: { rateUp: 1e300 } }],
  ["POST", "/api/torrents", { link: HASH, folder: "/a\u0000b" }],
  ["POST", "/api/torrents", { paths: ["/tmp"], name: "\n" }],
  ["POST", "/api/torrents", { link: HASH, limits: { stopAt: "2001-01-01" } }],
  ["POST", "/api/torrents", { link: HASH, limits: { other: 5 } }],
  ["PATCH", `/api/torrents/${HASH}`, { isPaused: "perhaps" }],
  ["PATCH", `/api/torrents/${HASH}`, { selectedFiles: [-1] }],
  ["PATCH", `/api/torrents/${HASH}`, { selectedFiles: [] }],
  ["PATCH", `/api/torrents/${HASH}`, { limits: { maxPeers: 1 } }],
  ["PATCH", `/api/torrents/${HASH}`, { addTrackers: ["ftp://tracker.example/"] }],
  ["PATCH", `/api/torrents/${HASH}`, { addTrackers: MANY_TRACKERS }],
  ["PATCH", "/api/limits", { rateUp: "fast" }],
  ["DELETE", `/api/torrents/${HASH}?deleteData=perhaps`, undefined],
])("%s %s with %j is refused with a sentence", async (method, path, body) => {
  const daemon = shared;
  const { status, json } = await daemon.ask(method, path, body);
  expect([status, typeof json.error.message]).toEqual([400, "string"]);
});

test("what is not there is answered with 404", async () => {
  const daemon = await openDaemon(await newFolder());
  for (const method of ["GET", "DELETE"])
    expect((await daemon.ask(method, `/api/torrents/${HASH}`)).json.error.code).toBe("noSuchTorrent");
  expect((await daemon.ask("PATCH", `/api/torrents/${HASH}`, { isPaused: true })).status).toBe(404);
  expect((await daemon.ask("GET", "/api/nothing")).status).toBe(404);
});

test("null lifts a limit, and what is not named stays", async () => {
  const daemon = await openDaemon(await newFolder());
  await daemon.ask("POST", "/api/torrents", { link: HASH, limits: { maxPeers: 5, stopRatio: 2 } });
  const { json } = await daemon.ask("PATCH", `/api/torrents/${HASH}`, { limits: { stopRatio: null } });
  expect(json.limits).toEqual({ maxPeers: 5 });
  await daemon.ask("PATCH", "/api/limits", { rateUp: 10_000, rateDown: 20_000 });
  expect((await daemon.ask("PATCH", "/api/limits", { rateUp: null })).json).toEqual({ rateDown: 20_000 });
});

test("the document names every route, and the metrics count", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder);
  await daemon.ask("POST", "/api/torrents", { paths: [await randomFile(folder, "a")] });
  const { paths } = (await daemon.ask("GET", "/api/openapi.json")).json;
  expect(Object.keys(paths).sort()).toEqual(
    [
      ...["/events", "/limits", "/status", "/torrents", "/torrents/{infoHash}"],
      ...["/torrents/{infoHash}/files/{index}", "/torrents/{infoHash}/files/{index}/address"],
      ...["/torrents/{infoHash}/pieces", "/torrents/{infoHash}/torrent-file"],
    ].map((path) => `/api${path}`),
  );
  const metrics = await eventually(async () => {
    const { text } = await daemon.ask("GET", "/metrics");
    expect(text).toContain('tabswarm_daemon_torrents{state="seeding"} 1');
    return text;
  });
  expect(metrics).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
});

test("a stream tells of torrents as they come, change and go, and of facts", async () => {
  const daemon = await openDaemon(await newFolder());
  const all = listen(daemon);
  const facts = listen(daemon, "?of=facts");
  await eventually(() => expect(facts.text()).toContain("listening"));
  await daemon.ask("POST", "/api/torrents", { link: HASH });
  await eventually(() => expect(all.text()).toMatch(/event: torrent\ndata: \{.*"phase":"metadata"/));
  await daemon.ask("PATCH", `/api/torrents/${HASH}`, { isPaused: true });
  await eventually(() => expect(all.text()).toMatch(/event: torrent\ndata: \{.*"phase":"paused"/));
  await daemon.ask("DELETE", `/api/torrents/${HASH}`);
  await eventually(() => expect(all.text()).toContain(`event: removed\ndata: {"infoHash":"${HASH}"}`));
  expect(facts.text()).toMatch(
    /event: fact\ndata: \{"at":"[\dT:.-]+Z","infoHash":"1+","what":\{"type":"torrentAdded"/,
  );
  expect(facts.text()).not.toContain("event: torrent\n");
  expect(all.text()).toContain("event: fact");
});

test("a stream tells once that it has told the whole list, and of the limits of all torrents whenever they change", async () => {
  const daemon = await openDaemon(await newFolder());
  await daemon.ask("POST", "/api/torrents", { link: HASH });
  const stream = listen(daemon, "?of=torrents");
  await eventually(() => expect(stream.text()).toMatch(/event: torrent\n.*event: listed\ndata: \{\}/s));
  expect(stream.text()).toContain('event: daemon\ndata: {"limits":{},"hashing":[],"trackers":[]}');
  await daemon.ask("PATCH", "/api/limits", { rateUp: 10_000 });
  await eventually(() =>
    expect(stream.text()).toContain(
      'event: daemon\ndata: {"limits":{"rateUp":10000},"hashing":[],"trackers":[]}',
    ),
  );
  expect(stream.text().match(/event: listed/g)).toHaveLength(1);
});

test("a reader who reads late is told a long list bit by bit, each torrent as it is by then", async () => {
  const daemon = await openDaemon(await newFolder());
  const tracker = (at: number): string => `&tr=http://127.0.0.1:9/${`${at}`.padStart(980, "a")}`;
  const trackers = Array.from({ length: 20 }, (_, at) => tracker(at)).join("");
  const hashOf = (at: number): string => `${at}`.padStart(40, "0");
  const last = 130; // Together 8 MB of news: more than systems keep for a reader.
  for (let at = 0; at <= last; at++)
    await daemon.ask("POST", "/api/torrents", {
      link: `magnet:?xt=urn:btih:${hashOf(at)}${trackers}`,
      isPaused: true,
    });
  const stream = listen(daemon, "?of=torrents", false);
  await eventually(() => expect(stream.socket.readableLength).toBeGreaterThan(0));
  await daemon.ask("PATCH", `/api/torrents/${hashOf(last)}`, { limits: { maxPeers: 7 } });
  let text = "";
  stream.socket.on("data", (part) => (text += part));
  await eventually(() => expect(text).toContain("event: listed"));
  const told = [...text.matchAll(/^data: (\{"infoHash":.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
  expect(told).toHaveLength(last + 1);
  expect(told.at(-1)).toMatchObject({ infoHash: hashOf(last), limits: { maxPeers: 7 } });
});

test("trackers are added and taken out, those of the daemon stay, and a restart knows it", async () => {
  const folder = await newFolder();
  const own = "http://127.0.0.1:9/announce";
  const other = "http://127.0.0.1:9/other";
  const first = await openDaemon(folder, { trackers: [own] });
  await first.ask("POST", "/api/torrents", { link: HASH });
  const added = await first.ask("PATCH", `/api/torrents/${HASH}`, { addTrackers: [`${other}/key-a`, own] });
  const urls = (json: { trackers: { url: string }[] }): string[] => json.trackers.map(({ url }) => url);
  expect(urls(added.json)).toEqual([own, `${other}/key-a`]);
  expect(added.json.namedTrackers).toEqual([`${other}/key-a`]);
  await first.close();
  const again = await openDaemon(folder, { trackers: [own] });
  await again.ready;
  const removed = await again.ask("PATCH", `/api/torrents/${HASH}`, {
    removeTrackers: [`${other}/key-a`, own],
  });
  expect([urls(removed.json), removed.json.namedTrackers]).toEqual([[own], []]);
});

test("it tells what is here of pieces and files, and gives out the .torrent file", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder, { trackers: ["http://127.0.0.1:9/announce"] });
  const { json } = await daemon.ask("POST", "/api/torrents", {
    paths: [await randomFile(folder, "a", 40_000)],
  });
  const [{ infoHash }] = json.items;
  const path = `/api/torrents/${infoHash}`;
  await eventually(async () => {
    const pieces = (await daemon.ask("GET", `${path}/pieces`)).json;
    expect([Buffer.from(pieces.map, "base64").toString("hex"), pieces.fileBytes]).toEqual(["80", [40_000]]);
  });
  const answer = await daemon.ask("GET", `${path}/torrent-file`);
  expect(answer.text).toContain("8:announce27:http://127.0.0.1:9/announce");
  await daemon.ask("POST", "/api/torrents", { link: HASH });
  expect((await daemon.ask("GET", `/api/torrents/${HASH}/pieces`)).json).toEqual({});
  expect((await daemon.ask("GET", `/api/torrents/${HASH}/torrent-file`)).json.error.code).toBe("noMetadata");
});

test("streams are counted, and a place is free again once one is closed", async () => {
  const daemon = await openDaemon(await newFolder());
  const streams = Array.from({ length: MAX_STREAMS }, () => listen(daemon));
  for (const stream of streams) await eventually(() => expect(stream.text()).toContain("listening"));
  expect((await daemon.ask("GET", "/api/events")).json.error.code).toBe("tooManyStreams");
  streams[0]?.socket.destroy();
  const later = (): Promise<void> =>
    eventually(async () => {
      const stream = listen(daemon);
      await eventually(() => expect(stream.text()).toContain("HTTP/1.1 200"));
    });
  await later();
});

test("the page is served without the token, but not under a stranger's name", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "page"));
  await writeFile(join(folder, "page/daemon.html"), "<title>Page</title>");
  const daemon = await openDaemon(folder, { pageFolder: join(folder, "page") });
  const page = await daemon.ask("GET", "/", undefined, {});
  expect([page.status, page.text]).toEqual([200, "<title>Page</title>"]);
  expect((await daemon.ask("GET", "/", undefined, { host: "evil.example" })).status).toBe(403);
});

test.each([
  ["a route that is not there", "GET /api/nothing HTTP/1.1\r\nHost: localhost", 404],
  ["a path that cannot be decoded", "GET /api/torrents/%ff HTTP/1.1\r\nHost: localhost", 400],
  ["a name that is too long", `GET /api/torrents/${"a".repeat(500)} HTTP/1.1\r\nHost: localhost`, 414],
  [
    "headers that are too long",
    `GET /api/status HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(20_000)}`,
    431,
  ],
  ["what is not HTTP", "\x16\x03\x01", 400],
])("%s is refused in the form of every refusal", async (_, head, status) => {
  const { hostname, port } = new URL(shared.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("error", () => {}).on("data", (bytes) => (text += bytes));
  socket.write(`${head}\r\n\r\n`);
  await eventually(() => expect(text).toMatch(/\r\n\r\n.*\}$/s));
  expect(text).toContain(`HTTP/1.1 ${status} `);
  expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toEqual({
    error: { code: expect.any(String), message: expect.stringMatching(/\.$/) },
  });
});

test("somebody who sends no more of a request does not keep their place", async () => {
  const { hostname, port } = new URL(shared.url);
  const slow = ["", "GET /api/status HTTP/1.1\r\nHost: loc"].map((head) => {
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {}).on("data", () => {});
    socket.write(head);
    return once(socket, "close");
  });
  await Promise.all(slow);
});
