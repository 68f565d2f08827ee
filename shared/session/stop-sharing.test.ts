import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { NO_CONTROLS, type StopAt, type TorrentControls } from "./controls.ts";
import { NO_TOTALS, type Totals } from "./totals.ts";

const BYTES = 2_000_000;
const TORRENT = sampleTorrent({ files: [["film.bin", BYTES]] });
const { infoHash } = TORRENT;
const MINUTE = 60_000;

const stopping = (stopAt: Partial<StopAt>): TorrentControls => ({
  ...NO_CONTROLS,
  stopAt: { ratio: undefined, minutes: undefined, ...stopAt },
});

function sharing(stopAt: Partial<StopAt>, before?: Totals) {
  const world = new World();
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all", controls: stopping(stopAt), before });
  const guest = (name: string) => {
    const node = world.node(name);
    node.add(TORRENT, [TRACKER]);
    return node;
  };
  return { world, seeder, guest };
}

test("a torrent that has sent its size as often as wanted is paused, and says why", async () => {
  const { world, seeder, guest } = sharing({ ratio: 1 });
  const first = guest("first");
  await world.until(() => first.isSeeding());
  await world.until(() => seeder.view().phase === "paused");
  expect(seeder.view()).toMatchObject({ stopped: "ratio", uploadedBytes: BYTES });
  expect(seeder.linkCount).toBe(0);
});

test("what it sent in earlier sessions counts, and shows", async () => {
  const before = { ...NO_TOTALS, uploadedBytes: BYTES, downloadedBytes: 5_000, sharedMillis: 3 * MINUTE };
  const { world, seeder, guest } = sharing({ ratio: 1.5 }, before);
  expect(seeder.view()).toMatchObject({ uploadedBytes: BYTES, downloadedBytes: 5_000, sharedMinutes: 3 });
  guest("first");
  await world.until(() => seeder.view().stopped === "ratio");
  expect(seeder.view().uploadedBytes).toBeGreaterThanOrEqual(1.5 * BYTES);
});

test("a torrent that as many peers have got as wanted is paused, and says why", async () => {
  const { world, seeder, guest } = sharing({ downloads: 2 });
  const first = guest("first");
  await world.until(() => first.isSeeding());
  await world.pass(MINUTE);
  expect(seeder.view()).toMatchObject({ phase: "seeding", stopped: undefined });
  const second = guest("second");
  await world.until(() => second.isSeeding());
  await world.until(() => seeder.view().phase === "paused");
  expect(seeder.view().stopped).toBe("downloads");
  expect(seeder.linkCount).toBe(0);
});

test("who got it in earlier sessions counts, though nobody is there", async () => {
  const { world, seeder } = sharing({ downloads: 2 }, { ...NO_TOTALS, finishedPeers: 2 });
  await world.pass(5_000);
  expect(seeder.view()).toMatchObject({ phase: "paused", stopped: "downloads", finishedInAll: 2 });
});

test("a torrent that was shared for as long as wanted is paused, though nobody is there", async () => {
  const { world, seeder } = sharing({ minutes: 10 }, { ...NO_TOTALS, sharedMillis: 4 * MINUTE });
  await world.pass(6 * MINUTE - 5_000);
  expect(seeder.view()).toMatchObject({ phase: "seeding", stopped: undefined, sharedMinutes: 9 });
  await world.pass(7_000);
  expect(seeder.view()).toMatchObject({ phase: "paused", stopped: "time", sharedMinutes: 10 });
});

test("the time while it is paused, or not complete, does not count", async () => {
  const { world, seeder, guest } = sharing({ minutes: 2 });
  const leecher = guest("leecher");
  leecher.feed({ type: "controlsChanged", infoHash, controls: stopping({ minutes: 2 }) });
  seeder.feed({ type: "torrentPaused", infoHash });
  await world.pass(5 * MINUTE);
  seeder.feed({ type: "torrentResumed", infoHash });
  await world.until(() => leecher.isSeeding());
  await world.pass(1.5 * MINUTE);
  expect([seeder.view().stopped, leecher.view().stopped]).toEqual([undefined, undefined]);
  await world.pass(MINUTE);
  expect([seeder.view().stopped, leecher.view().stopped]).toEqual(["time", "time"]);
});

test("what has stopped goes on without that limit when the person resumes it", async () => {
  const { world, seeder, guest } = sharing({ ratio: 0.5 });
  guest("first");
  await world.until(() => seeder.view().stopped === "ratio");
  seeder.feed({ type: "torrentResumed", infoHash });
  await world.pass(MINUTE);
  expect(seeder.view()).toMatchObject({ phase: "seeding", stopped: undefined });
});

test("a limit that comes later counts what was sent before it", async () => {
  const { world, seeder, guest } = sharing({});
  const first = guest("first");
  await world.until(() => first.isSeeding());
  await world.pass(MINUTE);
  expect(seeder.view().phase).toBe("seeding");
  seeder.feed({ type: "controlsChanged", infoHash, controls: stopping({ ratio: 1 }) });
  await world.pass(2_000);
  expect(seeder.view().stopped).toBe("ratio");
});
