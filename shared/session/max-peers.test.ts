import { expect, test } from "vitest";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { MIN_PEERS, NO_CONTROLS } from "./controls.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 2_000_000]] });
const OTHER = sampleTorrent({ files: [["other.bin", 2_000_000]], seed: 2 });
const CROWD = 10;

/** A leecher of both torrents, among others whose lines are so slow that nobody has everything soon. */
async function crowd(maxPeers: number | undefined) {
  const world = new World({ upBytesPerSecond: 3_000 });
  for (let at = 0; at < CROWD; at++)
    for (const torrent of [TORRENT, OTHER])
      world.node(`${at} ${torrent.infoHash}`).add(torrent, [TRACKER], at === 0 ? { pieces: "all" } : {});
  await world.pass(1_000);
  const node = world.node("node");
  const controls = { ...NO_CONTROLS, maxPeers };
  node.add(TORRENT, [TRACKER], { knowsMetadata: true, controls });
  node.add(OTHER, [TRACKER], { knowsMetadata: true });
  return { world, node };
}

const links = (node: SimNode, { infoHash } = TORRENT): number => node.view(infoHash).peers.length;

/** The most links with a torrent within some seconds. */
async function most(world: World, node: SimNode, seconds: number): Promise<number> {
  let count = 0;
  for (let second = 0; second < seconds; second++) {
    await world.pass(1_000);
    count = Math.max(count, links(node));
  }
  return count;
}

test("a torrent has no more peers than it may, and others have more", async () => {
  const { world, node } = await crowd(MIN_PEERS);
  const count = await most(world, node, 20);
  expect(count).toBeGreaterThan(1);
  expect(count).toBeLessThanOrEqual(MIN_PEERS);
  expect(links(node, OTHER)).toBeGreaterThan(MIN_PEERS);
});

test("with fewer peers wanted the others go, and with more wanted others come", async () => {
  const { world, node } = await crowd(undefined);
  await world.until(() => links(node) > 6 && links(node, OTHER) > 6);
  const change = (maxPeers: number | undefined): void =>
    node.feed({
      type: "controlsChanged",
      infoHash: TORRENT.infoHash,
      controls: { ...NO_CONTROLS, maxPeers },
    });
  const before = links(node, OTHER);
  change(5);
  expect(links(node)).toBeLessThanOrEqual(5);
  expect(links(node, OTHER)).toBe(before);
  expect(await most(world, node, 10)).toBeLessThanOrEqual(5);
  change(undefined);
  await world.until(() => links(node) > 5);
});

test("all torrents together have no more links than the person wants, nor than the config says", async () => {
  const { world, node } = await crowd(undefined);
  await world.until(() => node.linkCount > 10);
  node.feed({ type: "linksLimited", maxLinks: 6 });
  for (let second = 0; second < 10; second++) {
    expect(node.linkCount).toBeLessThanOrEqual(6);
    await world.pass(1_000);
  }
  node.feed({ type: "linksLimited", maxLinks: 10_000 });
  await world.until(() => node.linkCount > 6);
  for (let second = 0; second < 10; second++) {
    expect(node.linkCount).toBeLessThanOrEqual(50);
    await world.pass(1_000);
  }
});
