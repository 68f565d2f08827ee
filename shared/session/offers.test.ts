import { expect, test } from "vitest";
import { seeds } from "../base/seeds.test-support.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { events, OTHER_TRACKER, offersMade, TORRENT } from "./announces.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

test("two peers that make each other offers at once keep one link, the same on both sides", async () => {
  let clashes = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World({ seed, delayMillis: 1 + (seed % 4) * 20 });
    const ghost = new ScriptedPeer(world, TORRENT).join();
    ghost.answers = false; // It makes the tracker tell each of them about a peer to make offers to.
    const [one, two] = [world.node("one"), world.node("two")];
    one.add(TORRENT, [TRACKER], { pieces: [0, 1, 2] });
    two.add(TORRENT, [TRACKER], { pieces: [3, 4, 5] });
    await world.until(() => one.view().piecesHeld === 6 && two.view().piecesHeld === 6);
    await world.pass(2_000);
    const answers = (node: SimNode): number =>
      node.effects.filter(({ type }) => type === "answerOffer").length;
    if (answers(one) > 0 && answers(two) > 0) clashes += 1;
    expect(answers(one) + answers(two)).toBeLessThanOrEqual(2); // With more they once parted for good.
    expect([one.view().peers.length, two.view().peers.length]).toEqual([1, 1]);
    world.tracker(TRACKER).leave(ghost);
    await world.pass(60_000);
    expect([one.linkCount, two.linkCount]).toEqual([1, 1]);
  }
  expect(clashes).toBeGreaterThan(3);
});

test("a peer that two trackers introduce gets one link", async () => {
  const world = new World();
  const trackers = [TRACKER, OTHER_TRACKER];
  const one = world.node("one");
  const two = world.node("two");
  one.add(TORRENT, trackers, { pieces: [0] });
  two.add(TORRENT, trackers, { pieces: [0] });
  await world.pass(120_000);
  expect([one.view().peers.length, two.view().peers.length]).toEqual([1, 1]);
  expect([one.linkCount, two.linkCount]).toEqual([1, 1]);
});

test("a peer that returns with the same id while its old link hangs gets in once we drop that link", async () => {
  const world = new World();
  const one = world.node("one");
  one.add(TORRENT, [TRACKER], { pieces: [0] });
  const first = new ScriptedPeer(world, TORRENT);
  first.offerTo(one);
  await world.until(() => one.view().peers.length === 1);
  first.offerTo(one);
  await world.pass(1_000);
  expect(one.linkCount).toBe(1);
  first.close();
  await world.pass(100);
  first.offerTo(one);
  await world.until(() => one.view().peers.length === 1, 1_000);
});

test.each(seeds(process.env["SEED"], 1, 2, 3, 4))(
  "everybody in a small swarm finds everybody (seed %i)",
  async (seed) => {
    const world = new World({ seed });
    const nodes = ["a", "b", "c", "d", "e"].map((name) => world.node(name));
    for (const node of nodes) node.add(TORRENT, [TRACKER], { pieces: [0] });
    await world.until(() => nodes.every((node) => node.view().peers.length === 4), 20_000);
  },
);

test("we make no offers while there is nobody to answer them", async () => {
  const world = new World();
  const alone = world.node("alone");
  alone.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(300_000);
  expect(offersMade(alone)).toBe(0);
  expect(events(alone)).toEqual(["started", "update", "update"]);
});

test("a tracker that may have forgotten everybody gets no offers before it has counted", async () => {
  const world = new World();
  const tracker = world.tracker(TRACKER);
  for (let count = 0; count < 30; count++) new ScriptedPeer(world, TORRENT).join();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.view().peers.length >= 3);
  tracker.fail();
  await world.until(() => leecher.view().trackers[0]?.state === "unreachable");
  tracker.mood = "up";
  const before = offersMade(leecher);
  await world.until(() => leecher.view().trackers[0]?.state === "working");
  expect(tracker.heard.at(-1)?.event).toBe("started");
  await world.pass(10_000);
  expect(offersMade(leecher)).toBe(before); // It is alone there now.
  tracker.fail();
  tracker.mood = "up";
  for (let count = 0; count < 30; count++) new ScriptedPeer(world, TORRENT).join();
  await world.until(() => offersMade(leecher) > before, 120_000);
});

test("seeders make no offers to seeders", async () => {
  const world = new World();
  const seeders = ["a", "b", "c"].map((name) => world.node(name));
  for (const seeder of seeders) seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(10_000);
  for (const seeder of seeders) {
    seeder.feed({ type: "cameOnline" });
    expect(offersMade(seeder)).toBe(0);
  }
});

test("links and pending offers stay within their limits, and unanswered offers expire", async () => {
  const world = new World({ config: { maxLinks: 7 } });
  const leecher = world.node("leecher");
  for (let count = 0; count < 30; count++) {
    const peer = new ScriptedPeer(world, TORRENT).join();
    peer.answers = count % 3 === 0;
  }
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  // The world checks the limits as invariants.
  await world.until(() => leecher.view().peers.length >= 3, 240_000);
  expect(offersMade(leecher)).toBeGreaterThan(5);
});

test("when our own offers hold all links, we answer no offer", async () => {
  const world = new World({ config: { maxLinks: 4 } });
  const leecher = world.node("leecher");
  for (let count = 0; count < 5; count++) new ScriptedPeer(world, TORRENT).join().answers = false;
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  await world.until(() => leecher.linkCount === 4);
  new ScriptedPeer(world, TORRENT).offerTo(leecher);
  await world.pass(1_000);
  expect(leecher.effects.filter(({ type }) => type === "answerOffer")).toEqual([]);
  expect(leecher.linkCount).toBe(4);
});

/** A seeder with this many links, and scripted peers that send it offers. */
async function offeredTo(maxLinks: number, count: number, script: ScriptedPeer["script"] = {}) {
  const world = new World({ config: { maxLinks } });
  const node = world.node("node");
  node.add(TORRENT, [TRACKER, OTHER_TRACKER], { pieces: "all" });
  await world.until(() => node.view().trackers.every(({ state }) => state === "working"));
  const offer = (tracker = TRACKER): ScriptedPeer => {
    const peer = new ScriptedPeer(world, TORRENT);
    peer.script = script;
    peer.offerTo(node, tracker);
    return peer;
  };
  const peers = Array.from({ length: count }, () => offer());
  await world.pass(1_000);
  return { world, node, offer, peers };
}

const { maxPendingOffers, offersAccepted, maxOpeningAnswers, slowAnswerMillis } = DEFAULT_CONFIG;

test("we accept offers while there is room, and keep the links that our own offers need", async () => {
  const { node } = await offeredTo(12, 20);
  expect(node.view().peers).toHaveLength(12 - maxPendingOffers);
});

test("a link without interest on either side makes way for another offer, and a useful one does not", async () => {
  const { world, node, offer, peers } = await offeredTo(12, 7);
  peers[1]?.say({ type: "interested" });
  await world.pass(10_000);
  const newcomer = offer();
  await world.pass(1_000);
  expect(newcomer.links).toHaveLength(1);
  expect(peers.map(({ links }) => links.length)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  expect(node.effects).toContainEqual({ type: "close", link: expect.any(Number), reason: "madeRoom" });
});

test("a tracker whose peers hold all links gives some up to another tracker's peers", async () => {
  const { world, node, offer } = await offeredTo(20, 15, { opened: () => {} });
  for (let count = 0; count < 20; count++) {
    offer(OTHER_TRACKER);
    await world.pass(100);
  }
  expect(node.view().peers).toHaveLength(15);
  const ended = node.effects.filter((effect) => effect.type === "close" && effect.reason === "madeRoom");
  expect(ended.length).toBeGreaterThan(5); // Within seconds, before any is idle.
});

test("a budget limits how many offers of a tracker we accept, and each tracker has its own", async () => {
  const { world, node, offer } = await offeredTo(1_000, 200);
  const accepted = (): number => node.effects.filter(({ type }) => type === "answerOffer").length;
  expect(accepted()).toBe(offersAccepted.burst);
  offer(OTHER_TRACKER);
  await world.pass(100);
  expect(accepted()).toBe(offersAccepted.burst + 1);
  for (let count = 0; count < 20; count++) offer(); // The first ones have opened.
  await world.pass(100);
  expect(accepted()).toBe(offersAccepted.burst + 1 + offersAccepted.perSecond);
});

test("offers of a tracker whose links do not open leave room for those of another, and for ours", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER, OTHER_TRACKER], { pieces: "all" });
  await world.until(() => node.view().trackers.every(({ state }) => state === "working"));
  world.network.pathsLost = maxOpeningAnswers;
  for (let count = 0; count < maxOpeningAnswers; count++) new ScriptedPeer(world, TORRENT).offerTo(node);
  await world.pass(2_000);
  new ScriptedPeer(world, TORRENT).offerTo(node);
  new ScriptedPeer(world, TORRENT).offerTo(node, OTHER_TRACKER);
  await world.pass(1_000);
  expect(node.view().peers).toHaveLength(1);
  expect(node.linkCount).toBe(maxOpeningAnswers + 1);
});

test("a peer that offers twice gets one answer, and one that comes to a paused torrent none", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(1_000);
  const answers = () => node.effects.filter(({ type }) => type === "answerOffer").length;
  const peer = new ScriptedPeer(world, TORRENT);
  peer.offerTo(node);
  peer.offerTo(node);
  await world.pass(10);
  expect(answers()).toBe(1);
  node.feed({ type: "torrentPaused", infoHash: TORRENT.infoHash });
  new ScriptedPeer(world, TORRENT).offerTo(node);
  await world.pass(1_000);
  expect(answers()).toBe(1);
});

test("accepted offers whose links never open make way after a while", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.until(() => node.view().trackers[0]?.state === "working");
  world.network.pathsLost = maxOpeningAnswers;
  for (let count = 0; count < maxOpeningAnswers; count++) new ScriptedPeer(world, TORRENT).offerTo(node);
  await world.pass(slowAnswerMillis - 1_000);
  const early = new ScriptedPeer(world, TORRENT);
  early.offerTo(node);
  await world.pass(1_500);
  const late = new ScriptedPeer(world, TORRENT);
  late.offerTo(node);
  await world.pass(1_000);
  expect(node.view().peers).toHaveLength(1);
  expect(node.effects).toContainEqual({ type: "close", link: expect.any(Number), reason: "neverOpened" });
  expect(node.linkCount).toBe(maxOpeningAnswers);
});

test("we ignore an offer for an unknown torrent, or from ourselves", async () => {
  const world = new World();
  const node = world.node("node");
  const other = sampleTorrent({ files: [["other", 1]] });
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  new ScriptedPeer(world, other).offerTo(node);
  new ScriptedPeer(world, TORRENT, node.peerId).offerTo(node);
  await world.pass(1_000);
  expect(node.effects.filter(({ type }) => type === "answerOffer")).toEqual([]);
});

test("we drop and retry a link that finds no path long before an offer would expire", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  world.node("seeder").add(TORRENT, [TRACKER], { pieces: "all" });
  world.network.pathsLost = 1;
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding(), DEFAULT_CONFIG.answerMillis / 2);
  expect(world.network.pathsLost).toBe(0);
  expect(world.scheduler.now).toBeGreaterThan(DEFAULT_CONFIG.openMillis);
});
