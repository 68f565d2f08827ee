import { expect, test } from "vitest";
import type { TrackerUrl } from "../base/ids.ts";
import { MIN_RATE } from "../policy/rate-bounds.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import type { TorrentControls } from "./controls.ts";
import type { Rates } from "./rates.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 30_000_000]] });
const OTHER = sampleTorrent({ files: [["other.bin", 30_000_000]], seed: 2 });
const NONE: Rates = { up: undefined, down: undefined };
const SECONDS = 30;

const limited = (rates: Partial<Rates>): TorrentControls => ({ rates: { ...NONE, ...rates } });

/** What the node sends and receives of both torrents, in bytes a second. */
async function measure(world: World, node: SimNode) {
  const now = () => [TORRENT, OTHER].map(({ infoHash }) => node.view(infoHash));
  const before = now();
  await world.pass(SECONDS * 1_000);
  const after = now();
  const rate = (field: "uploadedBytes" | "downloadedBytes"): number[] =>
    after.map((view, at) => (view[field] - (before[at]?.[field] ?? 0)) / SECONDS);
  return { up: rate("uploadedBytes"), down: rate("downloadedBytes") };
}

function expectRate(bytesPerSecond: number | undefined, wanted: number): void {
  expect((bytesPerSecond ?? 0) / wanted).toBeGreaterThan(0.97); // Messages count, too.
  expect((bytesPerSecond ?? 0) / wanted).toBeLessThan(1.02);
}

/** A node with both torrents, and two others for each of them. */
async function shop(rates: Rates, pieces: "all" | undefined, controls: TorrentControls) {
  const world = new World();
  const node = world.node("node", { rates });
  const others = pieces === undefined ? ("all" as const) : undefined;
  for (const torrent of [TORRENT, OTHER]) {
    const own = torrent === TORRENT ? { controls } : {};
    node.add(torrent, [TRACKER], { ...(pieces ? { pieces } : { knowsMetadata: true }), ...own });
    for (const name of ["a", "b"])
      world
        .node(`${name} ${torrent === OTHER}`)
        .add(torrent, [TRACKER], others ? { pieces: others } : { knowsMetadata: true });
  }
  await world.until(() => node.linkCount === 4);
  return { world, node };
}

test("a torrent sends what it may, and the others are free", async () => {
  const { world, node } = await shop(NONE, "all", limited({ up: 60_000 }));
  const { up } = await measure(world, node);
  expectRate(up[0], 60_000);
  expect(up[1]).toBeGreaterThan(500_000);
});

test("a torrent receives what it may, and the others are free", async () => {
  const { world, node } = await shop(NONE, undefined, limited({ down: 60_000 }));
  const { down } = await measure(world, node);
  expectRate(down[0], 60_000);
  expect(down[1]).toBeGreaterThan(500_000);
});

test("under a limit of all torrents together, one takes what its own leaves to it, and the other the rest", async () => {
  const rates = { up: 300_000, down: undefined };
  const { world, node } = await shop(rates, "all", limited({ up: 60_000 }));
  await world.pass(1_000);
  const { up } = await measure(world, node);
  expectRate(up[0], 60_000);
  expectRate((up[0] ?? 0) + (up[1] ?? 0), 300_000);
});

test("the same for what is received", async () => {
  const rates = { up: undefined, down: 300_000 };
  const { world, node } = await shop(rates, undefined, limited({ down: 60_000 }));
  await world.pass(1_000);
  const { down } = await measure(world, node);
  expectRate(down[0], 60_000);
  expectRate((down[0] ?? 0) + (down[1] ?? 0), 300_000);
});

test("a limit that comes later holds at once, and lifting it sets the torrent free", async () => {
  const { world, node } = await shop({ up: 200_000, down: undefined }, "all", limited({}));
  const change = (controls: TorrentControls) =>
    node.feed({ type: "controlsChanged", infoHash: TORRENT.infoHash, controls });
  change(limited({ up: 20_000 }));
  await world.pass(1_000);
  expectRate((await measure(world, node)).up[0], 20_000);
  node.feed({ type: "ratesChanged", rates: NONE });
  expectRate((await measure(world, node)).up[0], 20_000);
  change(limited({}));
  expect((await measure(world, node)).up[0]).toBeGreaterThan(200_000);
});

/** A seeder with a limit for its torrent, and leechers that do not know of each other. */
function oneToStrangers(count: number, up: number) {
  const world = new World();
  const trackers = Array.from({ length: count }, (_, at) => `wss://tracker${at}.test/` as TrackerUrl);
  world.tracker(`wss://tracker0.test/` as TrackerUrl).seedersMadeUp = 1; // So the seeder serves everybody in turn.
  const seeder = world.node("seeder", { rates: NONE });
  seeder.add(TORRENT, trackers, { pieces: "all", controls: limited({ up }) });
  const leechers = trackers.map((tracker) => {
    const leecher = world.node(tracker);
    leecher.add(TORRENT, [tracker], { knowsMetadata: true });
    return leecher;
  });
  return { world, seeder, leechers };
}

test("the links of a limited torrent get the same", async () => {
  const { world, seeder } = oneToStrangers(5, 200_000);
  await world.pass(60_000);
  const given = seeder.view().peers.map(({ uploadedBytes }) => uploadedBytes);
  expect(given).toHaveLength(5);
  expect(Math.min(...given)).toBeGreaterThan(Math.max(...given) * 0.9);
});

test("at the lowest rate a torrent serves few at a time, and none of them thinks it stalls", async () => {
  const { world, seeder, leechers } = oneToStrangers(4, MIN_RATE);
  await world.pass(120_000);
  expect(seeder.view().peers.filter(({ weChoke }) => !weChoke)).toHaveLength(2);
  for (const leecher of leechers) expect(leecher.view().peers[0]?.score).toBeGreaterThanOrEqual(50);
});

test("a torrent that was removed and comes back has the limit that it comes with", async () => {
  const { world, node } = await shop(NONE, "all", limited({ up: 20_000 }));
  node.feed({ type: "torrentRemoved", infoHash: TORRENT.infoHash });
  await world.pass(1_000);
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => node.view(TORRENT.infoHash).peers.length === 2);
  expect((await measure(world, node)).up[0]).toBeGreaterThan(100_000);
});
