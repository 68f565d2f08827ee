import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { NO_CONTROLS } from "./controls.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 12_000_000]], pieceLength: 65_536 });
const { infoHash } = TORRENT;
const IN_ORDER = { ...NO_CONTROLS, inOrder: true };

/** What is requested together may arrive in another order: no piece is further from its place than what is under way. */
function isInOrder(pieces: readonly number[]): boolean {
  const sorted = [...pieces].sort((left, right) => left - right);
  return pieces.every((piece, at) => Math.abs(sorted.indexOf(piece) - at) <= 16);
}

function leecherOf(...seeders: readonly string[]) {
  const world = new World();
  world.tracker(TRACKER).seedersMadeUp = 1; // An only seeder would tell of its pieces one by one, in an order of its own.
  for (const name of seeders) world.node(name).add(TORRENT, [TRACKER], { pieces: "all" });
  const leecher = world.node("leecher");
  return { world, leecher };
}

test("pieces come in the order of the torrent, from however many peers", async () => {
  const { world, leecher } = leecherOf("a", "b", "c");
  leecher.add(TORRENT, [TRACKER], { controls: IN_ORDER });
  await world.until(() => leecher.isSeeding());
  expect(isInOrder(leecher.piecesFetched)).toBe(true);
});

test("the files that come first do so, each in order", async () => {
  const two = sampleTorrent({
    files: [
      ["a.bin", 1_000_000],
      ["b.bin", 1_000_000],
    ],
    pieceLength: 65_536,
  });
  const world = new World();
  world.tracker(TRACKER).seedersMadeUp = 1;
  world.node("seeder").add(two, [TRACKER], { pieces: "all" });
  const leecher = world.node("leecher");
  leecher.add(two, [TRACKER], { controls: IN_ORDER, firstFiles: [1] });
  await world.until(() => leecher.isSeeding());
  expect(leecher.piecesFetched[0]).toBe(Math.floor(1_000_000 / 65_536));
  const fetched: readonly number[] = leecher.piecesFetched;
  expect(fetched.indexOf(30)).toBeLessThan(fetched.indexOf(0));
});

test("the order can change while the torrent is downloaded", async () => {
  const { world, leecher } = leecherOf("a");
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld > 10);
  leecher.feed({ type: "controlsChanged", infoHash, controls: IN_ORDER });
  await world.until(() => leecher.isSeeding());
  // Those before had been requested already.
  expect(isInOrder(leecher.piecesFetched.slice(-50))).toBe(true);
});

test("otherwise the rarest come first, in no order", async () => {
  const { world, leecher } = leecherOf("a", "b");
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(isInOrder(leecher.piecesFetched.slice(-50))).toBe(false);
});
