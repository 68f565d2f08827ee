import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { type ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 600_000]] });
const BLOCKS = Math.ceil(600_000 / 16_384);

function requestsTo({ messages }: ScriptedPeer): number {
  return messages.filter(({ type }) => type === "request").length;
}

/** A leecher, and a seeder that does this at the first request. */
function withSeeder(fast: boolean, atFirst: (seeder: ScriptedPeer) => void) {
  const world = new World();
  const leecher = world.node("leecher");
  let isFirst = true;
  const seeder = scriptedSeeder(world, TORRENT, {
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
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
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
