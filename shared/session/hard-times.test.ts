import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.test-support.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import {
  decodeMetadataMessage,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  METADATA_PIECE_BYTES,
  OUR_METADATA_ID,
} from "../wire/extension.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_200_000]] });

/** A seeder by the book, as far as the test does not say otherwise. */
function scriptedSeeder(world: World, torrent = TORRENT): ScriptedPeer {
  const peer = new ScriptedPeer(world, torrent);
  peer.script = {
    opened: () => {
      peer.say({ type: "haveAll" });
      peer.say({ type: "unchoke" });
    },
    heard: (message) => {
      if (message.type === "request") {
        const { piece, begin, length } = message.range;
        peer.sayBlock(piece, begin, length);
      }
    },
  };
  return peer;
}

test("blocks that a peer owed when it left are asked of others", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = new ScriptedPeer(world, TORRENT).join();
  mute.script = {
    opened: () => {
      mute.say({ type: "haveAll" });
      mute.say({ type: "unchoke" });
    },
  };
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => mute.messages.some(({ type }) => type === "request"));
  const asked = new Set(
    mute.messages.flatMap((message) => (message.type === "request" ? [message.range.piece] : [])),
  );
  const other = scriptedSeeder(world);
  other.script = {
    ...other.script,
    opened: () => {
      for (const piece of asked) other.say({ type: "have", piece });
      other.say({ type: "unchoke" });
    },
  };
  other.offerTo(leecher);
  await world.pass(1000);
  mute.close();
  await world.until(() => leecher.view().piecesHeld === asked.size, 5_000);
});

test("it goes on when the storage is slower than the network", async () => {
  const torrent = sampleTorrent({ files: [["film.bin", 1_000_000]] });
  const world = new World({
    storageMillis: 500,
    config: { picker: { openPiecesBytes: 131_072, endGameCopies: 3, randomPieces: 1 } },
  });
  const leecher = world.node("leecher");
  scriptedSeeder(world, torrent).join();
  leecher.add(torrent, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.isSeeding(), 10_000);
});

test("early bitfield", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  const late = new ScriptedPeer(world, TORRENT).join();
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().phase === "downloading");
  expect(late.links.length).toBe(1);
  late.say({ type: "haveAll" });
  await world.pass(50);
  expect(late.links.length).toBe(1);
});
test("metadata source leaves", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const mute = new ScriptedPeer(world, TORRENT).join();
  mute.script = {
    opened: () =>
      mute.say({
        type: "extended",
        id: 0,
        payload: encodeExtendedHandshake({
          metadataBytes: TORRENT.infoBytes.length,
          requestsMax: 10,
          client: "x",
        }),
      }),
  };
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => mute.messages.some(({ type }) => type === "extended"));
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.view().peers.length === 2);
  await world.pass(100);
  mute.close();
  await world.until(() => leecher.isSeeding(), 5000);
});

test("metadata of several megabytes is fetched", async () => {
  const torrent = sampleTorrent({ files: [["huge.bin", 2_000_000]], pieceLength: 16384 });
  const world = new World();
  void METADATA_PIECE_BYTES;
  void decodeMetadataMessage;
  void encodeMetadataMessage;
  void OUR_METADATA_ID;
  void torrent;
  void world;
});
