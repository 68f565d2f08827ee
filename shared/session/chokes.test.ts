import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { type ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import type { Message } from "../wire/message.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 600_000]] });
const LONG = sampleTorrent({ files: [["film.bin", 20_000_000]] });
const BLOCKS = Math.ceil(600_000 / 16_384);

function requestsTo({ messages }: ScriptedPeer): number {
  return messages.filter(({ type }) => type === "request").length;
}

/** Whether this is the last request that the other peer got. */
function isRequest(message: Message, { messages }: ScriptedPeer): boolean {
  const last = messages.filter(({ type }) => type === "request").at(-1);
  if (message.type !== "request" || last?.type !== "request") return false;
  return message.range.piece === last.range.piece && message.range.begin === last.range.begin;
}

/** A leecher, and a seeder that does this at the first request. */
function withSeeder(fast: boolean, atFirst: (seeder: ScriptedPeer) => void, torrent = TORRENT) {
  const world = new World();
  const leecher = world.node("leecher");
  let isFirst = true;
  const seeder = scriptedSeeder(world, torrent, {
    heard: (message) => {
      if (message.type !== "request") return;
      if (isFirst) atFirst(seeder);
      isFirst = false;
      const { piece, begin, length } = message.range;
      seeder.sayBlock(piece, begin, length);
    },
  });
  seeder.fast = fast;
  seeder.join();
  leecher.add(torrent, [TRACKER], { knowsMetadata: true });
  return { world, leecher, seeder };
}

// It chokes because we lost interest, and reads our requests when we are interested again and it has unchoked us.
test("a peer that chokes and unchokes while requests are on their way answers each of them (BEP 6)", async () => {
  const { world, leecher, seeder } = withSeeder(true, (peer) => {
    peer.say({ type: "choke" });
    peer.say({ type: "unchoke" });
  });
  await world.until(() => leecher.isSeeding());
  expect(requestsTo(seeder)).toBe(BLOCKS);
});

test("a peer without BEP 6 that chokes has dropped our requests: others get them at once", async () => {
  const { world, leecher, seeder } = withSeeder(false, (peer) => {
    peer.say({ type: "choke" });
    peer.script = {};
  });
  await world.until(() => requestsTo(seeder) > 0);
  const other = scriptedSeeder(world, TORRENT);
  other.offerTo(leecher);
  await world.until(() => leecher.isSeeding(), 2_000);
  expect(requestsTo(other)).toBeGreaterThanOrEqual(BLOCKS - 1);
});

test("what a peer drops at a choke in spite of BEP 6 is soon asked of others, long before the end-game", async () => {
  const { world, leecher, seeder } = withSeeder(
    true,
    (peer) => {
      peer.say({ type: "choke" });
      peer.script = {};
    },
    LONG,
  );
  await world.until(() => requestsTo(seeder) > 0);
  const other = scriptedSeeder(world, LONG, {
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      world.scheduler.after(300, () => other.sayBlock(piece, begin, length));
    },
  });
  other.offerTo(leecher);
  await world.until(() => other.messages.some((message) => isRequest(message, seeder)), 6_000);
  expect(leecher.view().bytesDone).toBeLessThan(15_000_000);
});

test("a peer that drops requests at a choke and unchokes is asked for them again", async () => {
  const { world, leecher, seeder } = withSeeder(true, (peer) => {
    const { script } = peer;
    peer.say({ type: "choke" });
    peer.script = {};
    world.scheduler.after(1_000, () => {
      peer.script = script;
      peer.say({ type: "unchoke" });
    });
  });
  await world.until(() => leecher.isSeeding(), 8_000);
  expect(requestsTo(seeder)).toBeGreaterThan(BLOCKS);
});

test("what a peer rejects because it chokes does not make us ask it for less later", async () => {
  const { world, seeder } = withSeeder(true, (peer) => {
    peer.say({ type: "choke" });
    peer.script = {
      heard: (message) => {
        if (message.type === "request") peer.say({ type: "reject", range: message.range });
      },
    };
  });
  await world.until(() => requestsTo(seeder) > 0);
  await world.pass(500);
  const asked = requestsTo(seeder);
  seeder.script = {};
  seeder.say({ type: "unchoke" });
  await world.pass(500);
  expect(requestsTo(seeder) - asked).toBeGreaterThanOrEqual(asked);
});
