import { expect, test } from "vitest";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { Acquaintance, TORRENT as FILM } from "./acquaintance.test-support.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 400_000]] });

/** So many peers that have everything, two minutes after their tracker has gone. */
async function complete(count: number, config: Partial<SessionConfig> = {}) {
  const world = new World({ upBytesPerSecond: 100_000, config: { ...DEFAULT_CONFIG, ...config } });
  const nodes = Array.from({ length: count }, (_, at) => world.node(`node ${at}`));
  for (const [at, node] of nodes.entries())
    node.add(TORRENT, [TRACKER], at === 0 ? { pieces: "all" } : { knowsMetadata: true });
  await world.pass(2_000);
  world.tracker(TRACKER).mood = "dying";
  for (const node of nodes) node.feed({ type: "trackerLost", tracker: TRACKER, ...GONE });
  await world.until(() => nodes.every((node) => node.isSeeding()));
  await world.pass(120_000);
  return { world, nodes };
}

const GONE = { reason: "It has gone.", retryInSeconds: undefined };
const links = (nodes: readonly SimNode[]) => nodes.map(({ linkCount }) => linkCount);

test("peers that have everything stay linked while no tracker works: a newcomer that knows one of them meets all", async () => {
  const { world, nodes } = await complete(4);
  expect(links(nodes)).toEqual([3, 3, 3, 3]);
  const newcomer = world.node("newcomer");
  newcomer.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => newcomer.view().peers.filter(({ progress }) => progress === 1).length === 4);
  world.tracker(TRACKER).mood = "up";
  await world.until(() => links([...nodes, newcomer]).every((count) => count === 0), 120_000);
});

test("each keeps at most six such links, and none if others need them", async () => {
  const { nodes } = await complete(12);
  for (const count of links(nodes)) expect(count).toBeLessThanOrEqual(6);
  expect(links(nodes)).not.toContain(0);
  const { nodes: small } = await complete(4, { maxLinks: 5, maxPendingOffers: 1 });
  for (const count of links(small)) expect(count).toBeLessThanOrEqual(2);
});

/** A seeder without a tracker, and acquaintances with everything or nothing. */
async function seederWith(seeds: number, leechers: number, announcing: boolean) {
  const world = new World();
  const node = world.node("node");
  node.add(FILM, [], { pieces: "all" });
  const peers = Array.from({ length: leechers + seeds }, () => new Acquaintance(world, FILM));
  for (const [at, peer] of peers.entries()) {
    peer.announces = announcing;
    peer.meet(node);
    await world.until(() => peer.messages.length > 0);
    if (at < leechers) continue;
    for (let piece = 0; piece < FILM.info.layout.pieceCount; piece++) peer.say({ type: "have", piece });
    await world.pass(100);
  }
  return { world, node, peers };
}

const isLinked = ({ links }: Acquaintance): boolean => links.length > 0;

test("links to those who lack something do not count, and none of them makes way", async () => {
  const { peers } = await seederWith(6, 8, true);
  expect(peers.filter(isLinked)).toHaveLength(14);
});

test("of more than six links to others that have everything, chance closes one", async () => {
  const { peers } = await seederWith(12, 3, true);
  expect(peers.slice(0, 3).filter(isLinked)).toHaveLength(3);
  const left = peers.slice(3).map(isLinked);
  expect(left.filter(Boolean)).toHaveLength(6);
  expect(left.slice(0, 6)).toContain(false); // The last to come is not always the one.
});

test("whoever has everything and introduces nobody is not kept", async () => {
  const { peers } = await seederWith(2, 1, false);
  expect(peers.filter(isLinked)).toHaveLength(1);
});
