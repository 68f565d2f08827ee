import { expect, test } from "vitest";
import { peerIp } from "../announce/compact.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { HTTP_TRACKER, TRACKER, World } from "../sim/world.test-support.ts";

const FILES = [["film.bin", 1_000_000]] as const;
const OPEN = sampleTorrent({ files: FILES });
const PRIVATE = sampleTorrent({ files: FILES, isPrivate: true });

/** A swarm that met at a tracker; then the tracker dies, and a newcomer knows one of them. */
async function newcomerTo(torrent: SampleTorrent): Promise<{
  world: World;
  swarm: readonly SimNode[];
  newcomer: SimNode;
}> {
  const world = new World();
  const swarm = ["a", "b", "c", "d", "e"].map((name) => world.node(name));
  for (const node of swarm) node.add(torrent, [HTTP_TRACKER], { knowsMetadata: true });
  await world.until(() => swarm.every(({ linkCount }) => linkCount === 4));
  world.tracker(HTTP_TRACKER).fail();

  const newcomer = world.node("newcomer");
  newcomer.add(torrent, [HTTP_TRACKER], { knowsMetadata: true });
  const [first] = swarm;
  if (first === undefined) throw new Error("the swarm is empty");
  const { infoHash } = torrent;
  newcomer.feed({ type: "addressesFound", infoHash, source: "tracker", addresses: [first.address] });
  return { world, swarm, newcomer };
}

test("when the tracker is dead, a newcomer that knows one peer soon knows everybody", async () => {
  const { world, swarm, newcomer } = await newcomerTo(OPEN);
  const isDone = (): boolean => [newcomer, ...swarm].every(({ linkCount }) => linkCount === swarm.length);
  await world.until(isDone, 5_000);
  await world.pass(10 * 60_000);
  const dials = (node: SimNode): number => node.effects.filter(({ type }) => type === "dial").length;
  expect([newcomer, ...swarm].map(({ linkCount }) => linkCount)).toEqual(Array(6).fill(swarm.length));
  expect(dials(newcomer)).toBe(swarm.length); // It dialled nobody twice.
});

test("peers of a private torrent tell each other nothing: the newcomer stays with the one it knows", async () => {
  const { world, newcomer } = await newcomerTo(PRIVATE);
  await world.pass(5 * 60_000);
  expect(newcomer.linkCount).toBe(1);
});

test("a peer that no tracker named sends pieces", async () => {
  const world = new World({ upBytesPerSecond: 100_000 });
  const seeder = world.node("seeder");
  const between = world.node("between", {
    line: { upBytesPerSecond: 1_000, downBytesPerSecond: Number.POSITIVE_INFINITY },
  });
  seeder.add(OPEN, [HTTP_TRACKER], { pieces: "all" });
  between.add(OPEN, [HTTP_TRACKER], { knowsMetadata: true });
  await world.until(() => between.linkCount === 1);
  world.tracker(HTTP_TRACKER).fail();

  const newcomer = world.node("newcomer");
  newcomer.add(OPEN, [], { knowsMetadata: true });
  const { infoHash } = OPEN;
  newcomer.feed({ type: "addressesFound", infoHash, source: "local", addresses: [between.address] });
  await world.until(() => newcomer.isSeeding());
  expect(newcomer.hasStoredAll(OPEN)).toBe(true);
  const { peers, formerPeers } = newcomer.view();
  const fromSeeder = [...peers, ...formerPeers].filter(
    ({ address }) => address !== undefined && peerIp(address) === peerIp(seeder.address), // Whoever dialled.
  );
  expect(fromSeeder.reduce((sum, { downloadedBytes }) => sum + downloadedBytes, 0)).toBeGreaterThan(900_000);
});

test("two peers that meet by a WebSocket tracker and by address end up with one link, over TCP", async () => {
  const world = new World();
  const nodes = ["a", "b", "c"].map((name) => world.node(name));
  for (const node of nodes) node.add(OPEN, [TRACKER, HTTP_TRACKER], { knowsMetadata: true });
  await world.until(() => nodes.every((node) => kinds(node).join() === "tcp,tcp"));
  const before = nodes.map((node) => links(node));
  await world.pass(10 * 60_000);
  expect(nodes.map(kinds)).toEqual(nodes.map(() => ["tcp", "tcp"]));
  expect(nodes.map((node) => links(node))).toEqual(before);
});

const kinds = (node: SimNode): readonly string[] =>
  node.view().peers.flatMap(({ kind, client }) => (client === "unknown" ? [] : [kind]));
const links = (node: SimNode): readonly number[] =>
  node.view().peers.flatMap(({ link, kind }) => (kind === "tcp" ? [link] : []));
