import { describe, expect, test } from "vitest";
import type { TrackerUrl } from "../base/ids.ts";
import { MIN_RATE } from "../policy/rate-bounds.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import type { Rates } from "./rates.ts";

// More than any of these transfers in a minute, with enough pieces for metadata to matter.
const TORRENT = sampleTorrent({ files: [["film.bin", 30_000_000]], pieceLength: 16_384 });
const OTHER = sampleTorrent({ files: [["other.bin", 30_000_000]], seed: 2 });
const BLOCK = 16_397;
const SECONDS = 60;

const sent = (node: SimNode): number => node.bytesSent;
const received = (node: SimNode): number => node.bytesReceived;

/** Lets a minute pass and measures it, second by second. */
async function minute(world: World, bytes: () => number, each: (second: number) => void = () => {}) {
  const seconds: number[] = [];
  let before = bytes();
  for (let second = 0; second < SECONDS; second++) {
    each(second);
    await world.pass(1_000);
    seconds.push(bytes() - before);
    before = bytes();
  }
  return { total: seconds.reduce((sum, each) => sum + each, 0), most: Math.max(...seconds.slice(1)) };
}

function expectRate(total: number, bytesPerSecond: number): void {
  expect(total / SECONDS / bytesPerSecond).toBeGreaterThan(0.99);
  expect(total / SECONDS / bytesPerSecond).toBeLessThan(1.01);
}

describe.each([1, 2, 3])("with seed %i", (seed) => {
  test("a seeder with many leechers sends what it may, including metadata, and never much more", async () => {
    const world = new World({ seed });
    const up = 300_000;
    const seeder = world.node("seeder", { rates: { up, down: undefined } });
    seeder.add(TORRENT, [TRACKER], { pieces: "all" });
    for (const name of ["a", "b", "c", "d"]) world.node(name).add(TORRENT, [TRACKER]);
    const { total, most } = await minute(world, () => sent(seeder));
    expectRate(total, up);
    expect(most).toBeLessThan(up * 1.1 + BLOCK);
  });

  test("a leecher with many seeders receives what it may, and never much more", async () => {
    const world = new World({ seed });
    const down = 300_000;
    for (const name of ["a", "b", "c", "d"]) world.node(name).add(TORRENT, [TRACKER], { pieces: "all" });
    const leecher = world.node("leecher", { rates: { up: undefined, down } });
    leecher.add(TORRENT, [TRACKER]);
    const { total, most } = await minute(world, () => received(leecher));
    expectRate(total, down);
    expect(most).toBeLessThan(down * 1.1 + 4 * BLOCK);
  });

  test("both limits hold at once, over all torrents together", async () => {
    const world = new World({ seed });
    const rates = { up: 150_000, down: 250_000 };
    const node = world.node("limited", { rates });
    node.add(TORRENT, [TRACKER], { pieces: "all" });
    node.add(OTHER, [TRACKER]);
    for (const name of ["a", "b", "c"]) world.node(name).add(TORRENT, [TRACKER]);
    for (const name of ["d", "e"]) world.node(name).add(OTHER, [TRACKER], { pieces: "all" });
    await world.until(() => node.linkCount === 5);
    const receivedBefore = received(node);
    const { total } = await minute(world, () => sent(node));
    expectRate(total, rates.up);
    expectRate(received(node) - receivedBefore, rates.down);
  });

  test("limits hold while links come and go", async () => {
    const world = new World({ seed });
    const rates = { up: 200_000, down: 200_000 };
    const node = world.node("limited", { rates });
    node.add(TORRENT, [TRACKER], { pieces: "all" });
    node.add(OTHER, [TRACKER]);
    const newcomer = (name: string): SimNode => {
      const other = world.node(name);
      other.add(TORRENT, [TRACKER]);
      other.add(OTHER, [TRACKER], { pieces: "all" });
      return other;
    };
    newcomer("always here");
    await world.until(() => node.view(OTHER.infoHash).piecesHeld > 0);
    const others = ["a", "b", "c", "d", "e"].map(newcomer);
    await world.until(() => node.linkCount === 5);
    const receivedBefore = received(node);
    const { total } = await minute(
      world,
      () => sent(node),
      (second) => {
        if (second % 3 !== 0) return;
        others.push(newcomer(`at ${second}`));
        others.shift()?.vanish([world.tracker(TRACKER)]);
      },
    );
    expectRate(total, rates.up);
    expectRate(received(node) - receivedBefore, rates.down);
  });
});

/** A seeder and leechers that do not know of each other. */
function oneToStrangers(count: number, rates: Rates) {
  const world = new World();
  const trackers = Array.from({ length: count }, (_, at) => `wss://tracker${at}.test/` as TrackerUrl);
  world.tracker(`wss://tracker0.test/` as TrackerUrl).seedersMadeUp = 1; // So the seeder serves everybody in turn.
  const seeder = world.node("seeder", { rates });
  seeder.add(TORRENT, trackers, { pieces: "all" });
  const leechers = trackers.map((tracker) => {
    const leecher = world.node(tracker);
    leecher.add(TORRENT, [tracker], { knowsMetadata: true });
    return leecher;
  });
  return { world, seeder, leechers };
}

test("limits that change hold at once for what is under way, and lifting them sets it free", async () => {
  const world = new World();
  const none = { up: undefined, down: undefined };
  const seeder = world.node("seeder", { rates: none });
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  const leecher = world.node("leecher", { rates: none });
  leecher.feed({ type: "ratesChanged", rates: { up: undefined, down: 20_000 } });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().piecesHeld > 0);
  const slow = await minute(world, () => received(leecher));
  expectRate(slow.total, 20_000);

  seeder.feed({ type: "ratesChanged", rates: { up: 50_000, down: undefined } });
  leecher.feed({ type: "ratesChanged", rates: none });
  await world.pass(1_000); // What was granted before.
  const faster = await minute(world, () => sent(seeder));
  expectRate(faster.total, 50_000);

  seeder.feed({ type: "ratesChanged", rates: none });
  const { total } = await minute(world, () => sent(seeder));
  expect(total).toBeGreaterThan(20_000_000);
  expect(leecher.view().phase).toBe("seeding");
});

test("a limit that comes later leaves fewer slots, and without it there are as many again", async () => {
  const { world, seeder } = oneToStrangers(6, { up: undefined, down: undefined });
  const served = () => seeder.view().peers.filter(({ weChoke }) => !weChoke).length;
  seeder.feed({ type: "ratesChanged", rates: { up: 20_000, down: undefined } });
  await world.until(() => served() === 2);
  seeder.feed({ type: "ratesChanged", rates: { up: 50_000, down: undefined } });
  await world.until(() => served() === 5);
  seeder.feed({ type: "ratesChanged", rates: { up: 10_000, down: undefined } });
  await world.until(() => served() === 2);
});

test("a limited seeder serves all peers equally", async () => {
  const { world, seeder } = oneToStrangers(5, { up: 200_000, down: undefined });
  await world.pass(60_000);
  const given = seeder.view().peers.map(({ uploadedBytes }) => uploadedBytes);
  expect(given).toHaveLength(5);
  expect(Math.min(...given)).toBeGreaterThan(Math.max(...given) * 0.9);
});

test("a seeder at the lowest rate serves few at a time, and none of them thinks it stalls", async () => {
  const { world, seeder, leechers } = oneToStrangers(4, { up: MIN_RATE, down: undefined });
  await world.pass(120_000);
  expect(seeder.view().peers.filter(({ weChoke }) => !weChoke)).toHaveLength(2);
  for (const leecher of leechers) expect(leecher.view().peers[0]?.score).toBeGreaterThanOrEqual(50);
});

test("a leecher at the lowest rate thinks nobody stalls, and asks everybody", async () => {
  const world = new World();
  for (const name of ["a", "b", "c"]) world.node(name).add(TORRENT, [TRACKER], { pieces: "all" });
  const leecher = world.node("leecher", { rates: { up: undefined, down: MIN_RATE } });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.pass(120_000);
  const { peers } = leecher.view();
  expect(peers).toHaveLength(3);
  for (const { score, downloadedBytes } of peers) {
    expect(score).toBeGreaterThan(50);
    expect(downloadedBytes).toBeGreaterThan(150_000);
  }
});

test("we request as much from a far peer as the limit allows", async () => {
  const world = new World({ delayMillis: 300 });
  world.node("far").add(TORRENT, [TRACKER], { pieces: "all" });
  const down = 500_000;
  const leecher = world.node("leecher", { rates: { up: undefined, down } });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().piecesHeld > 0);
  const { total } = await minute(world, () => received(leecher));
  expectRate(total, down);
});

test("peers that never send what we requested do not hold up the others", async () => {
  const world = new World();
  const mutes = [1, 2, 3].map(() => scriptedSeeder(world, TORRENT, { heard: () => {} }).join());
  world.node("good").add(TORRENT, [TRACKER], { pieces: "all" });
  const down = 100_000;
  const leecher = world.node("leecher", { rates: { up: undefined, down } });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => mutes.every(({ piecesAsked }) => piecesAsked.length > 0));
  const { total } = await minute(world, () => received(leecher));
  expect(total).toBeGreaterThan(down * SECONDS * 0.8);
});

test("metadata counts towards the limit, and blocks wait for it", async () => {
  const { world, seeder } = oneToStrangers(0, { up: 50_000, down: undefined });
  seeder.feed({ type: "trackersChanged", infoHash: TORRENT.infoHash, trackers: [[TRACKER]] });
  for (const name of ["a", "b", "c", "d", "e"]) world.node(name).add(TORRENT, [TRACKER]);
  await world.pass(SECONDS * 1_000);
  const { uploadedBytes } = seeder.view();
  expectRate(sent(seeder), 50_000);
  expect(sent(seeder) - uploadedBytes).toBeGreaterThan(TORRENT.infoBytes.length * 2);
});
