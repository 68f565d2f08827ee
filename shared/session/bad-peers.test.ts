import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { concatBytes } from "../base/bytes.ts";
import type { PieceIndex } from "../base/ids.ts";
import { seeds } from "../base/seeds.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { OUR_EXCHANGE_ID, OUR_METADATA_ID } from "../wire/extension.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 2_000_000]] });
const PIECES = TORRENT.info.layout.pieceCount;

function flipFirstByte(_piece: PieceIndex, bytes: Uint8Array): void {
  bytes[0] = (bytes[0] ?? 0) ^ 0xff;
}

test("we ban a peer that sends only bad copies at its first piece, and wait for one with good copies", async () => {
  const world = new World();
  const poisoner = world.node("poisoner", { spoil: flipFirstByte });
  const leecher = world.node("leecher");
  poisoner.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().bannedPeers === 1);
  const { failedPieces, problem, phase } = leecher.view();
  expect(phase).toBe("downloading");
  expect(failedPieces).toBe(1);
  expect(problem).toMatch(
    /^Every peer that has piece \d+ sent it damaged\. The download goes on when a peer with a good copy comes\.$/,
  );
  await world.pass(30_000);
  expect(leecher.view()).toMatchObject({ failedPieces: 1, piecesHeld: 0, peers: [] });

  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().problem).toBeUndefined();
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("we remember the peers that we banned last, and no more of them than of past links", async () => {
  const world = new World({ config: { ...DEFAULT_CONFIG, linksRemembered: 3 } });
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER]);
  for (let each = 0; each < 5; each++) {
    const poisoner = world.node(`poisoner ${each}`, { spoil: flipFirstByte });
    poisoner.add(TORRENT, [TRACKER], { pieces: "all" });
    const isBanned = () => leecher.happenings.filter(({ type }) => type === "peerBanned").length > each;
    await world.until(isBanned);
  }
  expect(leecher.view().bannedPeers).toBe(3);
});

test("a peer that breaks the rules right after a block hears nothing more", async () => {
  const world = new World({ splits: false });
  const peer = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      const bytes = new Uint8Array(length);
      const block = encodeMessage({ type: "block", piece, begin, bytes });
      const wrong = encodeMessage({ type: "have", piece: TORRENT.info.layout.pieceCount });
      peer.sayBytes(Uint8Array.from([...block, ...wrong]));
    },
  }).join();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.effects.some(({ type }) => type === "close")); // The world checks that nothing follows.
  expect(leecher.effects).toContainEqual({
    type: "close",
    link: expect.any(Number),
    reason: "brokeTheRules",
  });
});

test.each(seeds(process.env["SEED"], 1, 2, 3, 4, 5, 6))(
  "we ban a poisoner among honest peers, and nobody else (seed %i)",
  async (seed) => {
    const world = new World({ seed });
    const [one, two] = [world.node("one"), world.node("two")];
    const poisoner = world.node("poisoner", { spoil: flipFirstByte });
    const leechers = [world.node("a"), world.node("b")];
    for (const node of [one, two, poisoner]) node.add(TORRENT, [TRACKER], { pieces: "all" });
    for (const leecher of leechers) leecher.add(TORRENT, [TRACKER]);
    await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
    for (const leecher of leechers) {
      const { bannedPeers, failedPieces } = leecher.view();
      expect(leecher.hasStoredAll(TORRENT)).toBe(true);
      expect(bannedPeers).toBe(failedPieces > 0 ? 1 : 0);
    }
    expect(leechers.some((leecher) => leecher.view().bannedPeers > 0)).toBe(true);
  },
);

test("we ban a poisoner that lies about one piece in ten, too", async () => {
  const world = new World({ seed: 3 });
  const spoil = (piece: PieceIndex, bytes: Uint8Array): void => {
    if (piece % 10 === 0) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  };
  const poisoner = world.node("poisoner", { spoil });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  poisoner.add(TORRENT, [TRACKER], { pieces: "all" });
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(leecher.hasStoredAll(TORRENT)).toBe(true);
});

test("we recognize a poisoner that leaves before the check of its piece when it returns", async () => {
  const torrent = sampleTorrent({ files: [["small.bin", 65_536]] });
  const world = new World();
  const leecher = world.node("leecher");
  const poisoner = new ScriptedPeer(world, torrent);
  const honest = new ScriptedPeer(world, torrent);
  for (const [peer, isGood] of [
    [poisoner, false],
    [honest, true],
  ] as const) {
    peer.script = {
      opened: () => {
        peer.say({ type: "haveAll" });
        peer.say({ type: "unchoke" });
      },
      // Each gives two of the four blocks of the first copy, the honest one everything later.
      heard: (message) => {
        if (message.type !== "request") return;
        const { piece, begin, length } = message.range;
        const isFirst = leecher.view().failedPieces === 0;
        if (isFirst && begin < 32_768 === isGood) return;
        peer.sayBlock(piece, begin, length, isGood);
        if (!isGood && begin === 16_384) world.scheduler.after(20, () => peer.close());
      },
    };
  }
  leecher.add(torrent, [TRACKER], { knowsMetadata: true });
  poisoner.offerTo(leecher);
  await world.until(() => leecher.view().downloadedBytes === 32_768);
  await world.until(() => poisoner.links.length === 0);
  await world.pass(100);
  honest.offerTo(leecher);
  await world.until(() => leecher.isSeeding());
  expect(leecher.view()).toMatchObject({ failedPieces: 1, bannedPeers: 1 });
  await world.until(() => leecher.view().peers.length === 0); // It has everything and closes its link to the honest one.
  poisoner.offerTo(leecher);
  await world.pass(1_000);
  expect(leecher.view().peers.length).toBe(0);
});

test("after storing a piece fails, we count its spoilers anew", async () => {
  const torrent = sampleTorrent({ files: [["small.bin", 32_768]] });
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(torrent, [TRACKER], { knowsMetadata: true });
  /** Sends the given blocks, the first of them good or bad. */
  const giver = (begins: readonly number[], isGood: boolean): ScriptedPeer => {
    const peer = scriptedSeeder(world, torrent, {
      heard: (message) => {
        if (message.type !== "request" || !begins.includes(message.range.begin)) return;
        peer.sayBlock(0, message.range.begin, 16_384, isGood || message.range.begin !== begins[0]);
      },
    });
    peer.offerTo(leecher);
    return peer;
  };
  const innocent = giver([0], true);
  await world.until(() => leecher.view().downloadedBytes === 16_384);
  const careless = giver([16_384], false);
  await world.until(() => leecher.view().failedPieces === 1);
  innocent.close();
  careless.close();

  leecher.storageProblem = "The storage is full.";
  giver([0, 16_384], true);
  await world.until(() => leecher.view().phase === "error");
  leecher.storageProblem = undefined;
  leecher.feed({ type: "torrentResumed", infoHash: torrent.infoHash });
  giver([0, 16_384], false);
  await world.until(() => leecher.view().failedPieces === 2);
  giver([0, 16_384], true);
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().bannedPeers).toBe(1); // The only sender of a bad copy.
  const welcome = leecher.everyEffectFrom();
  innocent.offerTo(leecher);
  await world.until(() => welcome().some(({ type }) => type === "answerOffer"));
});

const GARBAGE: [string, Uint8Array][] = [
  ["bytes that form no message", Uint8Array.of(0, 0, 0, 2, 0, 0)],
  ["a message that is too long", Uint8Array.of(1, 0, 0, 0)],
  ["a piece that does not exist", encodeMessage({ type: "have", piece: PIECES })],
  ["a request beyond the end", request(PIECES - 1, 0, 65_536)],
  ["a request for nothing", request(0, 0, 0)],
  ["a request for too much", request(0, 0, 131_073)],
  [
    "a block at an odd offset",
    encodeMessage({ type: "block", piece: 0, begin: 1, bytes: new Uint8Array(16_384) }),
  ],
  [
    "a block that is too short",
    encodeMessage({ type: "block", piece: 0, begin: 0, bytes: new Uint8Array(9) }),
  ],
];

test.each([
  ["an extended handshake without a dictionary", 0, "i1e"],
  ["a truncated extended handshake", 0, "d1:md11:ut_meta"],
  ["an empty extended handshake", 0, ""],
  ["a truncated metadata message", OUR_METADATA_ID, "d8:msg_typei0e"],
  ["a metadata message without a piece", OUR_METADATA_ID, "d8:msg_typei0ee"],
  ["metadata without a size", OUR_METADATA_ID, "d8:msg_typei1e5:piecei0eeXX"],
  ["a peer exchange message that is a list", OUR_EXCHANGE_ID, "le"],
  ["truncated addresses", OUR_EXCHANGE_ID, "d5:added5:12345e"],
])("we ignore %s, with a note in the log, and the link goes on", async (_, id, text) => {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [], { knowsMetadata: id !== OUR_METADATA_ID });
  const odd = new ScriptedPeer(world, TORRENT);
  odd.dial(leecher);
  await world.until(() => leecher.view().peers.length === 1);
  odd.say({ type: "extended", id, payload: new TextEncoder().encode(text) });
  odd.say({ type: "haveAll" });
  await world.pass(1_000);
  expect(odd.links).toHaveLength(1);
  const notes = leecher.happenings.flatMap((each) => (each.type === "leftOut" ? [each.what] : []));
  expect(notes).toEqual([expect.stringContaining(`extended message ${id}: `)]);
});

function request(piece: number, begin: number, length: number): Uint8Array {
  return encodeMessage({ type: "request", range: { piece, begin, length } });
}

test.each(GARBAGE)("%s costs a peer its link and nobody else", async (_, garbage) => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().piecesHeld > 0);
  const rude = new ScriptedPeer(world, TORRENT);
  rude.script = { opened: () => rude.say({ type: "haveNone" }) };
  rude.offerTo(leecher);
  await world.until(() => leecher.view().peers.length === 2);
  rude.sayBytes(garbage);
  await world.until(() => rude.links.length === 0, 1_000);
  expect(leecher.happenings).toContainEqual(
    expect.objectContaining({ reason: "brokeTheRules", brokenRule: expect.stringMatching(/./) }),
  );
  expect(leecher.view().peers.length).toBe(1);
  await world.until(() => leecher.isSeeding());
});

test("a bitfield in place of many haves adds to what the peer has", async () => {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const peer = new ScriptedPeer(world, TORRENT);
  peer.script = {
    opened: () => {
      peer.say({ type: "haveNone" });
      peer.say({ type: "have", piece: 0 });
    },
  };
  await world.until(() => leecher.view().trackers[0]?.state === "working");
  peer.offerTo(leecher);
  await world.until(() => leecher.view().peers[0]?.progress === 1 / PIECES);
  const later = new Bitfield(PIECES);
  later.set(1);
  peer.say({ type: "bitfield", bits: later.bytes });
  await world.until(() => leecher.view().peers[0]?.progress === 2 / PIECES);
});

test.each([
  ["another protocol", new Uint8Array(68)],
  [
    "another torrent",
    encodeHandshake({
      infoHash: sampleTorrent({ files: [["x", 1]] }).infoHash,
      peerId: new World().newPeerId(),
      fast: true,
      extended: true,
    }),
  ],
])("a handshake of %s ends the link", async (_, bytes) => {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const rude = new ScriptedPeer(world, TORRENT);
  rude.greets = false;
  rude.script = { opened: () => rude.sayBytes(bytes) };
  rude.offerTo(leecher);
  await world.pass(1_000);
  expect(rude.links).toEqual([]);
  expect(leecher.linkCount).toBe(0);
});

test("we drop a peer that uses our own id", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const mirror = new ScriptedPeer(world, TORRENT, leecher.peerId);
  mirror.offerTo(leecher);
  await world.pass(100);
  expect(leecher.linkCount).toBe(0);
});

test("blocks that we did not request begin no piece", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const pushy = new ScriptedPeer(world, TORRENT);
  pushy.script = {
    opened: () => {
      pushy.say({ type: "haveNone" });
      for (let at = 0; at < 4; at++) pushy.sayBlock(0, at * 16_384, 16_384);
    },
  };
  pushy.offerTo(leecher);
  await world.pass(1_000);
  expect(leecher.view().piecesHeld).toBe(0);
  expect(pushy.links.length).toBe(1);
});

test("we queue a limited number of requests and reject the rest", async () => {
  const world = new World({ upBytesPerSecond: 100_000 });
  world.tracker(TRACKER).seedersMadeUp = 1; // So the seeder tells everybody at once of all that it has.
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => seeder.view().trackers[0]?.state === "working");
  const greedy = new ScriptedPeer(world, TORRENT);
  greedy.script = {
    opened: () => {
      greedy.say({ type: "haveNone" });
      greedy.say({ type: "interested" });
    },
    heard: (message) => {
      if (message.type !== "unchoke") return;
      greedy.sayBytes(concatBytes(Array.from({ length: 5_000 }, () => request(0, 0, 1_000))));
    },
  };
  greedy.offerTo(seeder);
  const count = (type: Message["type"]): number =>
    greedy.messages.filter((each) => each.type === type).length;
  await world.until(() => count("block") + count("reject") === 5_000, 100_000);
  const inTheLink = DEFAULT_CONFIG.linkHighWaterBytes / 1_000 + 1;
  expect(count("block")).toBeGreaterThanOrEqual(DEFAULT_CONFIG.maxRequestsQueued);
  expect(count("block")).toBeLessThan(DEFAULT_CONFIG.maxRequestsQueued + inTheLink + 100);
});
