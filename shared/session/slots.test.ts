import { expect, test } from "vitest";
import type { SimNode } from "../sim/node.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const FILM = sampleTorrent({ files: [["film.bin", 4_000_000]], seed: 1 });
const SONG = sampleTorrent({ files: [["song.bin", 400_000]], seed: 2 });

/** How many peers of each torrent it serves. */
function served(node: SimNode): number[] {
  return [FILM, SONG].map(
    ({ infoHash }) => node.view(infoHash).peers.filter(({ weChoke }) => !weChoke).length,
  );
}

/** A slow seeder of a film that many want, and of a song that one wants. */
function filmAndSong(rates?: { up: number; down: undefined }) {
  const world = new World({ upBytesPerSecond: 200_000 });
  world.tracker(TRACKER).seedersMadeUp = 1; // A lone seeder would tell each leecher of few pieces.
  const seeder = world.node("seeder", rates && { rates });
  seeder.add(FILM, [TRACKER], { pieces: "all" });
  seeder.add(SONG, [TRACKER], { pieces: "all" });
  const many = Array.from({ length: 12 }, (_, at) => world.node(`many ${at}`));
  for (const leecher of many) leecher.add(FILM, [TRACKER], { knowsMetadata: true });
  return { world, seeder, many, one: world.node("one") };
}

test("all torrents share the upload slots: one with many leechers leaves the others theirs", async () => {
  const { world, seeder, one } = filmAndSong();
  await world.until(() => served(seeder)[0] === DEFAULT_CONFIG.uploadSlots);
  one.add(SONG, [TRACKER], { knowsMetadata: true });
  await world.until(() => served(seeder)[1] === 1);
  expect(served(seeder)).toEqual([DEFAULT_CONFIG.uploadSlots - 1, 1]);
  await world.until(() => one.isSeeding());
  await world.until(() => served(seeder)[0] === DEFAULT_CONFIG.uploadSlots);
});

test("a torrent that stops leaves its slots to the others", async () => {
  const { world, seeder, one } = filmAndSong();
  one.add(SONG, [TRACKER], { knowsMetadata: true });
  await world.until(() => served(seeder)[0] === DEFAULT_CONFIG.uploadSlots - 1 && served(seeder)[1] === 1);
  seeder.feed({ type: "torrentPaused", infoHash: SONG.infoHash });
  await world.until(() => served(seeder)[0] === DEFAULT_CONFIG.uploadSlots);
});

test("more torrents than slots take turns until all are complete", async () => {
  const world = new World({ upBytesPerSecond: 200_000 });
  const seeder = world.node("seeder", { config: { ...DEFAULT_CONFIG, uploadSlots: 2 } });
  const torrents = [11, 12, 13, 14, 15].map((seed) =>
    sampleTorrent({ files: [[`file ${seed}`, 8_000_000]], seed }),
  );
  for (const torrent of torrents) seeder.add(torrent, [TRACKER], { pieces: "all" });
  const leechers = torrents.map((torrent, at) => {
    const leecher = world.node(`leecher ${at}`);
    leecher.add(torrent, [TRACKER], { knowsMetadata: true });
    return leecher;
  });
  await world.pass(100_000);
  for (const leecher of leechers) expect(leecher.view().piecesHeld).toBeGreaterThan(0);
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()), 600_000);
});

test("with an upload limit, torrents take turns: one link gets as much as the other torrent's many", async () => {
  const { world, seeder, one } = filmAndSong({ up: 40_000, down: undefined });
  await world.until(() => (served(seeder)[0] ?? 0) > 1);
  one.add(SONG, [TRACKER], { knowsMetadata: true });
  await world.until(() => one.view().piecesHeld > 0);
  const given = (): number[] => [FILM, SONG].map(({ infoHash }) => seeder.view(infoHash).uploadedBytes);
  const [filmBefore = 0, songBefore = 0] = given();
  await world.pass(8_000);
  const [film = 0, song = 0] = given();
  expect((film - filmBefore) / (song - songBefore)).toBeCloseTo(1, 0);
  expect(song - songBefore).toBeGreaterThan(40_000 * 8 * 0.4);
});

test("a seeder serves all in turn: of 20 peers that give nothing, each gets its part", async () => {
  const world = new World({ upBytesPerSecond: 400_000 });
  world.tracker(TRACKER).seedersMadeUp = 1;
  const film = sampleTorrent({ files: [["long film.bin", 400_000_000]], seed: 3 });
  world.node("seeder").add(film, [TRACKER], { pieces: "all" });
  const takers = Array.from({ length: 20 }, (_, at) =>
    world.node(`taker ${at}`, { config: { ...DEFAULT_CONFIG, uploadSlots: 0 } }),
  );
  for (const taker of takers) taker.add(film, [TRACKER], { knowsMetadata: true });
  await world.pass(900_000);
  const got = takers.map((taker) => taker.view().downloadedBytes);
  const mean = got.reduce((sum, bytes) => sum + bytes, 0) / got.length;
  expect(Math.min(...got) / mean).toBeGreaterThan(0.8);
  expect(Math.max(...got) / mean).toBeLessThan(1.2);
});
