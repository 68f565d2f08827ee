import { expect, test } from "vitest";
import type { Handle, OfferId } from "../base/ids.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { Acquaintance, around, describes, offersHeard, SDP, TORRENT } from "./acquaintance.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const handles = (count: number, first = 10_000_000): readonly Handle[] =>
  Array.from({ length: count }, (_, at) => `${first + at}`.repeat(2) as Handle);

/**
 * How often a leecher asks a tracker that counts many peers, in 25 s. `acquaintances` are linked to it; those that
 * introduce name peers who never answer, and the tracker's peers never answer either.
 */
async function announces(acquaintances: number, introduces: boolean): Promise<number> {
  const world = new World();
  const tracker = world.tracker(TRACKER);
  Object.assign(tracker, { seedersMadeUp: 30, intervalSeconds: 1_800 });
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: [0] });
  const peers = Array.from({ length: acquaintances }, () => new Acquaintance(world, TORRENT));
  for (const [at, peer] of peers.entries()) {
    peer.announces = introduces;
    peer.meet(node);
    await world.until(() => node.view().peers.length === at + 1);
    peer.say({ type: "have", piece: 1 }); // Or the node would look for somebody who has something.
    if (introduces) peer.name(handles(40, 10_000_000 + 100 * at));
  }
  await world.pass(25_000);
  return tracker.heard.length;
}

test("a tracker is spared while introductions are under way, but not by whoever has fewer than four links", async () => {
  expect(await announces(5, true)).toBe(2); // That it is there, and its offers.
  expect(await announces(5, false)).toBeGreaterThan(3);
  expect(await announces(3, true)).toBeGreaterThan(3);
});

test("an offer to a tracker that nobody answers makes way for another after 20 s, while we have few links", async () => {
  const offersAfter = async (links: number): Promise<number> => {
    const world = new World();
    const tracker = world.tracker(TRACKER);
    tracker.seedersMadeUp = 30;
    const node = world.node("node");
    node.add(TORRENT, [TRACKER], { pieces: [0] });
    for (let each = 0; each < links; each++) {
      const peer = new Acquaintance(world, TORRENT);
      peer.announces = false;
      peer.meet(node);
    }
    await world.pass(45_000);
    return tracker.heard.reduce((sum, { offers }) => sum + offers.length, 0);
  };
  expect(await offersAfter(4)).toBe(DEFAULT_CONFIG.maxPendingOffers);
  expect(await offersAfter(3)).toBeGreaterThan(DEFAULT_CONFIG.maxPendingOffers);
});

test("an offer that waits for ten seconds goes to another introducer, without a new connection", async () => {
  const { world, node, peers } = await around(2);
  const [first, second] = peers;
  first.name(handles(1));
  await world.pass(11_000);
  second.name(handles(1, 20_000_000));
  await world.pass(100);
  const [asked, again] = [offersHeard(first)[0], offersHeard(second)[0]];
  expect(asked?.sdp).toBe(again?.sdp);
  expect(describes(node)).toHaveLength(1);
  first.tell({ type: "answer", offerId: asked?.offerId as OfferId, sdp: SDP });
  await world.pass(100);
  expect(node.effects.filter(({ type }) => type === "takeAnswer")).toEqual([]);
  second.tell({ type: "answer", offerId: again?.offerId as OfferId, sdp: SDP });
  await world.pass(100);
  expect(node.effects.filter(({ type }) => type === "takeAnswer")).toHaveLength(1);
});

test("whoever has no room for a forwarded offer tells the introducer at once, three times at most", async () => {
  const world = new World({ config: { ...DEFAULT_CONFIG, maxLinks: 10 } });
  const node = world.node("node");
  node.add(TORRENT, [], { pieces: [0] });
  const peers = Array.from({ length: 4 }, () => new Acquaintance(world, TORRENT).meet(node));
  await world.until(() => node.view().peers.length === 4);
  const [introducer] = peers as [Acquaintance];
  await world.pass(100);
  expect(introducer.peersHeard.at(-1)?.free).toBeGreaterThan(0);
  const before = introducer.peersHeard.length;
  for (const handle of handles(6))
    introducer.tell({ type: "offer", offerId: world.newOfferId(), way: "from", handle, sdp: SDP });
  await world.pass(100);
  expect(introducer.peersHeard.slice(before).map(({ free }) => free)).toEqual([0]);
  expect(describes(node)).toHaveLength(1);
});
