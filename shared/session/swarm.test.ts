import { expect, test } from "vitest";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.test-support.ts";
import { TRACKER, World, type WorldSetup } from "../sim/world.test-support.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_200_000]] });

/** One seeder and three leechers that begin together, run until all are seeders. */
async function oneToThree(torrent: SampleTorrent, setup: WorldSetup) {
  const world = new World(setup);
  const seeder = world.node("seeder");
  const leechers = ["a", "b", "c"].map((name) => world.node(name));
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  for (const leecher of leechers) leecher.add(torrent, [TRACKER]);
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
  return { world, seeder, leechers, copies: seeder.bytesServed / torrent.info.layout.totalBytes };
}

test("a leecher with nothing but the info-hash gets everything from one seeder", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  expect(leecher.view()).toMatchObject({ phase: "metadata", name: TORRENT.infoHash, bytesTotal: 0 });

  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
  expect(seeder.bytesServed).toBe(4_200_000);
  expect(leecher.view()).toMatchObject({
    name: "film.bin",
    bytesDone: 4_200_000,
    downloadedBytes: 4_200_000,
    failedPieces: 0,
    problem: undefined,
  });
});

test("a leecher that knows the metadata does not ask for it", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
  expect(leecher.effects.filter(({ type }) => type === "checkMetadata")).toEqual([]);
});

test.each([1, 2, 3, 4, 5])(
  "three leechers take little more than one copy from their seeder (seed %i)",
  async (seed) => {
    const { leechers, copies } = await oneToThree(TORRENT, { seed });
    for (const leecher of leechers) expect(leecher.hasStoredAll(TORRENT)).toBe(true);
    expect(copies).toBeLessThan(2);
  },
);

test("the same seed gives the same run", async () => {
  const digests = async (seed: number): Promise<number[]> => {
    const { world } = await oneToThree(TORRENT, { seed });
    return [world.scheduler.steps, world.scheduler.now, ...world.nodes.map(({ digest }) => digest)];
  };
  expect(await digests(7)).toEqual(await digests(7));
  expect(await digests(7)).not.toEqual(await digests(8));
});
