import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World, type WorldSetup } from "../sim/world.test-support.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_200_000]] });
const { infoHash } = TORRENT;

/** One seeder and three leechers that start together. */
function oneToThree(torrent: SampleTorrent, setup: WorldSetup) {
  const world = new World(setup);
  const seeder = world.node("seeder");
  const leechers = ["a", "b", "c"].map((name) => world.node(name));
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  for (const leecher of leechers) leecher.add(torrent, [TRACKER]);
  const copies = (): number => seeder.bytesServed / torrent.info.layout.totalBytes;
  return { world, seeder, leechers, copies };
}

test("a leecher with nothing but the info-hash gets everything from one seeder", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  expect(leecher.view()).toMatchObject({ phase: "metadata", name: infoHash, bytesTotal: 0 });

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

test("we fetch metadata of several megabytes, though its sender serves only so much at a time", async () => {
  const torrent = sampleTorrent({ files: [["huge.bin", 1_200_000_000]], pieceLength: 16_384, sparse: true });
  expect(torrent.infoBytes.length).toBeGreaterThan(1_400_000);
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(torrent, [TRACKER], { knowsMetadata: true });
  leecher.add(torrent, [TRACKER]);
  await world.until(() => leecher.view().phase === "downloading", 5_000);
  expect(leecher.view().pieceCount).toBe(torrent.info.layout.pieceCount);
});

test.each([1, 2, 3, 4, 5])(
  "three leechers complete and take few copies from their seeder (seed %i)",
  async (seed) => {
    const { world, leechers, copies } = oneToThree(TORRENT, { seed, upBytesPerSecond: 1_000_000 });
    await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
    for (const leecher of leechers) expect(leecher.hasStoredAll(TORRENT)).toBe(true);
    expect(copies()).toBeLessThan(1.45);
  },
);

test("a seeder learns how far its leechers are", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld === 30);
  await world.pass(10);
  expect(seeder.view().peers[0]?.progress).toBeCloseTo(30 / 65, 1);
});

test("a seeder knows at once that a leecher has everything, long before its tracker counts again", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  await world.until(() => seeder.view().peers.length === 0); // Neither has anything for the other.
  expect(seeder.view().trackers[0]?.seeders).toBe(1);
  expect(seeder.view().completePeers).toBe(1);
  await world.pass(130_000); // The tracker's interval is two minutes.
  expect(seeder.view().trackers[0]?.seeders).toBe(2);
  expect(seeder.view().completePeers).toBe(0); // Or we would count it twice.
});

test("a paused torrent shows no speed", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld === 30);
  const rates = (): number[] => [seeder.view().upBytesPerSecond, leecher.view().downBytesPerSecond];
  expect(Math.min(...rates())).toBeGreaterThan(0);
  for (const node of [seeder, leecher]) node.feed({ type: "torrentPaused", infoHash: TORRENT.infoHash });
  expect(rates()).toEqual([0, 0]);
});

test("the same seed gives the same run", async () => {
  const hash = async (seed: number): Promise<string> => {
    const { world, leechers } = oneToThree(TORRENT, { seed });
    await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
    return world.trace.hash;
  };
  expect(await hash(7)).toBe(await hash(7));
  expect(await hash(7)).not.toBe(await hash(8));
});

test("the seeder may leave once one copy is spread over the leechers", async () => {
  const { world, seeder, leechers } = oneToThree(TORRENT, { upBytesPerSecond: 1_000_000 });
  const isSpread = (): boolean =>
    Array.from({ length: TORRENT.info.layout.pieceCount }, (_, at) => at as PieceIndex).every((piece) =>
      leechers.some((leecher) => leecher.stores(TORRENT, piece)),
    );
  await world.until(isSpread);
  expect(leechers.every((leecher) => leecher.isSeeding())).toBe(false);
  seeder.vanish([world.tracker(TRACKER)]);
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
  for (const leecher of leechers) expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("we do not request pieces that we already hold", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  const held = [0, 1, 2, 7, 30, 64];
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { pieces: held });
  expect(leecher.view().bytesDone).toBe(5 * 65_536 + (4_200_000 % 65_536));
  await world.until(() => leecher.isSeeding());
  expect(leecher.piecesFetched.filter((piece) => held.includes(piece))).toEqual([]);
  expect(leecher.piecesFetched).toHaveLength(65 - held.length);
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("while checking the storage we request nothing, and serve what proves good before the end", async () => {
  const world = new World();
  const checking = world.node("checking");
  const seeder = world.node("seeder");
  const other = world.node("other");
  checking.add(TORRENT, [TRACKER], { pieces: [0, 1, 2], checking: true });
  other.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.pass(100);
  checking.feed({ type: "storedPieceChecked", infoHash, piece: 1 as PieceIndex, good: true });
  checking.feed({ type: "storedPieceChecked", infoHash, piece: 2 as PieceIndex, good: false });
  await world.until(() => other.view().piecesHeld === 1, 10_000);
  expect(other.hasStored(TORRENT, 1 as PieceIndex)).toBe(true);

  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => other.isSeeding());
  await world.pass(5_000);
  expect(checking.view()).toMatchObject({ phase: "checking", piecesHeld: 1 });
  expect(checking.piecesFetched).toEqual([]);
  checking.feed({ type: "checkEnded", infoHash });
  await world.until(() => checking.isSeeding());
  expect(checking.piecesFetched).not.toContain(1);
});

test("we fetch only the pieces of selected files", async () => {
  const torrent = sampleTorrent({
    files: [
      ["folder/a", 200_000],
      ["folder/b", 300_000],
      ["folder/c", 0],
      ["folder/d", 500_000],
    ],
  });
  const world = new World();
  const seeder = world.node("seeder");
  const picky = world.node("picky");
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  picky.add(torrent, [TRACKER], { selectedFiles: [1, 2, 99] });
  await world.until(() => picky.isSeeding());
  const wanted = [3, 4, 5, 6, 7]; // Bytes 200,000 to 499,999.
  expect([...picky.piecesFetched].sort()).toEqual(wanted);
  expect(picky.view()).toMatchObject({ bytesTotal: 5 * 65_536, bytesDone: 5 * 65_536 });
  expect(picky.view().files.map(({ selected }) => selected)).toEqual([false, true, true, false]);

  const rest = world.node("rest");
  seeder.vanish([world.tracker(TRACKER)]);
  rest.add(torrent, [TRACKER]);
  await world.until(() => rest.view().piecesHeld === wanted.length);
  expect(rest.view().phase).toBe("downloading");
});

test("an empty torrent is complete as soon as we know its metadata", async () => {
  const torrent = sampleTorrent({ files: [["empty", 0]] });
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  leecher.add(torrent, [TRACKER]);
  expect(seeder.isSeeding()).toBe(true);
  await world.until(() => leecher.isSeeding());
  await world.until(() => seeder.linkCount === 0 && leecher.linkCount === 0);
  expect(leecher.view()).toMatchObject({ name: "empty", bytesTotal: 0, pieceCount: 0 });
});

test("a torrent of one byte, and one of a block and a byte, arrive whole", async () => {
  for (const bytes of [1, 16_385]) {
    const torrent = sampleTorrent({ files: [["small", bytes]], pieceLength: 32_768 });
    const world = new World();
    const seeder = world.node("seeder");
    const leecher = world.node("leecher");
    seeder.add(torrent, [TRACKER], { pieces: "all" });
    leecher.add(torrent, [TRACKER]);
    await world.until(() => leecher.isSeeding());
    expect(leecher.hasStoredAll(torrent)).toBe(true);
  }
});

test("the view shows that a torrent is private", async () => {
  const torrent = sampleTorrent({ files: [["secret", 100_000]], isPrivate: true });
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  leecher.add(torrent, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().isPrivate).toBe(true);
});

test("two torrents move between the same peers at the same time, one each way", async () => {
  const other = sampleTorrent({ files: [["song.bin", 1_000_000]], seed: 2 });
  const world = new World();
  const one = world.node("one");
  const two = world.node("two");
  one.add(TORRENT, [TRACKER], { pieces: "all" });
  two.add(other, [TRACKER], { pieces: "all" });
  one.add(other, [TRACKER]);
  two.add(TORRENT, [TRACKER]);
  await world.until(() => one.isSeeding(other.infoHash) && two.isSeeding(infoHash));
  expect(one.hasStoredAll(other) && two.hasStoredAll(TORRENT)).toBe(true);
});

test("peers that have nothing for each other close their link", async () => {
  const { world, leechers, seeder } = oneToThree(TORRENT, {});
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
  await world.pass(60_000);
  expect([seeder, ...leechers].map(({ linkCount }) => linkCount)).toEqual([0, 0, 0, 0]);
});

test("a complete swarm does nothing but announce", async () => {
  const { world, leechers } = oneToThree(TORRENT, {});
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
  await world.pass(60_000);
  const before = world.scheduler.steps;
  await world.pass(600_000);
  expect(world.scheduler.steps - before).toBeLessThan(4 * 5 * 4); // Four steps for each announce.
});

test("a new check forgets what we held, closes links whose peers heard of it, and says no goodbye to trackers", async () => {
  const world = new World();
  const checked = world.node("checked");
  const other = world.node("other");
  checked.add(TORRENT, [TRACKER], { pieces: "all" });
  other.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => other.view().piecesHeld > 3);
  checked.feed({ type: "checkBegan", infoHash, held: new Bitfield(TORRENT.info.layout.pieceCount) });
  expect(checked.view()).toMatchObject({ phase: "checking", piecesHeld: 0, bytesDone: 0, peers: [] });
  for (const piece of TORRENT.info.layout.pieces())
    checked.feed({ type: "storedPieceChecked", infoHash, piece, good: true });
  checked.feed({ type: "checkEnded", infoHash });
  await world.until(() => checked.isSeeding() && other.isSeeding());
  const events = checked.effects.flatMap((effect) => (effect.type === "announce" ? [effect.event] : []));
  expect(events).not.toContain("stopped");
});

test("a peer that only looks is interested in what others have, and requests nothing", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const onlooker = world.node("onlooker");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  onlooker.add(TORRENT, [TRACKER], { onlyLooks: true });
  await world.until(() => onlooker.view().peers[0]?.theyChoke === false);
  await world.pass(10_000);
  expect(onlooker.view()).toMatchObject({ phase: "downloading", piecesHeld: 0, downloadedBytes: 0 });
  expect(seeder.bytesServed).toBe(0);
});
