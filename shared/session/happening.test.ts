import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import type { Happening } from "./happening.ts";

const TORRENT = sampleTorrent({
  files: [
    ["folder/a", 100_000],
    ["folder/b", 200_000],
    ["folder/empty", 0],
  ],
});
const PIECES = Array.from({ length: TORRENT.info.layout.pieceCount }, (_, at) => at as PieceIndex);

function ofType<Type extends Happening["type"]>(all: readonly Happening[], type: Type) {
  return all.filter((each): each is Extract<Happening, { readonly type: Type }> => each.type === type);
}

test("a download tells of every step once", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { displayName: "A folder" });
  await world.until(() => leecher.isSeeding() && leecher.linkCount === 0);
  const all = leecher.happenings;
  expect(all[0]).toEqual({ type: "torrentAdded", displayName: "A folder", trackers: [[TRACKER]] });
  expect(ofType(all, "phaseChanged").map(({ phase }) => phase)).toEqual([
    "metadata",
    "downloading",
    "seeding",
  ]);
  expect(ofType(all, "metadataArrived")).toEqual([{ type: "metadataArrived", name: "folder" }]);
  const verified = ofType(all, "pieceVerified");
  expect(verified.map(({ piece }) => piece).sort()).toEqual(PIECES);
  expect(verified.every(({ wasStored }) => !wasStored)).toBe(true);
  const names = ofType(all, "fileCompleted").map(({ file }) => leecher.view().files[file]?.path);
  expect(names.sort()).toEqual(["a", "b"].map((name) => expect.stringContaining(name)));
  expect(ofType(all, "torrentCompleted")).toHaveLength(1);
  expect(ofType(all, "trackerAnswered")[0]).toMatchObject({ tracker: TRACKER, leechers: 1 });
  const peer = { kind: "rtc", client: DEFAULT_CONFIG.client };
  expect(ofType(all, "linkOpened")).toMatchObject([{ peer }]);
  expect(ofType(all, "peerUnchoked")).toHaveLength(1);
  const [closed, ...others] = ofType(all, "linkClosed");
  expect(closed).toMatchObject({ peer: { ...peer, downloadedBytes: 300_000 } });
  expect(["nothingToShare", "theyLeft"]).toContain(closed?.reason);
  expect(others).toEqual([]);
});

test("pieces that were stored all along complete their files, but no download", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all", checking: true });
  await world.pass(100);
  const { infoHash } = TORRENT;
  for (const piece of PIECES) node.feed({ type: "storedPieceChecked", infoHash, piece, good: true });
  node.feed({ type: "checkEnded", infoHash });
  await world.pass(100);
  const all = node.happenings;
  expect(ofType(all, "pieceVerified").map(({ wasStored }) => wasStored)).toEqual(PIECES.map(() => true));
  expect(ofType(all, "fileCompleted").map(({ file }) => file)).toEqual([0, 1]);
  expect(ofType(all, "torrentCompleted")).toEqual([]);
  expect(ofType(all, "phaseChanged").map(({ phase }) => phase)).toEqual(["paused", "checking", "seeding"]);
});

test("a banned peer is told of once, with the piece that it spoilt", async () => {
  const world = new World();
  const liar = world.node("liar", { spoil: (_, bytes) => void bytes.fill(1) });
  const leecher = world.node("leecher");
  liar.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().bannedPeers === 1);
  const all = leecher.happenings;
  const [failed] = ofType(all, "pieceFailed");
  const banned = ofType(all, "peerBanned");
  expect(banned).toEqual([{ type: "peerBanned", peerId: liar.peerId, badPiece: failed?.piece }]);
  expect(ofType(all, "linkClosed")).toMatchObject([{ reason: "banned" }]);
});

test("a problem, its end, and the removal are told of; a lost tracker is told of once for all torrents", async () => {
  const other = sampleTorrent({ files: [["film", 100_000]], seed: 2 });
  const world = new World();
  const node = world.node("node");
  const { infoHash } = TORRENT;
  for (const torrent of [TORRENT, other]) node.add(torrent, [TRACKER], { pieces: "all" });
  await world.pass(100);
  const problem = "The disk is full.";
  node.feed({ type: "torrentFailed", infoHash, problem, kind: "storageFull", piece: undefined });
  expect(node.view(infoHash)).toMatchObject({ problem, problemKind: "storageFull" });
  node.feed({ type: "torrentResumed", infoHash });
  expect(node.view(infoHash)).toMatchObject({ problem: undefined, problemKind: undefined });
  node.feed({ type: "trackerLost", tracker: TRACKER, reason: "gone" });
  node.feed({ type: "torrentRemoved", infoHash });
  const all = node.happenings;
  expect(ofType(all, "problemChanged").map((one) => one.problem)).toEqual([problem, undefined]);
  expect(ofType(all, "trackerLost")).toEqual([{ type: "trackerLost", tracker: TRACKER, reason: "gone" }]);
  expect(all.at(-1)).toEqual({ type: "torrentRemoved" });
});

test("a view stays the same object until something in it changes", async () => {
  const world = new World();
  const idle = world.node("idle");
  idle.add(TORRENT, [], { pieces: "all" });
  await world.pass(5_000);
  const before = idle.view();
  await world.pass(50_000);
  expect(idle.view()).toBe(before);
  await world.pass(10_000);
  expect(idle.view()).toEqual({ ...before, sharedMinutes: before.sharedMinutes + 1 });
  idle.feed({ type: "torrentPaused", infoHash: TORRENT.infoHash });
  expect(idle.view()).not.toBe(before);
  expect(idle.view().phase).toBe("paused");
});

test("a view's countdown moves by itself, once a second", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(5_100);
  const [before, first] = [node.view(), node.view().trackers[0]];
  await world.pass(100);
  expect(node.view()).toBe(before);
  await world.pass(1_000);
  expect(node.view().trackers[0]?.nextInSeconds).toBe((first?.nextInSeconds ?? 0) - 1);
});
