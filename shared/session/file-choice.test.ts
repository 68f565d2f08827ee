import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";

const PIECE = 16_384;
/** `b` begins in the last piece of `a`. */
const TORRENT = sampleTorrent({
  files: [
    ["a.bin", 20.5 * PIECE],
    ["b.bin", 19.5 * PIECE],
    ["c.bin", 20 * PIECE],
  ],
  pieceLength: PIECE,
});
const { infoHash } = TORRENT;
const [A, B, C] = [0, 1, 2];

/** A seeder, and a leecher that fetches these files of its torrent. */
function world(selectedFiles: readonly number[] | undefined) {
  const world = new World({ upBytesPerSecond: 20 * PIECE });
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  return { world, seeder, ...leecherIn(world, TORRENT, selectedFiles) };
}

function leecherIn(
  world: World,
  torrent: SampleTorrent,
  selectedFiles: readonly number[] | undefined,
  firstFiles?: readonly number[],
) {
  const { infoHash } = torrent;
  const leecher = world.node("leecher");
  leecher.add(torrent, [TRACKER], { knowsMetadata: true, selectedFiles, firstFiles });
  const choose = (selectedFiles: readonly number[] | undefined, firstFiles: readonly number[] = []): void =>
    leecher.feed({ type: "filesChosen", infoHash, selectedFiles, firstFiles });
  const stored = (): number[] =>
    Array.from({ length: 60 }, (_, at) => at).filter((at) => leecher.stores(torrent, at as PieceIndex));
  const verified = (): number[] =>
    leecher.happenings.flatMap((what) => (what.type === "pieceVerified" ? [what.piece] : []));
  return { leecher, choose, stored, verified };
}

const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test("a download of one file that is given another fetches that, too, and nothing else", async () => {
  const { world: all, leecher, choose, stored } = world([A]);
  await all.until(() => leecher.view().piecesHeld === 5);
  expect(leecher.view()).toMatchObject({ bytesTotal: 21 * PIECE, bytesDone: 5 * PIECE });
  choose([A, C]);
  expect(leecher.view()).toMatchObject({
    bytesTotal: 41 * PIECE,
    bytesDone: 5 * PIECE,
    phase: "downloading",
  });
  expect(leecher.view().files.map(({ selected }) => selected)).toEqual([true, false, true]);
  await all.until(() => leecher.isSeeding());
  expect(stored()).toEqual([...from(0, 20), ...from(40, 59)]);
});

test("a file that is no longer wanted leaves nothing behind but the pieces that are here", async () => {
  const { world: all, leecher, seeder, choose, stored } = world(undefined);
  await all.until(() => leecher.view().piecesHeld === 10);
  choose([B]);
  await all.until(() => leecher.isSeeding());
  const before = stored().filter((at) => at < 20 || at > 39);
  expect(stored()).toEqual([...before, ...from(20, 39)].sort((left, right) => left - right));
  expect(before.length).toBeLessThanOrEqual(10);
  expect(leecher.view()).toMatchObject({ bytesTotal: 20 * PIECE, bytesDone: 20 * PIECE, problem: undefined });
  expect(seeder.view().peers.map(({ failedPieces }) => failedPieces)).toEqual([0]);
});

test("a complete torrent goes on when a file is added, though its links to seeders are gone, and tells trackers", async () => {
  const { world: all, leecher, choose, stored } = world([A]);
  await all.until(() => leecher.isSeeding());
  await all.pass(60_000);
  const announced = leecher.effects.filter(({ type }) => type === "announce").length;
  choose([A, B]);
  expect(leecher.view()).toMatchObject({
    phase: "downloading",
    bytesTotal: 40 * PIECE,
    bytesDone: 21 * PIECE,
  });
  const [news] = leecher.effects.filter((effect) => effect.type === "announce").slice(announced);
  expect(news).toMatchObject({ event: "update", left: 19 * PIECE });
  await all.until(() => leecher.isSeeding(), 10_000);
  expect(stored()).toEqual(from(0, 39));
});

test("a complete seeder is not left, and finds everything complete when it chooses less", async () => {
  const { world: all, leecher, choose } = world(undefined);
  await all.until(() => leecher.view().files.length === 3 && leecher.view().piecesHeld > 55);
  await all.until(() => leecher.isSeeding());
  choose([C]);
  expect(leecher.view()).toMatchObject({ phase: "seeding", bytesTotal: 20 * PIECE, piecesHeld: 60 });
});

test("files that come first do", async () => {
  const { leecher, verified } = await withTwoSeeders([1]);
  expect(leecher.view().files.map(({ isFirst }) => isFirst)).toEqual([false, true, false]);
  expect(verified().slice(0, 100).filter(isMiddle).length).toBeGreaterThan(85);
});

test("other files may come first while it downloads", async () => {
  const { verified } = await withTwoSeeders([], [1]);
  expect(verified().slice(0, 150).filter(isMiddle).length).toBeGreaterThan(100);
});

/** Longer than what is requested ahead. */
const LONG = sampleTorrent({
  files: ["a", "b", "c"].map((name) => [name, 120 * PIECE] as const),
  pieceLength: PIECE,
});

function isMiddle(piece: number): boolean {
  return piece >= 120 && piece < 240;
}

/** A download from two seeders, as one alone would choose what comes first. After five pieces the leecher may prefer others. */
async function withTwoSeeders(firstFiles: readonly number[], then?: readonly number[]) {
  const world = new World({ upBytesPerSecond: 20 * PIECE });
  const seeders = ["one", "other"].map((name) => world.node(name));
  for (const seeder of seeders) seeder.add(LONG, [TRACKER], { pieces: "all" });
  await world.until(() => seeders.every((seeder) => seeder.view().trackers[0]?.state === "working"));
  for (const type of ["torrentPaused", "torrentResumed"] as const)
    seeders[0]?.feed({ type, infoHash: LONG.infoHash });
  await world.until(() => seeders.every((seeder) => seeder.view().trackers[0]?.seeders === 2));
  const swarm = leecherIn(world, LONG, undefined, firstFiles);
  await world.until(() => swarm.leecher.view().piecesHeld === 5);
  if (then !== undefined) swarm.choose(undefined, then);
  await world.until(() => swarm.leecher.isSeeding());
  return swarm;
}

test("files chosen while it is paused, or before its metadata is known, count from then on", async () => {
  const { world: all, leecher, choose } = world(undefined);
  leecher.feed({ type: "torrentPaused", infoHash });
  choose([B, 7, -1], [A, B]);
  expect(leecher.view()).toMatchObject({ phase: "paused", bytesTotal: 20 * PIECE });
  expect(leecher.view().files.map(({ selected, isFirst }) => [selected, isFirst])).toEqual([
    [false, false],
    [true, true],
    [false, false],
  ]);
  const newcomer = all.node("newcomer");
  newcomer.add(TORRENT, [TRACKER]);
  newcomer.feed({ type: "filesChosen", infoHash, selectedFiles: [C], firstFiles: [] });
  await all.until(() => newcomer.isSeeding());
  expect(newcomer.view().piecesHeld).toBe(20);
});

test("the files of an encrypted share take the place of its one file, and the choice among them counts from then on", async () => {
  const sealed = sampleTorrent({ files: [["sealed.bin", 60 * PIECE]], pieceLength: PIECE });
  const all = new World({ upBytesPerSecond: 20 * PIECE });
  all.node("seeder").add(sealed, [TRACKER], { pieces: "all" });
  const { leecher, stored } = leecherIn(all, sealed, []);
  const reveal = (bytes: readonly number[], selectedFiles: readonly number[] | undefined): void => {
    let offset = 0;
    const files = bytes.map((length, at) => {
      const file = { path: `${at}`, bytes: length, plainBytes: length - 1, offset };
      offset += length;
      return file;
    });
    const info = { ...sealed.info, name: "Trip", isFolder: true, files };
    leecher.feed({ type: "filesRevealed", infoHash: sealed.infoHash, info, selectedFiles });
  };
  reveal([PIECE, 59 * PIECE], [0]);
  await all.until(() => leecher.isSeeding());
  expect(stored()).toEqual([0]);
  reveal([30.5 * PIECE, 9.5 * PIECE, 20 * PIECE], [1]);
  expect(leecher.view()).toMatchObject({ name: "Trip", phase: "downloading", bytesTotal: 10 * PIECE });
  expect(leecher.view().files.map(({ path, bytes, selected }) => [path, bytes, selected])).toEqual([
    ["0", 30.5 * PIECE - 1, false],
    ["1", 9.5 * PIECE - 1, true],
    ["2", 20 * PIECE - 1, false],
  ]);
  await all.until(() => leecher.isSeeding());
  expect(stored()).toEqual([0, ...from(30, 39)]);
  expect(leecher.happenings).toContainEqual({ type: "fileCompleted", file: 1 });
});
