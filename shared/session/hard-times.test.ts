import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import type { WireRange } from "../wire/message.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 2_000_000]] });
const PIECES = TORRENT.info.layout.pieceCount;
const { infoHash } = TORRENT;

/** One peer owes blocks that only one other peer has, and we have not asked that one. */
async function oneOwes() {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = scriptedSeeder(world, TORRENT, { heard: () => {} }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => mute.piecesAsked.length > 0);
  const asked = mute.piecesAsked;
  const other = scriptedSeeder(world, TORRENT, {
    opened: () => {
      for (const piece of asked) other.say({ type: "have", piece }); // Nothing that we have not requested already.
      other.say({ type: "unchoke" });
    },
  });
  other.offerTo(leecher);
  await world.pass(1_000);
  expect(other.piecesAsked).toEqual([]);
  return { world, leecher, mute, asked };
}

test("we request the blocks that a peer owed when it left from others at once", async () => {
  const { world, leecher, mute, asked } = await oneOwes();
  mute.close();
  await world.until(() => leecher.view().piecesHeld === asked.length, 1_000);
});

test.each(["torrentRemoved", "torrentPaused"] as const)("after %s we request nothing more", async (type) => {
  const { leecher } = await oneOwes();
  const rest = leecher.everyEffectFrom();
  leecher.feed({ type, infoHash });
  const orders = rest().map((effect) => effect.type);
  expect(orders.filter((order) => order === "close")).toHaveLength(2);
  expect(orders).not.toContain("send");
});

test("a link that breaks in the middle of a piece costs only what was in transit", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().piecesHeld === 5);
  leecher.cutLinks();
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
  expect(leecher.view().downloadedBytes).toBe(2_000_000);
  expect(leecher.piecesFetched).toHaveLength(PIECES);
});

test("we request the rest from a peer that chokes in the middle once it unchokes", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  let served = 0;
  const fickle = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      served += 1;
      if (served % 7 !== 0) return fickle.sayBlock(piece, begin, length);
      fickle.say({ type: "choke" });
      fickle.say({ type: "reject", range: message.range });
      world.scheduler.after(500, () => fickle.say({ type: "unchoke" }));
    },
  }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding());
});

test("we request what a peer rejects from another, and not from it again", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const liar = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type === "request") liar.say({ type: "reject", range: message.range });
    },
  }).join();
  const good = scriptedSeeder(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding());
  expect(good.piecesAsked).toHaveLength(PIECES);
  const rejected = liar.messages.filter(({ type }) => type === "request").length;
  expect(rejected).toBeLessThanOrEqual(PIECES * 4);
});

test("we request a piece again that its only owner rejects now and then", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const noes = [3, 3, 3, 3, 7]; // All blocks of one piece, and one of another.
  const seeder = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      const at = noes.indexOf(piece);
      if (at < 0) return seeder.sayBlock(piece, begin, length);
      noes.splice(at, 1);
      seeder.say({ type: "reject", range: message.range });
    },
  }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding(), 3 * DEFAULT_CONFIG.rechokeMillis);
  expect(noes).toEqual([]);
});

test("we ask an overloaded peer again for what it rejected when it sends another block", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const [waiting, mostWaiting, blockMillis] = [[] as WireRange[], 5, 20];
  const serve = (): void => {
    world.scheduler.after(blockMillis, () => {
      const range = waiting.shift();
      if (range !== undefined) seeder.sayBlock(range.piece, range.begin, range.length);
      if (waiting.length > 0) serve();
    });
  };
  const seeder = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type === "cancel") throw new Error("it is the only one that is asked");
      if (message.type !== "request") return;
      if (waiting.length === mostWaiting) return seeder.say({ type: "reject", range: message.range });
      if (waiting.push(message.range) === 1) serve();
    },
  }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const blocks = Math.ceil(2_000_000 / 16_384);
  await world.until(() => leecher.isSeeding(), 2 * blocks * blockMillis);
  expect(seeder.messages.some(({ type }) => type === "notInterested")).toBe(false);
});

test("we finally believe a peer that rejects everything", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const liar = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type === "request") liar.say({ type: "reject", range: message.range });
    },
  }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const asked = (): number => liar.messages.filter(({ type }) => type === "request").length;
  await world.pass(60_000);
  const before = asked();
  const blocksEach = 4;
  expect(before).toBeGreaterThan(PIECES);
  expect(before).toBeLessThanOrEqual(PIECES * blocksEach * DEFAULT_CONFIG.rejectsBelieved);
  await world.pass(60_000);
  expect(asked()).toBe(before);
});

test("we give up a stalled peer after a while, and others serve what it owes", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = scriptedSeeder(world, TORRENT, { heard: () => {} }).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => mute.piecesAsked.length > 0);
  const other = scriptedSeeder(world, TORRENT, {
    opened: () => {
      for (const piece of mute.piecesAsked) other.say({ type: "have", piece });
      other.say({ type: "unchoke" });
    },
  });
  other.offerTo(leecher);
  const owed = mute.piecesAsked.length;
  await world.until(() => leecher.view().piecesHeld === owed, 30_000);
  expect(world.scheduler.now).toBeGreaterThan(DEFAULT_CONFIG.requestMillis);
});

test("a seeder that serves in an order of its own does not count as stalled", async () => {
  const torrent = sampleTorrent({ files: [["slow.bin", 3_000_000]], pieceLength: 16_384 });
  const world = new World();
  const leecher = world.node("leecher");
  const stack: { piece: number; begin: number; length: number }[] = [];
  const lastFirst = scriptedSeeder(world, torrent, {
    heard: (message) => {
      if (message.type === "request") stack.push(message.range);
    },
  }).join();
  const serve = (): void => {
    const range = stack.pop();
    if (range !== undefined) lastFirst.sayBlock(range.piece, range.begin, range.length);
    world.scheduler.after(400, serve);
  };
  serve();
  leecher.add(torrent, [TRACKER], { knowsMetadata: true });
  await world.pass(60_000);
  expect(leecher.view().peers[0]?.score).toBe(99); // No stall counted.
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().downloadedBytes).toBe(3_000_000); // Nothing came twice.
});

test("a slow peer does not hold up the end: we request the last blocks from others, and cancel those that come late", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = scriptedSeeder(world, TORRENT, { heard: () => {} }).join();
  const good = scriptedSeeder(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding(), 10_000);
  expect(good.piecesAsked).toHaveLength(PIECES);
  await world.pass(100);
  const owed = mute.messages.filter(({ type }) => type === "request");
  expect(owed.length).toBeGreaterThan(0);
});

test("a download goes on when the storage is slower than the network and few pieces fit into memory", async () => {
  const picker = { ...DEFAULT_CONFIG.picker, openPiecesBytes: 131_072 };
  const world = new World({ storageMillis: 500, config: { picker } });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
});

test("a bitfield may come after we got the metadata from another peer", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  const late = new ScriptedPeer(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().peers.length === 1);
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.view().phase === "downloading");
  // It answered several offers, and chance decides which link stays.
  for (const link of late.links) late.say({ type: "bitfield", bits: Uint8Array.of(0x80, 0, 0, 0) }, link);
  await world.until(() => leecher.view().peers.some(({ progress }) => progress === 1 / PIECES), 100);
});

test("we understand later what peers said before we knew the metadata", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const says = {
    all: (peer: ScriptedPeer) => peer.say({ type: "haveAll" }),
    none: (peer: ScriptedPeer) => peer.say({ type: "haveNone" }),
    some: (peer: ScriptedPeer) => {
      peer.say({ type: "bitfield", bits: Uint8Array.of(0xc0, 0, 0, 0) });
      peer.say({ type: "have", piece: 5 });
    },
    nothing: (peer: ScriptedPeer) => peer.say({ type: "have", piece: 30 }),
    nonsense: (peer: ScriptedPeer) => peer.say({ type: "have", piece: PIECES }),
    tooLong: (peer: ScriptedPeer) => peer.say({ type: "bitfield", bits: new Uint8Array(5) }),
  };
  const peers = Object.values(says).map((opened) => {
    const peer = new ScriptedPeer(world, TORRENT).join();
    peer.script = { opened: () => opened(peer) };
    return peer;
  });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().peers.length === peers.length);
  await world.pass(100);
  const seeder = world.node("seeder", { config: { ...DEFAULT_CONFIG, uploadSlots: 1 } });
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.view().phase === "downloading");
  await world.pass(50);
  expect(peers.map(({ links }) => links.length > 0)).toEqual([true, true, true, true, false, false]);
  const progress = leecher.view().peers.map((peer) => Math.round(peer.progress * PIECES));
  expect(progress.sort()).toEqual([0, 1, 3, PIECES, PIECES].sort());
});

test("we drop a peer that falls silent", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = new ScriptedPeer(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().peers.length === 1);
  await world.until(() => mute.links.length === 0, DEFAULT_CONFIG.silenceMillis + 2_000);
  expect(world.scheduler.now).toBeGreaterThan(DEFAULT_CONFIG.silenceMillis);
});

test("we drop a peer that sends no handshake", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = new ScriptedPeer(world, TORRENT).join();
  mute.greets = false;
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => mute.links.length === 1);
  await world.until(() => mute.links.length === 0, DEFAULT_CONFIG.handshakeMillis + 2_000);
  expect(leecher.view().peers).toEqual([]);
});

test("two idle peers keep their link alive", async () => {
  const world = new World();
  const one = world.node("one");
  const two = world.node("two");
  one.add(TORRENT, [TRACKER], { pieces: [0] });
  two.add(TORRENT, [TRACKER], { pieces: [0] });
  await world.until(() => one.view().peers.length === 1);
  const links = one.view().peers.map(({ link }) => link);
  await world.pass(1_000_000);
  expect(one.view().peers.map(({ link }) => link)).toEqual(links);
});

test("a failing storage stops the torrent with its sentence, and resuming completes it", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld === 10);
  leecher.storageProblem = "The storage is full. Free some space and resume.";
  await world.until(() => leecher.view().phase === "error");
  expect(leecher.view().problem).toBe("The storage is full. Free some space and resume.");
  await world.pass(10_000);
  expect(leecher.linkCount).toBe(0);
  expect(world.tracker(TRACKER).members(infoHash)).toBe(1);

  leecher.storageProblem = undefined;
  leecher.feed({ type: "torrentResumed", infoHash });
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("we fetch a piece again that is gone from the storage", async () => {
  const world = new World();
  const one = world.node("one");
  const two = world.node("two");
  const three = world.node("three");
  one.add(TORRENT, [TRACKER], { pieces: "all" });
  two.add(TORRENT, [TRACKER], { pieces: "all" });
  one.losePiece(TORRENT, 3 as PieceIndex);
  three.add(TORRENT, [TRACKER], { pieces: [0] });
  await world.until(() => three.isSeeding() && one.isSeeding() && one.stores(TORRENT, 3 as PieceIndex));
  expect(one.hasStoredAll(TORRENT) && three.hasStoredAll(TORRENT)).toBe(true);
  expect(one.piecesFetched).toEqual([3]);
});

test("after an hour of sleep in the middle of a download it announces again, and goes on over new links", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().piecesHeld === 5);
  const linkBefore = leecher.view().peers[0]?.link;
  leecher.sleep();
  await world.pass(60 * 60_000);
  expect(seeder.view().peers).toEqual([]); // It was silent.
  world.tracker(TRACKER).leave(leecher);
  leecher.wake();
  await world.until(() => leecher.view().peers.some(({ link }) => link !== linkBefore), 60_000);
  await world.until(() => leecher.isSeeding(), 60_000);
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
  expect(leecher.piecesFetched.length).toBeLessThanOrEqual(PIECES + 1);
});
