import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { concatBytes } from "../base/bytes.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World, type WorldSetup } from "../sim/world.test-support.ts";
import { encodeExtendedHandshake, encodeMetadataMessage, OUR_METADATA_ID } from "../wire/extension.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "./config.ts";
import type { Effect } from "./effect.ts";
import type { CloseReason } from "./link-end.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 2_000_000]], pieceLength: 16_384 });
const PIECES = TORRENT.info.layout.pieceCount;
const { burst, perSecond } = DEFAULT_CONFIG.messages;

type Word = Exclude<Message, { type: "unknown" }>;

/** A peer linked to a seeder, after its handshake and these messages. */
async function linked(setup: WorldSetup, ...words: readonly Word[]) {
  const world = new World(setup);
  world.tracker(TRACKER).seedersMadeUp = 1; // So the seeder tells everybody at once of all that it has.
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => seeder.view().trackers[0]?.state === "working");
  const peer = new ScriptedPeer(world, TORRENT);
  peer.offerTo(seeder);
  await world.until(() => seeder.view().peers.length === 1);
  for (const word of words) peer.say(word);
  await world.pass(100);
  const times = (count: number, ...said: readonly Word[]): void => {
    const bytes = concatBytes(said.map((word) => encodeMessage(word)));
    peer.sayBytes(concatBytes(Array.from({ length: count }, () => bytes)));
  };
  return { world, seeder, peer, times };
}

function closeReasons({ effects }: SimNode): CloseReason[] {
  return effects.flatMap((effect) => (effect.type === "close" ? [effect.reason] : []));
}

function saidTo(effects: readonly Effect[]): number {
  return effects.reduce((sum, effect) => sum + (effect.type === "send" ? effect.bytes.length : 0), 0);
}

const REQUEST: Word = { type: "request", range: { piece: 0, begin: 0, length: 16_384 } };
const extended = (id: number, payload: Uint8Array): Word => ({ type: "extended", id, payload });
const SHAKE = encodeExtendedHandshake({ metadataBytes: undefined, maxRequestsQueued: 1, client: "x" });

const FLOODS: readonly (readonly [string, readonly Word[]])[] = [
  ["requests while choked", [REQUEST]],
  ["requests of a byte", [{ type: "request", range: { piece: 0, begin: 0, length: 1 } }]],
  ["cancels", [{ type: "cancel", range: { piece: 0, begin: 0, length: 16_384 } }]],
  ["rejects", [{ type: "reject", range: { piece: 0, begin: 0, length: 16_384 } }]],
  ["haves of one piece", [{ type: "have", piece: 0 }]],
  ["have-none and have-all", [{ type: "haveNone" }, { type: "haveAll" }]],
  ["one bitfield", [{ type: "bitfield", bits: new Bitfield(PIECES).bytes }]],
  ["interested and not interested", [{ type: "interested" }, { type: "notInterested" }]],
  ["interested", [{ type: "interested" }]],
  ["choke and unchoke", [{ type: "choke" }, { type: "unchoke" }]],
  ["choke", [{ type: "choke" }]],
  ["ports", [{ type: "port", port: 1 }]],
  ["suggestions", [{ type: "suggest", piece: 0 }]],
  ["extended handshakes", [extended(0, SHAKE)]],
  [
    "requests for metadata",
    [extended(OUR_METADATA_ID, encodeMetadataMessage({ type: "request", piece: 0 }))],
  ],
  ["blocks that we did not request", [{ type: "block", piece: 0, begin: 0, bytes: new Uint8Array(16_384) }]],
];

test.each(FLOODS)("a flood of %s ends the link as a flood", async (_, words) => {
  const { world, seeder, peer, times } = await linked({ upBytesPerSecond: 1e9 });
  times(Math.ceil(burst / words.length), ...words);
  await world.until(() => peer.links.length === 0 || world.scheduler.now > 20_000);
  if (peer.links.length > 0) times(20 * perSecond, ...words);
  await world.until(() => peer.links.length === 0);
  expect(closeReasons(seeder)).toEqual(["tooManyMessages"]);
});

test("a peer may spend for ever what its budget brings each second", async () => {
  const { world, peer, times } = await linked({});
  for (let second = 0; second < 60; second++) {
    times(perSecond, { type: "have", piece: 0 });
    await world.pass(1_000);
  }
  expect(peer.links).toHaveLength(1);
});

test("requests that we serve cost nothing", async () => {
  const { world, seeder, peer, times } = await linked(
    { upBytesPerSecond: 1e9, config: { messages: { burst: 100, perSecond: 0 } } },
    { type: "interested" },
  );
  peer.script = { heard: (message) => message.type === "block" && times(1, REQUEST) };
  times(50, REQUEST);
  await world.until(() => seeder.view().uploadedBytes > 1_000 * 16_384);
  expect(peer.links).toHaveLength(1);
});

test("news of pieces costs nothing, one by one or as a bitfield in place of many haves", async () => {
  const config: Partial<SessionConfig> = { messages: { burst: PIECES, perSecond: 0 } };
  const { world, seeder, peer } = await linked({ config }, { type: "haveNone" });
  for (let piece = 0; piece < PIECES / 2; piece++) peer.say({ type: "have", piece });
  const bits = new Bitfield(PIECES);
  for (let piece = 0; piece < PIECES - 1; piece++) bits.set(piece);
  peer.say({ type: "bitfield", bits: bits.bytes });
  await world.pass(1_000);
  expect(seeder.view().peers).toMatchObject([{ progress: (PIECES - 1) / PIECES }]);
});

test.each([
  ["after have-none", [{ type: "haveNone" }], 0],
  ["after a have", [{ type: "have", piece: 0 }], 1 / PIECES],
  ["after interested", [{ type: "interested" }], 0],
] as const)("have-all %s comes too late and is passed over", async (_, words, progress) => {
  const { world, seeder, peer } = await linked({}, ...words, { type: "haveAll" });
  await world.pass(100);
  expect(seeder.view().peers).toMatchObject([{ progress }]);
  expect(peer.links).toHaveLength(1);
});

test("have-all after extended messages and a port still counts", async () => {
  const { seeder } = await linked({}, extended(0, SHAKE), { type: "port", port: 6_881 }, { type: "haveAll" });
  expect(closeReasons(seeder)).toEqual(["nothingToShare"]);
});

test("the same holds before we know the metadata", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, []);
  const peers = [0, 1].map(() => new ScriptedPeer(world, TORRENT));
  for (const [at, peer] of peers.entries()) {
    peer.script = {
      opened: () => {
        peer.say(at === 0 ? { type: "haveAll" } : { type: "haveNone" });
        peer.say(at === 0 ? { type: "haveNone" } : { type: "haveAll" });
      },
    };
    peer.offerTo(leecher);
  }
  await world.until(() => leecher.view().peers.length === 2);
  const seeder = world.node("seeder");
  leecher.feed({ type: "trackersChanged", infoHash: TORRENT.infoHash, trackers: [[TRACKER]] });
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.view().phase !== "metadata");
  const progress = leecher.view().peers.map((peer) => peer.progress);
  expect(progress.slice(0, 2)).toEqual([1, 0]);
});

test("a hundred changes of interest at once make us choose once", async () => {
  const { world, seeder, peer, times } = await linked({});
  times(100, { type: "interested" }, { type: "notInterested" });
  times(1, { type: "interested" });
  await world.pass(1_000);
  const words = peer.messages.filter(({ type }) => type === "choke" || type === "unchoke");
  expect(words.length).toBeLessThan(5); // The network cuts a flood at random places.
  expect(words.at(-1)).toEqual({ type: "unchoke" });
  expect(seeder.view().peers).toMatchObject([{ weChoke: false }]);
});

test("a peer that reads too little of what we send loses its link", async () => {
  const maxUnsentBytes = 10_000;
  const config = { maxUnsentBytes, messages: { burst: 1e9, perSecond: 0 } };
  const { world, seeder, peer, times } = await linked({ upBytesPerSecond: 10, config });
  const said = seeder.everyEffectFrom();
  times(100_000, REQUEST);
  await world.until(() => closeReasons(seeder).length > 0);
  expect(closeReasons(seeder)).toEqual(["readsNothing"]);
  expect(saidTo(said())).toBeLessThan(maxUnsentBytes + 65_536); // Plus one arrival.
  await world.until(() => peer.links.length === 0);
});

test("one-byte requests cause no more reads at a time than whole blocks", async () => {
  const { world, seeder, times } = await linked({ storageMillis: 1_000 }, { type: "interested" });
  const said = seeder.everyEffectFrom();
  times(1_000, { type: "request", range: { piece: 0, begin: 0, length: 1 } });
  await world.pass(500);
  const reads = said().filter(({ type }) => type === "readBlock");
  expect(reads).toHaveLength(DEFAULT_CONFIG.linkHighWaterBytes / 16_384);
});

test("a slow link gets as many blocks as it has room for, and stays", async () => {
  const { world, seeder, peer, times } = await linked({ upBytesPerSecond: 10_000 }, { type: "interested" });
  const said = seeder.everyEffectFrom();
  times(DEFAULT_CONFIG.maxRequestsQueued, REQUEST);
  await world.pass(100_000);
  expect(saidTo(said())).toBeLessThan(DEFAULT_CONFIG.linkHighWaterBytes + 10_000 * 100 + 65_536);
  expect(peer.links).toHaveLength(1);
});

test("peers that let a slot pass without a request do not hand it on among themselves", async () => {
  const world = new World({ config: { uploadSlots: 1 } });
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => seeder.view().trackers[0]?.state === "working");
  const newcomer = (): ScriptedPeer => {
    const peer = new ScriptedPeer(world, TORRENT);
    const words: readonly Word[] = [{ type: "haveNone" }, { type: "interested" }];
    peer.script = { opened: () => void words.map((word) => peer.say(word)) };
    peer.offerTo(seeder);
    return peer;
  };
  const unchokes = ({ messages }: ScriptedPeer): number =>
    messages.filter(({ type }) => type === "unchoke").length;
  const first = newcomer();
  await world.until(() => unchokes(first) === 1);
  const second = newcomer();
  await world.until(() => unchokes(second) === 1);
  const third = newcomer();
  await world.until(() => unchokes(third) === 1, 8_000);
  expect(unchokes(first)).toBe(1);
});
