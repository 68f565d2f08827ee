import { expect, onTestFinished, test, vi } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { millis } from "../base/ids.ts";
import { PiecePicker } from "../policy/picker/picker.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import {
  decodeExtendedHandshake,
  EXTENDED_HANDSHAKE_ID,
  encodeExtendedHandshake,
} from "../wire/extension.ts";
import type { WireRange } from "../wire/message.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_000_000]] });
const { infoHash } = TORRENT;
const LAST = TORRENT.info.layout.pieceCount - 1;

/** From the last piece on, which is no order that comes by chance. */
const BACKWARDS = Array.from({ length: 6 }, (_, at) => ({
  first: LAST - at,
  last: LAST - at,
  at: millis(2_000 + at * 100),
  stepMillis: 0,
}));

/** Blocks of the first burst. */
const SERVED = 100;
const WAITING = {
  type: "deadlinesSet",
  deadlines: [{ first: LAST, last: LAST, at: millis(0), stepMillis: 0 }],
} as const;

const SUPER_SEEDER = {
  metadataBytes: undefined,
  maxRequestsQueued: 100,
  client: "Test 1.0",
  superSeeds: true,
};

const order = BACKWARDS.map(({ first }) => first);

function withSeeder(knowsMetadata: boolean, paused = false) {
  const world = new World();
  const leecher = world.node("leecher");
  const helper = world.node("helper");
  helper.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const seeder = scriptedSeeder(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata, paused });
  return { world, leecher, seeder };
}

test.each([
  ["a torrent whose metadata is known", true, false],
  ["a torrent whose metadata is yet to come", false, false],
  ["a paused torrent, once it goes on", true, true],
])("pieces with deadlines come first: %s", async (_, knowsMetadata, paused) => {
  const { world, leecher } = withSeeder(knowsMetadata, paused);
  leecher.feed({ type: "deadlinesSet", infoHash, deadlines: BACKWARDS });
  if (paused) {
    await world.pass(1_000);
    leecher.feed({ type: "torrentResumed", infoHash });
  }
  await world.until(() => leecher.isSeeding());
  expect(leecher.piecesFetched.slice(0, order.length)).toEqual(order);
});

test("while somebody waits, little is requested ahead", async () => {
  const { world, leecher, seeder } = withSeeder(true);
  let asked = 0;
  seeder.script = {
    ...seeder.script,
    heard: (message) => {
      if (message.type !== "request") return;
      asked += 1;
      const { piece, begin, length } = message.range;
      if (asked <= 8) seeder.sayBlock(piece, begin, length);
    },
  };
  const deadlines = [{ first: 0, last: LAST, at: millis(2_000), stepMillis: 100 }];
  leecher.feed({ type: "deadlinesSet", infoHash, deadlines });
  await world.until(() => asked > 8);
  await world.pass(500);
  expect(asked - 8).toBeLessThanOrEqual(16);
});

test("what was requested before anybody waited is taken back", async () => {
  const { world, leecher, seeder } = withSeeder(true);
  const asked: WireRange[] = [];
  const taken: WireRange[] = [];
  seeder.script = {
    ...seeder.script,
    heard: (message) => {
      if (message.type === "cancel") taken.push(message.range);
      if (message.type !== "request") return;
      asked.push(message.range);
      // At first all comes at once, then a block every 100 ms: what was requested until then would keep it busy for long.
      const { piece, begin, length } = message.range;
      if (asked.length < SERVED) seeder.sayBlock(piece, begin, length);
    },
  };
  await world.until(() => asked.length > SERVED + 40);
  for (let at = SERVED - 1; at < SERVED + 19; at++) {
    await world.pass(100);
    const { piece, begin, length } = asked[at] as WireRange;
    seeder.sayBlock(piece, begin, length);
  }
  await world.pass(100);
  const outstanding = asked.slice(SERVED + 19);
  leecher.feed({ ...WAITING, infoHash });
  await world.pass(100);
  expect(taken.length).toBeGreaterThan(outstanding.length / 2);
});

test("what a seeder tells us of once it knows that we wait comes before what is wanted later", async () => {
  const { world, leecher, seeder } = withSeeder(true);
  const payload = encodeExtendedHandshake(SUPER_SEEDER);
  const later = [8, 9, 10];
  const asked: number[] = [];
  const taken: number[] = [];
  seeder.script = {
    opened: () => {
      seeder.say({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload });
      for (const piece of later) seeder.say({ type: "have", piece });
      seeder.say({ type: "unchoke" });
    },
    heard: (message) => {
      if (message.type === "request") asked.push(message.range.piece);
      if (message.type === "cancel") taken.push(message.range.piece);
      if (message.type !== "extended" || !decodeExtendedHandshake(message.payload).waits) return;
      for (let piece = 0; piece < later.length; piece++) seeder.say({ type: "have", piece });
    },
  };
  leecher.feed({
    type: "deadlinesSet",
    infoHash,
    deadlines: [{ first: 0, last: LAST, at: millis(0), stepMillis: 500 }],
  });
  await world.until(() => asked.includes(0));
  expect(new Set(taken)).toEqual(new Set([8])); // All that it was asked for until then is of this piece.
});

test("news of what nobody waits for soon makes no choice anew", async () => {
  const { world, leecher, seeder } = withSeeder(true);
  const payload = encodeExtendedHandshake(SUPER_SEEDER);
  let isTold = false;
  seeder.script = {
    opened: () => seeder.say({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload }),
    heard: (message) => {
      isTold ||= message.type === "extended" && decodeExtendedHandshake(message.payload).waits === true;
    },
  };
  leecher.feed({ ...WAITING, infoHash });
  await world.until(() => isTold);
  const surplus = vi.spyOn(PiecePicker.prototype, "surplus");
  onTestFinished(() => surplus.mockRestore());
  const bits = new Bitfield(LAST + 1);
  for (let piece = 0; piece < LAST; piece += 1) {
    bits.set(piece);
    if (piece % 2 === 0) seeder.say({ type: "have", piece });
    seeder.say({ type: "bitfield", bits: bits.bytes.slice() });
    await world.pass(10);
  }
  expect(surplus).not.toHaveBeenCalled();
  seeder.say({ type: "have", piece: LAST });
  await world.until(() => surplus.mock.calls.length === 1);
});

/** A leecher that seeks away and back, and a seeder that answers each cancel: with a reject, or with the block. */
async function soughtAwayAndBack(answer: "reject" | "block", messages = DEFAULT_CONFIG.messages) {
  const world = new World({ config: { messages } });
  const leecher = world.node("leecher");
  const seeder = scriptedSeeder(world, TORRENT).join();
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const queue: WireRange[] = [];
  const cancelled: WireRange[] = [];
  seeder.script = {
    ...seeder.script,
    heard: (message) => {
      if (message.type === "request") queue.push(message.range);
      if (message.type !== "cancel") return;
      const { range } = message;
      queue.splice(
        queue.findIndex(({ piece, begin }) => piece === range.piece && begin === range.begin),
        1,
      );
      cancelled.push(range);
      if (answer === "reject") seeder.say({ type: "reject", range });
      else seeder.sayBlock(range.piece, range.begin, range.length);
    },
  };
  const seek = (first: number): void => {
    const deadlines = [{ first, last: LAST, at: millis(0), stepMillis: 500 }];
    leecher.feed({ type: "deadlinesSet", infoHash, deadlines });
  };
  seek(0);
  await world.until(() => queue.length > 2);
  await world.pass(500);
  seek(LAST - 10);
  seek(0);
  await world.pass(500);
  return { world, leecher, seeder, queue, cancelled };
}

test("the answer to a cancel leaves a newer request for the same block alone", async () => {
  const { world, leecher, seeder, queue, cancelled } = await soughtAwayAndBack("reject");
  expect(queue).toEqual(expect.arrayContaining(cancelled.slice(0, 2)));
  const served: string[] = [];
  while (!leecher.isSeeding()) {
    await world.until(() => queue.length > 0 || leecher.isSeeding());
    for (const { piece, begin, length } of queue.splice(0, 1)) {
      served.push(`${piece}/${begin}`);
      seeder.sayBlock(piece, begin, length);
    }
    await world.pass(20);
  }
  expect(served).toHaveLength(new Set(served).size);
});

test.each(["reject", "block"] as const)("answers to cancels cost a peer nothing: %s", async (answer) => {
  const { leecher, cancelled } = await soughtAwayAndBack(answer, { burst: 52, perSecond: 0 });
  expect(cancelled.length).toBeGreaterThan(2);
  expect(leecher.view().peers).toHaveLength(1);
});
