import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { millis, type PieceIndex } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { DEFAULT_CONFIG } from "../session/config.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World, type WorldSetup } from "../sim/world.test-support.ts";
import { decodeExtendedHandshake } from "../wire/extension.ts";
import type { Message } from "../wire/message.ts";
import { REVEALING } from "./revealing.ts";
import { Session } from "./session.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 6_400_000]], pieceLength: 65_536 });
const PIECES = TORRENT.info.layout.pieceCount;

/** A seeder that knows how many others seed. */
async function newSeeder(setup: WorldSetup = {}, torrent: SampleTorrent = TORRENT, others = 0) {
  const world = new World({ upBytesPerSecond: 1_000_000, ...setup });
  world.tracker(TRACKER).seedersMadeUp = others;
  const seeder = world.node("seeder");
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  await world.until(() => seeder.view().trackers[0]?.state === "working");
  const leechers = (...names: readonly string[]) =>
    names.map((name) => {
      const leecher = world.node(name);
      leecher.add(torrent, [TRACKER]);
      return leecher;
    });
  const copies = (): number => seeder.blockBytesSent / torrent.info.layout.totalBytes;
  return { world, seeder, leechers, copies };
}

/** A peer that asks for nothing by itself. */
async function linked({ world, seeder }: Pick<Awaited<ReturnType<typeof newSeeder>>, "world" | "seeder">) {
  const peer = new ScriptedPeer(world, TORRENT);
  peer.offerTo(seeder);
  await world.until(() => seeder.view().peers.length > 0);
  await world.pass(200);
  const told = (): number[] => peer.messages.flatMap((each) => (each.type === "have" ? [each.piece] : []));
  const count = (type: Message["type"]): number => peer.messages.filter((each) => each.type === type).length;
  return { peer, told, count };
}

test("the only seeder sends little more than one copy before its peers have everything", async () => {
  const { world, seeder, leechers, copies } = await newSeeder();
  const all = leechers("a", "b", "c", "d");
  const has = (piece: number): boolean => all.some((leecher) => leecher.stores(TORRENT, piece as never));
  await world.until(() => Array.from({ length: PIECES }, (_, at) => at).every(has));
  expect(copies()).toBeLessThan(1.05);
  await world.until(() => all.every((leecher) => leecher.isSeeding()));
  expect(copies()).toBeLessThan(1.15);
  expect(all.every((leecher) => leecher.hasStoredAll(TORRENT))).toBe(true);
  await world.until(() => seeder.linkCount === 0); // Neither side has anything left for the other.
});

test("a single leecher waits no longer than for a seeder that hides nothing", async () => {
  const millis = async (others: number): Promise<number> => {
    const { world, leechers } = await newSeeder({ seed: 5 }, TORRENT, others);
    const [leecher] = leechers("leecher");
    const from = world.scheduler.now;
    await world.until(() => leecher?.isSeeding() ?? false);
    return world.scheduler.now - from;
  };
  expect(await millis(0)).toBeLessThan((await millis(1)) * 1.02);
});

test("a leecher knows that a seeder which hides its pieces has everything", async () => {
  const { world, leechers } = await newSeeder({ upBytesPerSecond: 20_000 });
  const [leecher] = leechers("leecher");
  await world.until(() => leecher?.view().phase === "downloading");
  await world.pass(5_000);
  const [peer] = leecher?.view().peers ?? [];
  expect(leecher?.view().piecesHeld).toBeLessThan(PIECES);
  expect(peer?.progress).toBe(1);
});

test("whoever waits for a piece gets it at once, though the only seeder tells of its pieces one by one", async () => {
  const { world, leechers } = await newSeeder({ upBytesPerSecond: 500_000 });
  const [viewer] = leechers("viewer", "other");
  await world.until(() => (viewer?.view().piecesHeld ?? 0) > 3);
  for (const first of [PIECES - 1, 50, 10]) {
    const deadlines = [{ first, last: first, at: millis(0), stepMillis: 0 }];
    viewer?.feed({ type: "deadlinesSet", infoHash: TORRENT.infoHash, deadlines });
    await world.until(() => viewer?.stores(TORRENT, first as PieceIndex) ?? false, 2_000);
  }
});

test("a peer hears of pieces one by one, may have no others, and is unchoked before it asks", async () => {
  const swarm = await newSeeder();
  const { peer, told, count } = await linked(swarm);
  expect(count("haveNone")).toBe(1);
  expect(count("haveAll") + count("bitfield")).toBe(0);
  expect(told()).toHaveLength(8);
  expect(count("unchoke")).toBe(1);
  const shake = peer.messages.find((each) => each.type === "extended");
  expect(shake?.type === "extended" && decodeExtendedHandshake(shake.payload).superSeeds).toBe(true);
  const hidden = Array.from({ length: PIECES }, (_, at) => at).find((piece) => !told().includes(piece)) ?? 0;
  for (const piece of [hidden, told()[0] ?? 0])
    peer.say({ type: "request", range: { piece, begin: 0, length: 16_384 } });
  await swarm.world.pass(500);
  expect(count("reject")).toBe(1);
  expect(count("block")).toBe(1);
});

test("who takes nothing and who passes nothing on do not hold up the others", async () => {
  const swarm = await newSeeder();
  await linked(swarm);
  const [free, ...all] = swarm.leechers("free-rider", "a", "b", "c");
  const from = swarm.world.scheduler.now;
  await swarm.world.until(() => all.every((leecher) => leecher.isSeeding()), 30_000);
  expect(swarm.world.scheduler.now - from).toBeLessThan(12_000); // 6.4 s at least.
  await swarm.world.until(() => free?.isSeeding() ?? false);
});

test("once the swarm has everything, a peer hears of all the rest and may have any of it", async () => {
  const swarm = await newSeeder();
  const { peer, told, count } = await linked(swarm);
  const [leecher] = swarm.leechers("leecher");
  await swarm.world.until(() => leecher?.isSeeding() ?? false);
  await swarm.world.until(() => told().length === PIECES);
  expect(new Set(told()).size).toBe(PIECES);
  peer.say({ type: "interested" });
  await swarm.world.pass(500);
  for (const piece of [0, PIECES - 1])
    peer.say({ type: "request", range: { piece, begin: 0, length: 16_384 } });
  await swarm.world.until(() => count("block") === 2);
});

test("a peer that claims to have everything does not end it", async () => {
  const swarm = await newSeeder();
  const all = swarm.leechers("a", "b", "c");
  await swarm.world.until(() => all.every((leecher) => leecher.view().piecesHeld > 3));
  const liar = new ScriptedPeer(swarm.world, TORRENT);
  liar.script = { opened: () => liar.say({ type: "haveAll" }) };
  liar.offerTo(swarm.seeder);
  await swarm.world.until(() => all.every((leecher) => leecher.isSeeding()));
  expect(liar.links).toEqual([]);
  expect(swarm.copies()).toBeLessThan(1.15);
});

test("a seeder that is not alone hides nothing", async () => {
  const swarm = await newSeeder({}, TORRENT, 1);
  const { told, count } = await linked(swarm);
  expect(count("haveAll")).toBe(1);
  expect(told()).toEqual([]);
});

test("when all have left, the next peer hears of pieces anew, whatever was sent to others", async () => {
  const swarm = await newSeeder({ upBytesPerSecond: 1e8 });
  const { peer } = await linked(swarm);
  peer.close();
  await swarm.world.until(() => swarm.seeder.view().peers.length === 0);
  const [leecher] = swarm.leechers("leecher");
  await swarm.world.until(() => leecher?.isSeeding() ?? false);
  expect(swarm.copies()).toBeLessThan(1.05);
});

test("a pause ends it, and afterwards it goes on", async () => {
  const { world, seeder, leechers } = await newSeeder({ upBytesPerSecond: 200_000 });
  const all = leechers("a", "b");
  const { infoHash } = TORRENT;
  await world.until(() => all.every((leecher) => leecher.view().piecesHeld > 5));
  seeder.feed({ type: "torrentPaused", infoHash });
  await world.pass(5_000);
  seeder.feed({ type: "torrentResumed", infoHash });
  await world.until(() => all.every((leecher) => leecher.isSeeding()));
  expect(all.every((leecher) => leecher.hasStoredAll(TORRENT))).toBe(true);
});

test("a seeder that loses a piece gets it back from its peers", async () => {
  const { world, seeder, leechers } = await newSeeder({ upBytesPerSecond: 200_000 });
  const all = leechers("a", "b");
  await world.until(() => all.every((leecher) => leecher.view().piecesHeld > 20));
  const lost = Array.from({ length: PIECES }, (_, at) => at).find((piece) =>
    all.every((leecher) => leecher.stores(TORRENT, piece as never)),
  );
  seeder.losePiece(TORRENT, (lost ?? 0) as never);
  await world.until(() => all.every((leecher) => leecher.isSeeding()), DEFAULT_CONFIG.silenceMillis * 2);
});

test("a leecher that selects one piece of many gets it although the seeder tells of others first", async () => {
  const torrent = sampleTorrent({
    files: [
      ["folder/film.bin", 99 * 65_536],
      ["folder/note.txt", 65_536],
    ],
    pieceLength: 65_536,
  });
  const { world } = await newSeeder({}, torrent);
  const picky = world.node("picky");
  picky.add(torrent, [TRACKER], { selectedFiles: [1] });
  await world.until(() => picky.isSeeding(), 10_000);
  expect(picky.piecesFetched).toEqual([99]);
});

/** A seeder whose check goes on while peers come: `end` says what it found. */
async function checkingSeeder(others = 0) {
  const swarm = await newChecking(others);
  const { world, seeder } = swarm;
  const found = (count: number): void => {
    for (let piece = 0; piece < count; piece++)
      seeder.feed({
        type: "storedPieceChecked",
        infoHash: TORRENT.infoHash,
        piece: piece as PieceIndex,
        good: true,
      });
  };
  const end = (): void => seeder.feed({ type: "checkEnded", infoHash: TORRENT.infoHash });
  return { ...swarm, ...(await linked({ world, seeder })), found, end };
}

async function newChecking(others: number) {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  world.tracker(TRACKER).seedersMadeUp = others;
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all", checking: true });
  await world.until(() => seeder.view().trackers[0]?.state === "working");
  return { world, seeder };
}

test("peers that come while the only seeder checks its pieces hear of them one by one afterwards", async () => {
  const { world, peer, told, count, found, end } = await checkingSeeder();
  found(PIECES);
  await world.pass(500);
  expect(count("haveNone")).toBe(1);
  expect(told()).toHaveLength(0);
  end();
  await world.pass(200);
  expect(told()).toHaveLength(8);
  expect(count("unchoke")).toBe(1);
  const shakes = peer.messages.filter((each) => each.type === "extended");
  expect(shakes.map(({ payload }) => decodeExtendedHandshake(payload).superSeeds)).toEqual([false, true]);
});

test("who finds by its check that it lacks pieces tells of all that it has at the end", async () => {
  const { world, told, found, end } = await checkingSeeder();
  found(3);
  await world.pass(500);
  expect(told()).toHaveLength(0);
  end();
  await world.pass(200);
  expect(told()).toEqual([0, 1, 2]);
});

test("who checks its pieces tells of each at once if there is another seeder", async () => {
  const { world, told, found } = await checkingSeeder(1);
  found(3);
  await world.pass(200);
  expect(told()).toEqual([0, 1, 2]);
});

test("peers do not wait for the end of a long check", async () => {
  const { world, told, found } = await checkingSeeder();
  await world.pass(9_000);
  found(3);
  await world.pass(200);
  expect(told()).toHaveLength(0);
  await world.pass(1_500);
  found(4);
  await world.pass(200);
  expect(told()).toEqual([0, 1, 2, 3]);
});

test("who ends its check with nobody there puts no pieces in an order to tell of", () => {
  let draws = 0;
  const random: Random = { below: () => draws++ && 0, bytes: (length) => new Uint8Array(length) };
  const session = new Session(new World().newPeerId(), DEFAULT_CONFIG, random, undefined, {
    revealing: REVEALING,
  });
  const { infoHash, info, infoBytes } = TORRENT;
  const source = { infoHash, displayName: undefined, metadata: { info, infoBytes }, trackers: [] };
  const held = Bitfield.full(PIECES);
  const now = millis(0);
  session.handle(now, {
    type: "torrentAdded",
    source: { ...source, held, selectedFiles: undefined, paused: false },
  });
  session.handle(now, { type: "checkBegan", infoHash, held: undefined });
  draws = 0;
  session.handle(now, { type: "checkEnded", infoHash });
  expect(session.view(now)[0]?.phase).toBe("seeding");
  expect(draws).toBeLessThan(PIECES / 2);
});
