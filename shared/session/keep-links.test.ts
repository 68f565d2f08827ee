import { expect, test } from "vitest";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
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
