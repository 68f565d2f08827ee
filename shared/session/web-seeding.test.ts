import { expect, test } from "vitest";
import { parseWebSeedUrl } from "../meta/web-seeds.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import type { Possessions } from "../sim/node-setup.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { WebServer, type WebServerSetup } from "../sim/web-server.test-support.ts";
import { TRACKER, World, type WorldSetup } from "../sim/world.test-support.ts";
import type { WebSeedView } from "./view.ts";
import { MAX_REST_MILLIS } from "./web-seed.ts";
import { RUN_BYTES } from "./web-seeding.ts";

const FILM = sampleTorrent({ files: [["film.bin", 3_000_000]], pieceLength: 65_536 });
const FOLDER = sampleTorrent({
  files: [
    ["Album/a b.txt", 100_000],
    ["Album/empty", 0],
    ["Album/sub/c#d.bin", 333_333],
    ["Album/z", 70_000],
  ],
  pieceLength: 65_536,
});

const webSeed = (text: string) => {
  const url = parseWebSeedUrl(text);
  if (url === undefined) throw new Error(`no web seed: ${text}`);
  return { url, isTrusted: false };
};
const WEB = { webSeeds: [webSeed("http://web.test/")] };

/** A leecher and a web server with the torrent. */
function newLeecher(
  torrent: SampleTorrent,
  setup: WebServerSetup = {},
  worldSetup: WorldSetup = {},
  has: Possessions = WEB,
) {
  const world = new World(worldSetup);
  const server = new WebServer(world.scheduler, torrent, setup);
  const leecher = world.node("leecher", { fetchRange: server.fetchRange });
  leecher.add(torrent, [TRACKER], { knowsMetadata: true, ...has });
  return { world, server, leecher };
}

function only({ webSeeds }: ReturnType<SimNode["view"]>): WebSeedView {
  const [first] = webSeeds;
  if (first === undefined) throw new Error("it has no web seed");
  return first;
}

function expectStored(leecher: SimNode, torrent: SampleTorrent): void {
  for (const piece of torrent.info.layout.pieces()) expect(leecher.hasStored(torrent, piece)).toBe(true);
}

test("a torrent completes from a web seed alone, in ranges of about a megabyte", async () => {
  const { world, server, leecher } = newLeecher(FILM);
  await world.until(() => leecher.isSeeding(), 10_000);
  expectStored(leecher, FILM);
  expect(server.bytesSent).toBe(3_000_000);
  expect(server.asked.length).toBeLessThan(20);
  expect(Math.max(...server.asked.map(({ length }) => length))).toBe(RUN_BYTES);
  for (const { url, begin, fileBytes } of server.asked) {
    expect([url, fileBytes]).toEqual(["http://web.test/film.bin", 3_000_000]);
    expect(begin % 65_536).toBe(0);
  }
  expect(only(leecher.view())).toMatchObject({
    ...{ url: "http://web.test/", state: "waiting", problem: undefined },
    ...{ downloadedBytes: 3_000_000, goodPieces: 46, failedPieces: 0 },
  });
  expect(leecher.view()).toMatchObject({ downloadedBytes: 3_000_000, piecesFetched: 46, peers: [] });
  expect(server.open).toBe(0);
});

test("a piece of several files comes in several requests, with their names escaped", async () => {
  const { world, server, leecher } = newLeecher(FOLDER);
  await world.until(() => leecher.isSeeding(), 10_000);
  expectStored(leecher, FOLDER);
  expect(new Set(server.asked.map(({ url }) => url))).toEqual(
    new Set([
      "http://web.test/Album/a%20b.txt",
      "http://web.test/Album/sub/c%23d.bin",
      "http://web.test/Album/z",
    ]),
  );
});

test("only what is selected is fetched", async () => {
  const { world, server, leecher } = newLeecher(FOLDER, {}, {}, { ...WEB, selectedFiles: [3] });
  await world.until(() => leecher.isSeeding(), 10_000);
  expect(server.bytesSent).toBeLessThan(3 * 65_536);
});

test("a magnet link's web seeds are asked once a peer has sent the metadata", async () => {
  const { world, server, leecher } = newLeecher(FILM, {}, {}, { ...WEB, knowsMetadata: false });
  await world.pass(5_000);
  expect(server.asked).toEqual([]);
  world.node("other").add(FILM, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding(), 60_000);
  expect(server.bytesSent).toBe(3_000_000);
});

test("no web seed sends what peers deliver", async () => {
  const { world, server, leecher } = newLeecher(FILM, { bytesPerSecond: 1_000_000 });
  world
    .node("seeder", { line: { upBytesPerSecond: 1_000_000, downBytesPerSecond: 1_000_000 } })
    .add(FILM, [TRACKER], {
      pieces: "all",
    });
  await world.until(() => leecher.isSeeding(), 20_000);
  const [peer] = leecher.view().peers;
  const fromPeer = peer?.downloadedBytes ?? leecher.view().formerPeers[0]?.downloadedBytes ?? 0;
  expect(fromPeer).toBeGreaterThan(500_000);
  expect(server.bytesSent).toBeGreaterThan(500_000);
  expect(fromPeer + server.bytesSent).toBeLessThan(3_000_000 * 1.1);
});

test("a slow web seed does not hold up the end", async () => {
  const { world, server, leecher } = newLeecher(FILM, { bytesPerSecond: 20_000 });
  // A lone one would tell of its pieces one by one.
  for (const name of ["one", "two"]) world.node(name).add(FILM, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding(), 6_000);
  await world.pass(100);
  expect(server.open).toBe(0); // What nobody waits for any more is cancelled.
  expect(server.cancelled).toBeGreaterThan(0);
});

test("a web seed that sends bad data is banned at its first piece, and peers send the rest", async () => {
  const { world, server, leecher } = newLeecher(FILM, {
    spoil: (_, bytes) => {
      bytes[0] = (bytes[0] ?? 0) ^ 1;
    },
  });
  await world.until(() => only(leecher.view()).state === "banned", 10_000);
  expect(only(leecher.view())).toMatchObject({
    problem: expect.stringContaining("other data"),
    goodPieces: 0,
  });
  expect(leecher.happenings).toContainEqual(
    expect.objectContaining({ type: "webSeedBanned", webSeed: "http://web.test/" }),
  );
  await world.pass(2 * MAX_REST_MILLIS);
  const { bytesSent } = server;
  world.node("seeder").add(FILM, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding(), MAX_REST_MILLIS);
  expect(server.bytesSent).toBe(bytesSent);
  expectStored(leecher, FILM);
});

test("of a web seed and a peer that sent a piece together, the liar is banned", async () => {
  // One piece, so that both send blocks of it.
  const torrent = sampleTorrent({ files: [["one.bin", 2_000_000]], pieceLength: 2 ** 21 });
  const world = new World();
  const server = new WebServer(world.scheduler, torrent, {
    bytesPerSecond: 300_000,
    spoil: (_, bytes) => {
      bytes[0] = (bytes[0] ?? 0) ^ 1;
    },
  });
  const leecher = world.node("leecher", { fetchRange: server.fetchRange });
  world
    .node("seeder", { line: { upBytesPerSecond: 300_000, downBytesPerSecond: 1_000_000 } })
    .add(torrent, [TRACKER], {
      pieces: "all",
    });
  leecher.add(torrent, [TRACKER], { knowsMetadata: true, ...WEB });
  await world.until(() => leecher.isSeeding(), 60_000);
  expect(only(leecher.view()).state).toBe("banned");
  expect(leecher.view().bannedPeers).toBe(0);
});

test("after a failure it waits, longer each time, and as long as the server wants, up to an hour", async () => {
  let retryInSeconds: number | undefined;
  const reason = "it answers with HTTP status 503";
  const { world, server, leecher } = newLeecher(FILM, {
    fails: () => ({ kind: "passing", reason, retryInSeconds }),
  });
  await world.until(() => only(leecher.view()).state === "resting");
  expect(only(leecher.view())).toMatchObject({ problem: reason, nextInSeconds: 10 });
  const waits: (number | undefined)[] = [];
  for (let round = 0; round < 4; round++) {
    const before = server.asked.length;
    await world.until(() => server.asked.length > before, 200_000);
    await world.until(() => only(leecher.view()).state === "resting");
    waits.push(only(leecher.view()).nextInSeconds);
  }
  expect(waits).toEqual([20, 40, 80, 160]);
  retryInSeconds = 1_000_000;
  await world.until(() => (only(leecher.view()).nextInSeconds ?? 0) > 1_000, 1_000_000);
  expect(only(leecher.view()).nextInSeconds).toBe(MAX_REST_MILLIS / 1000);
  server.setup = {};
  await world.until(() => leecher.isSeeding(), 2 * MAX_REST_MILLIS);
  expect(only(leecher.view()).problem).toBeUndefined();
  expect(leecher.happenings).toContainEqual(
    expect.objectContaining({ type: "webSeedFailed", reason, retryInSeconds: 10 }),
  );
});

test("a server that lacks one file still sends the others, and says which it lacks", async () => {
  const { world, leecher } = newLeecher(FOLDER, {
    fails: ({ url }) =>
      url.endsWith("/z") ? { kind: "noFile", reason: "it answers with HTTP status 404" } : undefined,
  });
  await world.until(() => leecher.view().piecesHeld === 6, 10_000);
  expect(only(leecher.view())).toMatchObject({
    state: "waiting",
    problem: "z: it answers with HTTP status 404",
  });
  world.node("seeder").add(FOLDER, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding(), 400_000);
});

test.each([
  ["nothing", { stopsAfter: 0 }],
  ["some bytes and then nothing", { stopsAfter: 100_000 }],
  ["a byte now and then", { bytesPerSecond: 500 }],
  ["a little all the time", { bytesPerSecond: 2_000 }],
] satisfies [string, WebServerSetup][])("a server that sends %s is given up", async (_, setup) => {
  const { world, server, leecher } = newLeecher(FILM, setup);
  await world.until(() => only(leecher.view()).state === "resting", 120_000);
  expect(only(leecher.view()).problem).toBe("it sends too slowly, or nothing");
  expect(server.open).toBe(0);
  world.node("seeder").add(FILM, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding(), 400_000);
});

test("a host gets four requests at a time, however many torrents and web seeds name it", async () => {
  const world = new World();
  const server = new WebServer(world.scheduler, FILM, { bytesPerSecond: 100_000 });
  const node = world.node("leecher", { fetchRange: server.fetchRange });
  const others = [2, 3, 4].map((seed) => sampleTorrent({ files: [["film.bin", 3_000_000]], seed }));
  const webSeeds = ["http://web.test/", "http://web.test/a/", "http://web.test/b/"].map(webSeed);
  for (const torrent of [FILM, ...others]) node.add(torrent, [TRACKER], { knowsMetadata: true, webSeeds });
  await world.pass(1_000);
  expect(server.mostOpen).toBe(4);
});

test("a pause, a removal and a check of the storage cancel what is on its way", async () => {
  const { world, server, leecher } = newLeecher(FILM, { bytesPerSecond: 100_000 });
  const { infoHash } = FILM;
  await world.until(() => server.open > 0);
  leecher.feed({ type: "torrentPaused", infoHash });
  expect(server.open).toBe(0);
  await world.pass(10_000);
  expect(server.open).toBe(0);
  leecher.feed({ type: "torrentResumed", infoHash });
  await world.until(() => server.open > 0);
  leecher.feed({ type: "checkBegan", infoHash, held: undefined });
  leecher.feed({ type: "checkEnded", infoHash });
  server.setup = {};
  await world.until(() => leecher.isSeeding(), 60_000);
  expectStored(leecher, FILM);
  leecher.feed({ type: "torrentRemoved", infoHash });
  expect(server.open).toBe(0);
});

test("whoever only looks who is there fetches nothing", async () => {
  const { world, server } = newLeecher(FILM, {}, {}, { ...WEB, onlyLooks: true });
  await world.pass(10_000);
  expect(server.asked).toEqual([]);
});

test("a limit holds for the bytes of web seeds, too, and peers get their part of it", async () => {
  const torrent = sampleTorrent({ files: [["film.bin", 12_000_000]], pieceLength: 262_144 });
  const world = new World();
  const server = new WebServer(world.scheduler, torrent);
  const rates = { up: undefined, down: 200_000 };
  const leecher = world.node("leecher", { fetchRange: server.fetchRange, rates });
  leecher.add(torrent, [TRACKER], { knowsMetadata: true, ...WEB });
  await world.pass(20_000);
  expect(server.bytesSent / 20).toBeGreaterThan(150_000);
  expect(server.bytesSent / 20).toBeLessThan(215_000);
  expect(server.asked.length).toBeLessThan(45);
  world.node("seeder").add(torrent, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.linkCount > 0);
  const before = { web: server.bytesSent, all: leecher.view().downloadedBytes };
  await world.pass(20_000);
  const web = server.bytesSent - before.web;
  const peer = leecher.view().downloadedBytes - before.all - web;
  expect((web + peer) / 20).toBeLessThan(215_000);
  expect(peer).toBeGreaterThan(web / 2);
  expect(web).toBeGreaterThan(peer / 4);
});

test("what somebody waits for comes from a web seed, too", async () => {
  const { world, server, leecher } = newLeecher(
    FILM,
    { bytesPerSecond: 500_000 },
    {},
    { ...WEB, paused: true },
  );
  const { infoHash } = FILM;
  leecher.feed({
    type: "deadlinesSet",
    infoHash,
    deadlines: [{ first: 30, last: 33, at: world.scheduler.now, stepMillis: 100 }],
  });
  leecher.feed({ type: "torrentResumed", infoHash });
  await world.until(() => [30, 31, 32, 33].every((piece) => leecher.hasStored(FILM, piece as never)), 10_000);
  expect(leecher.view().piecesHeld).toBeLessThan(8);
  expect(server.open).toBeGreaterThan(0);
});

test("a torrent without web seeds wakes up no more often for them", async () => {
  const { world, leecher } = newLeecher(FILM, {}, {}, { webSeeds: [] });
  await world.pass(1_000);
  const { steps } = world.scheduler;
  await world.pass(60_000);
  expect(leecher.view().webSeeds).toEqual([]);
  expect(world.scheduler.steps - steps).toBeLessThan(40);
});
