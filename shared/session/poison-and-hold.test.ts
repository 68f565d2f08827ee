import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { type ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { KEEP_ALIVE, type WireRange } from "../wire/message.ts";
import { DEFAULT_CONFIG } from "./config.ts";

// Peers that unchoke and send nothing, and one that spoils every piece: together they once stopped a download for good.

const TORRENT = sampleTorrent({ files: [["film.bin", 6_000_000]], pieceLength: 262_144 });

/** What a holder does with a request, and every few seconds. */
interface Holding {
  readonly asked?: (peer: ScriptedPeer, range: WireRange, count: number) => void;
  readonly everyMillis: number;
  readonly does: (peer: ScriptedPeer, waiting: readonly WireRange[]) => void;
}

const give = (peer: ScriptedPeer, range: WireRange | undefined): void => {
  if (range !== undefined) peer.sayBlock(range.piece, range.begin, range.length);
};

const HOLDINGS: Record<string, Holding> = {
  "give nothing": { everyMillis: 60_000, does: (peer) => peer.sayBytes(KEEP_ALIVE) },
  "choke and unchoke": {
    everyMillis: 5_000,
    does: (peer) => {
      peer.say({ type: "choke" });
      peer.say({ type: "unchoke" });
    },
  },
  "reject all in the end": {
    everyMillis: 9_000,
    does: (peer, waiting) => {
      for (const range of waiting) peer.say({ type: "reject", range });
    },
  },
  "give a good block now and then": { everyMillis: 8_000, does: (peer, waiting) => give(peer, waiting[0]) },
  "give one good piece first": {
    asked: (peer, range, count) => count <= 16 && give(peer, range),
    everyMillis: 60_000,
    does: (peer) => peer.sayBytes(KEEP_ALIVE),
  },
};

function holder(world: World, { asked, everyMillis, does }: Holding): ScriptedPeer {
  let count = 0;
  const waiting: WireRange[] = [];
  const peer = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type !== "request") return;
      waiting.push(message.range);
      asked?.(peer, message.range, ++count);
    },
  });
  every(world, peer, everyMillis, () => does(peer, waiting.splice(0)));
  return peer;
}

function every(world: World, peer: ScriptedPeer, millis: number, act: () => void): void {
  world.scheduler.after(millis, () => {
    if (peer.links.length === 0) return;
    act();
    every(world, peer, millis, act);
  });
}

/** Sends one bad block of each piece, so that it is never the only sender of a piece. */
function poisoner(world: World): ScriptedPeer {
  const spoilt = new Set<number>();
  const peer = scriptedSeeder(world, TORRENT, {
    heard: (message) => {
      if (message.type !== "request" || spoilt.has(message.range.piece)) return;
      const { piece, begin, length } = message.range;
      spoilt.add(piece);
      peer.sayBlock(piece, begin, length, false);
    },
  });
  every(world, peer, 60_000, () => peer.sayBytes(KEEP_ALIVE));
  return peer;
}

test.each(
  Object.entries(HOLDINGS).flatMap(([what, holding]) => [1, 2].map((seed) => ({ what, holding, seed }))),
)(
  "twelve peers that $what and one that spoils every piece stop no download (seed $seed)",
  async ({ holding, seed }) => {
    const world = new World({ seed, upBytesPerSecond: 1_000_000 });
    const leecher = world.node("leecher");
    leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
    for (let at = 0; at < 12; at++) holder(world, holding).offerTo(leecher);
    poisoner(world).offerTo(leecher);
    await world.until(() => leecher.view().peers.length === 13);
    world.node("seeder").add(TORRENT, [TRACKER], { pieces: "all" });
    // Alone, the seeder takes six seconds. Peers that proved good before may hold up the end until their requests expire,
    // and once more until the requests to another one of them expire.
    await world.until(() => leecher.isSeeding(), 6_000 + 2 * DEFAULT_CONFIG.requestMillis);
    expect(leecher.hasStoredAll(TORRENT)).toBe(true);
    expect(leecher.view().bannedPeers).toBe(1);
  },
);
