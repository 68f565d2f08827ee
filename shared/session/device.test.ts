import { expect, test } from "vitest";
import { peerAddress } from "../announce/compact.ts";
import { type LinkId, millis, type PeerId } from "../base/ids.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { decodeExtendedHandshake, EXTENDED_HANDSHAKE_ID, type ExtendedHandshake } from "../wire/extension.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "./config.ts";
import type { Input } from "./input.ts";
import { Session } from "./session.ts";
import { STRANGERS } from "./strangers.ts";
import { NO_TOTALS } from "./totals.ts";
import type { PeerView } from "./view.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4_000_000]] });
const PRIVATE = sampleTorrent({ files: [["film.bin", 4_000_000]], isPrivate: true });
const PHONE = { program: "Chrome", system: "Android" } as const;
const CONFIG: SessionConfig = { ...DEFAULT_CONFIG, device: PHONE, deviceName: "Lan’s phone" };

/** A seeder, and a leecher that says what it is, once it has the metadata and lacks pieces. */
async function sharing(torrent: SampleTorrent): Promise<{ world: World; seeder: SimNode; phone: SimNode }> {
  const world = new World({ upBytesPerSecond: 1_000_000 });
  const seeder = world.node("seeder");
  const phone = world.node("phone", { config: CONFIG });
  seeder.add(torrent, [TRACKER], { pieces: "all" });
  phone.add(torrent, [TRACKER]);
  await world.until(() => phone.view().piecesHeld > 10);
  return { world, seeder, phone };
}

const nameOf = (peer: PeerView | undefined): unknown => [peer?.deviceName, peer?.device];

test("peers learn the name of a device and the kind of client, and its new name", async () => {
  const { world, seeder, phone } = await sharing(TORRENT);
  expect(nameOf(seeder.view().peers[0])).toEqual(["Lan’s phone", PHONE]);
  expect(nameOf(phone.view().peers[0])).toEqual([undefined, undefined]);
  phone.feed({ type: "deviceNamed", name: "Lan’s tablet" });
  await world.until(() => seeder.view().peers[0]?.deviceName === "Lan’s tablet");
  phone.feed({ type: "deviceNamed", name: undefined });
  await world.until(() => seeder.view().peers[0]?.deviceName === undefined);
});

test("a private swarm learns neither", async () => {
  const { world, seeder, phone } = await sharing(PRIVATE);
  phone.feed({ type: "deviceNamed", name: "Lan’s tablet" });
  await world.pass(500);
  expect(seeder.view().peers).toHaveLength(1);
  expect(nameOf(seeder.view().peers[0])).toEqual([undefined, undefined]);
});

test("nobody learns either before we know whether the swarm is private", async () => {
  const world = new World();
  const phone = world.node("phone", { config: CONFIG });
  phone.add(TORRENT, []);
  const said: ExtendedHandshake[] = [];
  const peer = new ScriptedPeer(world, TORRENT);
  peer.script = {
    heard: (message) => {
      if (message.type === "extended" && message.id === EXTENDED_HANDSHAKE_ID)
        said.push(decodeExtendedHandshake(message.payload));
    },
  };
  peer.dial(phone);
  await world.until(() => said.length > 0);
  phone.feed({ type: "deviceNamed", name: "Lan’s tablet" });
  await world.pass(1_000);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({ deviceName: undefined, device: undefined });
});

test("a seeder remembers who came for something and left with everything, and who they were", async () => {
  const { world, seeder, phone } = await sharing(TORRENT);
  expect(seeder.view().finishedPeers).toEqual([]);
  await world.until(() => phone.isSeeding() && seeder.view().peers.length === 0);
  expect(seeder.view().finishedPeers.map(nameOf)).toEqual([["Lan’s phone", PHONE]]);
  await world.pass(200_000); // Trackers have counted since.
  expect(seeder.view().finishedPeers).toHaveLength(1);
});

test("a seeder remembers nobody who came with everything", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [], { pieces: "all" });
  const other = new ScriptedPeer(world, TORRENT);
  other.script = { opened: () => other.say({ type: "haveAll" }) };
  other.dial(seeder);
  await world.until(() => seeder.view().completePeers === 1);
  expect(seeder.view().finishedPeers).toEqual([]);
});

test("a seeder remembers a bounded number of them", async () => {
  const world = new World({ config: { linksRemembered: 2 } });
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [], { pieces: "all" });
  for (let count = 0; count < 3; count++) {
    const peer = new ScriptedPeer(world, TORRENT);
    peer.script = {
      opened: () => {
        peer.say({ type: "haveNone" });
        peer.say({ type: "interested" });
        for (let piece = 0; piece < TORRENT.info.layout.pieceCount; piece++)
          peer.say({ type: "have", piece });
      },
    };
    peer.dial(seeder);
    await world.until(() => peer.links.length === 1);
    await world.until(() => peer.links.length === 0);
  }
  expect(seeder.view().finishedPeers).toHaveLength(2);
  expect(seeder.view().finishedInAll).toBe(3);
});

test("a seeder counts who got everything as soon as they have it, once each, and on from earlier sessions", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [], { pieces: "all", before: { ...NO_TOTALS, finishedPeers: 3 } });
  expect(seeder.view().finishedInAll).toBe(3);
  const peer = new ScriptedPeer(world, TORRENT);
  const { pieceCount } = TORRENT.info.layout;
  peer.script = {
    opened: () => {
      peer.say({ type: "haveNone" });
      peer.say({ type: "interested" });
      for (let piece = 1; piece < pieceCount; piece++) peer.say({ type: "have", piece });
    },
  };
  peer.dial(seeder);
  await world.until(() => (seeder.view().peers[0]?.progress ?? 0) > 0);
  await world.pass(100);
  expect(seeder.view()).toMatchObject({ finishedInAll: 3, peers: [{ hasFinished: false }] });
  peer.say({ type: "have", piece: 0 });
  await world.until(() => seeder.view().peers.length === 0);
  expect(seeder.view()).toMatchObject({ finishedInAll: 4, finishedPeers: [{ hasFinished: true }] });

  peer.script = { opened: () => peer.say({ type: "haveAll" }) };
  peer.dial(seeder);
  await world.until(() => peer.links.length === 1);
  await world.until(() => peer.links.length === 0);
  expect(seeder.view().finishedInAll).toBe(4);
});

test("a link to the own network is shown as nearby, whoever dialled", async () => {
  const session = new Session("1".repeat(40) as PeerId, DEFAULT_CONFIG, seededRandom(1), undefined, {
    strangers: STRANGERS,
  });
  const { infoHash, info, infoBytes } = TORRENT;
  const feed = (input: Input): void => void session.handle(millis(1), input);
  const source = { infoHash, metadata: { info, infoBytes }, trackers: [], held: undefined, paused: false };
  feed({ type: "torrentAdded", source: { ...source, displayName: undefined, selectedFiles: undefined } });
  for (const [at, isNearby] of [false, true].entries()) {
    const link = (100 + at) as LinkId;
    const address = peerAddress(parseIp(`192.0.2.${at + 1}`) as IpAddress, 6_881);
    feed({ type: "linkAccepted", link, address });
    if (isNearby) feed({ type: "linkFoundNearby", link });
    const peerId = `${at + 2}`.repeat(40) as PeerId;
    feed({
      type: "bytesArrived",
      link,
      bytes: encodeHandshake({ infoHash, peerId, fast: true, extended: true }),
    });
  }
  const shown = (): boolean[] | undefined =>
    session.view(millis(1))[0]?.peers.map(({ isNearby }) => isNearby);
  expect(shown()).toEqual([false, true]);
  feed({ type: "linkFoundNearby", link: 100 as LinkId });
  expect(shown()).toEqual([true, true]);
});
