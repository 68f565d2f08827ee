import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { linkIdCounter, millis, type PieceIndex } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { Session } from "./session.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_000_000]] });
const { infoHash } = TORRENT;

test("pause really stops: it announces, closes links and then falls silent", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  const other = world.node("other");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  other.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld === 20);

  const quiet = leecher.everyEffectFrom();
  leecher.feed({ type: "torrentPaused", infoHash });
  const { downloadedBytes, uploadedBytes } = leecher.view();
  await world.pass(30_000);
  expect(new Set(quiet().map(({ type }) => type))).toEqual(new Set(["announce", "endDiscovery", "close"]));
  expect(quiet().flatMap((effect) => (effect.type === "announce" ? [effect.event] : []))).toEqual([
    "stopped",
  ]);
  expect(leecher.view()).toMatchObject({ phase: "paused", peers: [], downloadedBytes, uploadedBytes });
  expect(leecher.linkCount).toBe(0);

  leecher.feed({ type: "torrentResumed", infoHash });
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
  expect(leecher.view().downloadedBytes).toBeLessThan(4_000_000 + 600_000); // Plus what was in transit.
});

test("a torrent added paused waits until it resumes", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { paused: true });
  await world.pass(10_000);
  expect(leecher.effects).toEqual([]);
  leecher.feed({ type: "torrentResumed", infoHash });
  await world.until(() => leecher.isSeeding());
});

test("removing a torrent closes its links, frees its buffers and forgets it, whatever still arrives", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000, storageMillis: 50 });
  const seeder = world.node("seeder");
  const other = world.node("other");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  other.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld === 5);
  await world.until(() => leecher.view().peers.length === 2);
  const rest = leecher.everyEffectFrom();
  leecher.feed({ type: "torrentRemoved", infoHash });
  await world.pass(10_000);
  const orders = new Set(rest().map(({ type }) => type));
  expect([...orders]).toEqual(["announce", "endDiscovery", "close", "dropBuffers", "leaveTracker"]);
  expect(() => leecher.view()).toThrow();

  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("a torrent added twice is one torrent", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  const before = node.effects.length;
  node.feed({
    type: "torrentAdded",
    source: {
      infoHash,
      displayName: "again",
      metadata: undefined,
      trackers: [[TRACKER]],
      held: undefined,
      selectedFiles: undefined,
      paused: false,
    },
  });
  expect(node.effects.length).toBe(before);
  expect(node.isSeeding()).toBe(true);
});

test("facts about something that is gone change nothing", () => {
  const session = new Session(new World().newPeerId(), DEFAULT_CONFIG, seededRandom(1));
  const piece = 0 as PieceIndex;
  const link = linkIdCounter()();
  const facts = [
    { type: "torrentPaused", infoHash },
    { type: "torrentRemoved", infoHash },
    { type: "storedPieceChecked", infoHash, piece, good: true },
    { type: "pieceChecked", infoHash, piece, good: true, badCopies: [] },
    { type: "linkOpened", link },
    { type: "bytesArrived", link, bytes: Uint8Array.of(1) },
    { type: "linkDrained", link, queuedBytes: 0 },
    { type: "linkClosed", link, reason: "theyLeft" },
    { type: "trackerLost", tracker: TRACKER, reason: "x" },
    { type: "cameOnline" },
    { type: "deadlinePassed" },
  ] as const;
  for (const fact of facts) expect(session.handle(millis(1), fact)).toEqual([]);
  expect(session.nextDeadline()).toBeUndefined();
});

test("we ignore late results from before a torrent was removed and added again", () => {
  const session = new Session(new World().newPeerId(), DEFAULT_CONFIG, seededRandom(1));
  const { info, infoBytes } = TORRENT;
  session.handle(millis(0), {
    type: "torrentAdded",
    source: {
      infoHash,
      displayName: undefined,
      metadata: { info, infoBytes },
      trackers: [],
      held: new Bitfield(info.layout.pieceCount),
      selectedFiles: undefined,
      paused: false,
    },
  });
  const piece = 0 as PieceIndex;
  session.handle(millis(1), { type: "pieceChecked", infoHash, piece, good: true, badCopies: [] });
  session.handle(millis(1), { type: "pieceChecked", infoHash, piece, good: false, badCopies: [] });
  expect(session.view(millis(2))[0]).toMatchObject({ piecesHeld: 0, bytesDone: 0, failedPieces: 0 });
});

test("the view shows the state, the rates and the peer", async () => {
  const world = new World({ upBytesPerSecond: 500_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { displayName: "A film" });
  expect(leecher.view()).toMatchObject({ name: "A film", phase: "metadata", secondsLeft: undefined });
  await world.until(() => leecher.view().piecesHeld === 30);
  const view = leecher.view();
  expect(view.downBytesPerSecond).toBeGreaterThan(300_000);
  expect(view.downBytesPerSecond).toBeLessThan(600_000);
  expect(view.secondsLeft).toBeGreaterThan(2);
  expect(view.secondsLeft).toBeLessThan(10);
  expect(view.trackers).toMatchObject([{ url: TRACKER, state: "working", seeders: 1, leechers: 1 }]);
  expect(view.files).toEqual([
    { path: "film.bin", bytes: 4_000_000, selected: true, isFirst: false, index: 0 },
  ]);
  const [peer] = view.peers;
  expect(peer).toMatchObject({
    kind: "rtc",
    client: DEFAULT_CONFIG.client,
    progress: 1,
    theyChoke: false,
    weChoke: true,
    isInterested: false,
  });
  expect(peer?.goodPieces).toBe(30);
  expect(peer?.score).toBeGreaterThan(90);
  expect(seeder.view().peers[0]).toMatchObject({
    ...{ weChoke: false, theyChoke: true, isInterested: true },
  });
  expect(seeder.view().upBytesPerSecond).toBeGreaterThan(300_000);
  await world.until(() => leecher.view().phase === "seeding");
  expect(leecher.view()).toMatchObject({ downBytesPerSecond: 0, secondsLeft: undefined });
  await world.until(() => seeder.view().peers.length === 0);
  expect(seeder.view().upBytesPerSecond).toBe(0);
});
