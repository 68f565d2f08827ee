import { describe, expect, test } from "vitest";
import type { PieceIndex, TrackerUrl } from "../base/ids.ts";
import { seeds } from "../base/seeds.test-support.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import type { SimTracker } from "../sim/tracker.test-support.ts";
import { HTTP_TRACKER, TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 1_000_000]] });
const { infoHash } = TORRENT;
const OTHER_TRACKER = "wss://other.test/" as TrackerUrl;

/** The free upload slots in each of its announces. */
function slots(node: SimNode): (number | undefined)[] {
  return node.effects.flatMap((effect) => (effect.type === "announce" ? [effect.freeSlots] : []));
}

function events(node: SimNode, tracker: TrackerUrl = TRACKER): string[] {
  return node.effects.flatMap((effect) =>
    effect.type === "announce" && effect.tracker === tracker ? [effect.event] : [],
  );
}

function offersMade(node: SimNode): number {
  return node.effects.reduce(
    (sum, effect) => sum + (effect.type === "announce" ? effect.offers.length : 0),
    0,
  );
}

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
});

test("we ignore an offer for an unknown torrent, from ourselves or from a banned peer", async () => {
  const world = new World();
  const node = world.node("node");
  const other = sampleTorrent({ files: [["other", 1]] });
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  new ScriptedPeer(world, other).offerTo(node);
  new ScriptedPeer(world, TORRENT, node.peerId).offerTo(node);
  await world.pass(1_000);
  expect(node.effects.filter(({ type }) => type === "answerOffer")).toEqual([]);
});

test("we retry an unreachable tracker, and an open link does not need it", async () => {
  const world = new World({ upBytesPerSecond: 100_000 });
  const tracker = world.tracker(TRACKER);
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  tracker.mood = "down";
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.view().trackers[0]?.state === "unreachable");
  expect(leecher.view().trackers[0]).toMatchObject({ message: "The tracker cannot be reached." });
  expect(leecher.view().trackers[0]?.nextInSeconds).toBeGreaterThan(0);

  tracker.mood = "up";
  await world.until(() => leecher.view().piecesHeld > 0);
  tracker.fail();
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().trackers[0]?.state).toBe("unreachable");

  tracker.mood = "up";
  await world.until(() => leecher.view().trackers[0]?.state === "working", 61_000);
  expect(events(leecher).at(-1)).toBe("started");
});

test("a tracker that does not answer counts as unreachable", async () => {
  const world = new World();
  world.tracker(TRACKER).mood = "mute";
  const node = world.node("node");
  node.add(TORRENT, [TRACKER]);
  await world.pass(DEFAULT_CONFIG.announcer.answerMillis - 1);
  expect(node.view().trackers[0]?.state).toBe("connecting");
  await world.pass(2);
  expect(node.view().trackers[0]?.state).toBe("unreachable");
});

describe.each([1, 2, 3, 4, 5, 6])(
  "after an outage of 20 seconds that made the tracker forget everybody (seed %i)",
  (seed) => {
    test.each([TRACKER, HTTP_TRACKER])(
      "an old seeder and a newcomer at %s meet within 10 seconds",
      async (url) => {
        const world = new World({ seed });
        const [socket, http] = [world.tracker(TRACKER), world.tracker(HTTP_TRACKER)];
        Object.assign(http, { intervalSeconds: 1_800, minIntervalSeconds: 120 });
        const seeder = world.node("seeder");
        seeder.add(TORRENT, [TRACKER, HTTP_TRACKER], { pieces: "all" });
        await world.pass(50_000);
        socket.fail();
        http.mood = "down";
        http.leave(seeder);
        await world.pass(10_000);
        const newcomer = world.node("newcomer");
        newcomer.add(TORRENT, [url]);
        await world.pass(10_000);
        socket.mood = "up";
        http.mood = "up";
        await world.until(() => newcomer.view().peers.length === 1, 10_000);
      },
    );
  },
);

describe("a seeder that loses its link to a peer that its tracker has not counted yet", () => {
  async function linked(world: World) {
    const seeder = world.node("seeder");
    seeder.add(TORRENT, [TRACKER], { pieces: "all" });
    await world.pass(1_000);
    const leecher = new ScriptedPeer(world, TORRENT).join(TRACKER, false);
    leecher.offerTo(seeder);
    await world.until(() => seeder.view().peers.length === 1);
    expect(offersMade(seeder)).toBe(0);
    return { seeder, leecher };
  }

  test("offers a new link within seconds", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    leecher.close();
    await world.until(() => seeder.view().peers.length === 0);
    await world.until(() => seeder.view().peers.length === 1, 5_000);
    expect(offersMade(seeder)).toBe(1);
  });

  test("asks once if the peer has gone for good, and then waits for the interval", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    world.tracker(TRACKER).leave(leecher);
    leecher.close();
    await world.pass(100_000);
    expect(events(seeder)).toEqual(["started", "update"]);
  });

  test("does not look for a peer that had everything", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    leecher.say({ type: "haveAll" });
    await world.until(() => seeder.view().peers.length === 0);
    await world.pass(100_000);
    expect(events(seeder)).toEqual(["started"]);
  });
});

test("coming online retries trackers at once", async () => {
  const world = new World();
  const tracker = world.tracker(TRACKER);
  tracker.mood = "down";
  const node = world.node("node");
  node.add(TORRENT, [TRACKER]);
  await world.pass(200_000);
  tracker.mood = "up";
  node.feed({ type: "cameOnline" });
  await world.pass(10);
  expect(node.view().trackers[0]?.state).toBe("working");
});

describe("without peers or addresses", () => {
  /** When a lone leecher announced to the tracker, in seconds. */
  async function announces(url: TrackerUrl, change: Partial<SimTracker>, seconds: number): Promise<number[]> {
    const world = new World();
    Object.assign(world.tracker(url), { intervalSeconds: 1_800, ...change });
    const times: number[] = [];
    const node = world.node("leecher");
    node.add(TORRENT, [url]);
    for (let heard = 0; world.scheduler.now < seconds * 1_000; ) {
      await world.pass(1_000);
      const count = world.tracker(url).heard.length;
      if (count > heard) times.push(Math.round(world.scheduler.now / 1_000));
      heard = count;
    }
    return times;
  }

  test.each([TRACKER, HTTP_TRACKER])("we ask %s again long before its interval is over", async (url) => {
    expect(await announces(url, {}, 120)).toEqual([1, 3, 7, 15, 31, 63]);
  });

  test.each([TRACKER, HTTP_TRACKER])("we leave %s alone as long as it wants", async (url) => {
    expect(await announces(url, { minIntervalSeconds: 60 }, 200)).toEqual([1, 61, 121, 181]);
  });

  test("we retry a tracker that refuses at the time it names, and never one that says never", async () => {
    expect(await announces(HTTP_TRACKER, { mood: "refusing", retryIn: 100 }, 250)).toEqual([1, 101, 201]);
    expect(await announces(HTTP_TRACKER, { mood: "refusing", retryIn: "never" }, 3_600)).toEqual([1]);
  });

  test("pressing a button allows one announce, even if the tracker said never", async () => {
    const world = new World();
    const tracker = world.tracker(TRACKER);
    Object.assign(tracker, { mood: "refusing", retryIn: "never" });
    const node = world.node("leecher");
    node.add(TORRENT, [TRACKER]);
    await world.pass(1_000);
    expect(node.view().trackers[0]).toMatchObject({ state: "refused", nextInSeconds: undefined });
    node.feed({ type: "torrentPaused", infoHash });
    node.feed({ type: "torrentResumed", infoHash });
    await world.pass(100_000);
    expect(events(node)).toEqual(["started", "started"]);
  });

  test("we find a seeder that comes late", async () => {
    const world = new World();
    Object.assign(world.tracker(HTTP_TRACKER), { intervalSeconds: 1_800 });
    const leecher = world.node("leecher");
    leecher.add(TORRENT, [HTTP_TRACKER]);
    await world.pass(20_000);
    const seeder = world.node("seeder", { config: { ...DEFAULT_CONFIG, maxDials: 0 } });
    seeder.add(TORRENT, [HTTP_TRACKER], { pieces: "all" });
    await world.until(() => leecher.isSeeding(), 30_000);
  });
});

test("views show a tracker's refusal, and the other tracker works", async () => {
  const world = new World();
  world.tracker(TRACKER).mood = "refusing";
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [OTHER_TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER, OTHER_TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().trackers[0]).toMatchObject({ state: "refused", message: "Not here." });
});

test("trackers hear `started`, `completed` and `stopped`", async () => {
  const world = new World();
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER]);
  await world.until(() => leecher.isSeeding());
  await world.pass(1_000);
  leecher.feed({ type: "torrentRemoved", infoHash });
  await world.pass(1_000);
  expect(events(leecher)[0]).toBe("started");
  expect(events(leecher).filter((event) => event === "completed")).toHaveLength(1);
  expect(events(leecher).at(-1)).toBe("stopped");
  expect(world.tracker(TRACKER).members(infoHash)).toBe(1);
  expect(leecher.effects.at(-1)).toEqual({ type: "leaveTracker", tracker: TRACKER });
});

test("trackers hear how many upload slots are free: nothing before the first piece, all when everybody is done", async () => {
  const world = new World({ upBytesPerSecond: 5_000 });
  const seeder = world.node("seeder");
  const leechers = ["one", "two", "three"].map((name) => world.node(name));
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  for (const leecher of leechers) leecher.add(TORRENT, [TRACKER]);
  await world.until(() => seeder.view().peers.filter(({ weChoke }) => !weChoke).length === 3);
  await world.pass(130_000); // A little longer than the tracker's interval.
  expect(slots(seeder).at(-1)).toBe(DEFAULT_CONFIG.uploadSlots - 3);
  await world.until(() => leechers.every((leecher) => leecher.isSeeding()), 600_000);
  await world.pass(1_000);
  expect(slots(seeder)[0]).toBe(DEFAULT_CONFIG.uploadSlots);
  for (const leecher of leechers) {
    expect(slots(leecher)[0]).toBeUndefined();
    expect(typeof slots(leecher)[events(leecher).indexOf("completed")]).toBe("number");
  }
  const before = slots(seeder).length;
  await world.until(() => slots(seeder).length > before, 130_000);
  expect(slots(seeder).at(-1)).toBe(DEFAULT_CONFIG.uploadSlots);
});

test("a torrent paused before its tracker has answered still leaves the swarm", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(1);
  node.feed({ type: "torrentPaused", infoHash });
  await world.pass(1_000);
  expect(world.tracker(TRACKER).members(infoHash)).toBe(0);
});

test("trackers may change: we announce to the new one and leave the old one", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(100);
  node.feed({ type: "trackersChanged", infoHash, trackers: [[OTHER_TRACKER], [OTHER_TRACKER]] });
  await world.pass(100);
  expect(world.tracker(TRACKER).members(infoHash)).toBe(0);
  expect(world.tracker(OTHER_TRACKER).members(infoHash)).toBe(1);
  expect(node.view().trackers.map(({ url }) => url)).toEqual([OTHER_TRACKER]);
  expect(node.effects.filter(({ type }) => type === "leaveTracker")).toHaveLength(1);
});

test("we do not leave a tracker that another torrent needs", async () => {
  const world = new World();
  const other = sampleTorrent({ files: [["other", 1]] });
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  node.add(other, [TRACKER], { pieces: "all" });
  await world.pass(100);
  node.feed({ type: "torrentRemoved", infoHash });
  await world.pass(100);
  expect(node.effects.filter(({ type }) => type === "leaveTracker")).toEqual([]);
  expect(world.tracker(TRACKER).members(other.infoHash)).toBe(1);
});

test("the view gives each tracker the number of its tier", async () => {
  const world = new World();
  const node = world.node("node");
  const second = ["wss://b.test/", "wss://c.test/"] as TrackerUrl[];
  node.add(TORRENT, [[TRACKER], second], { pieces: "all" });
  await world.pass(100);
  const tiers = node.view().trackers.map(({ url, tier }) => [url, tier]);
  expect(Object.fromEntries(tiers)).toEqual({ [TRACKER]: 1, "wss://b.test/": 2, "wss://c.test/": 2 });
});

describe("a tier with several trackers", () => {
  const BACKUP = "wss://backup.test/" as TrackerUrl;
  const states = (node: SimNode): Record<string, string> =>
    Object.fromEntries(node.view().trackers.map(({ url, state }) => [url, state]));
  const asked = (node: SimNode): TrackerUrl | undefined =>
    node.view().trackers.find(({ state }) => state !== "standby")?.url;
  /** A node that uses the first tracker of its tier. */
  async function settled(world: World): Promise<{ node: SimNode; first: TrackerUrl; second: TrackerUrl }> {
    const node = world.node("node");
    node.add(TORRENT, [[TRACKER, BACKUP]], { pieces: "all" });
    await world.pass(100);
    const first = asked(node) ?? TRACKER;
    return { node, first, second: first === TRACKER ? BACKUP : TRACKER };
  }

  test("uses one, and the others stand by", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    await world.pass(300_000);
    expect(states(node)).toEqual({ [first]: "working", [second]: "standby" });
    expect(world.tracker(second).heard).toEqual([]);
    expect(node.view().trackers.find(({ url }) => url === second)).toMatchObject({
      nextInSeconds: undefined,
      message: undefined,
    });
  });

  test.each(["down", "refusing", "mute"] as const)(
    "uses the next one when one is %s, and the torrent completes",
    async (mood) => {
      const world = new World();
      const seeder = world.node("seeder");
      seeder.add(TORRENT, [BACKUP], { pieces: "all" });
      world.tracker(TRACKER).mood = mood;
      const leechers = Array.from({ length: 6 }, (_, at) => world.node(`leecher ${at}`));
      for (const leecher of leechers) leecher.add(TORRENT, [[TRACKER, BACKUP]]);
      await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
      for (const leecher of leechers) expect(asked(leecher)).toBe(BACKUP);
      // By chance some began with the broken one.
      expect(world.tracker(TRACKER).heard.length).toBeGreaterThan(0);
    },
  );

  test("returns to a failed tracker when the other one fails, and sends it `started`", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    world.tracker(first).fail();
    await world.until(() => states(node)[second] === "working", 1_000);
    expect(states(node)[first]).toBe("standby");
    expect(node.view().trackers.map(({ url }) => url)).toEqual([second, first]);
    world.tracker(first).mood = "up";
    await world.pass(600_000);
    expect(asked(node)).toBe(second); // We stay with what works.
    world.tracker(second).fail();
    await world.until(() => states(node)[first] === "working", 1_000);
    expect(events(node, first).filter((event) => event === "started")).toHaveLength(2);
  });

  test("tries all in turn while none works, and finds whichever comes back", async () => {
    const world = new World();
    const trackers = [TRACKER, BACKUP, OTHER_TRACKER];
    for (const url of trackers) world.tracker(url).mood = "down";
    const node = world.node("node");
    node.add(TORRENT, [trackers], { pieces: "all" });
    await world.pass(600_000);
    for (const url of trackers) expect(world.tracker(url).heard.length).toBeGreaterThan(5);
    for (const url of trackers) expect(world.tracker(url).heard.length).toBeLessThan(30);
    world.tracker(BACKUP).mood = "up";
    await world.until(() => states(node)[BACKUP] === "working", 61_000);
  });

  test("sends `stopped` to the one that knows us, and to no other", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    node.feed({ type: "torrentPaused", infoHash });
    await world.pass(100);
    expect(events(node, first)).toEqual(["started", "stopped"]);
    expect(events(node, second)).toEqual([]);
  });

  test("keeps using the working one when trackers change", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    node.feed({ type: "trackersChanged", infoHash, trackers: [[OTHER_TRACKER, second, first]] });
    await world.pass(100);
    expect(asked(node)).toBe(first);
    expect(events(node, first)).toEqual(["started"]);
    expect(events(node, OTHER_TRACKER)).toEqual([]);
  });
});

test("we use one tracker of each kind in a tier with both kinds", async () => {
  const world = new World();
  const node = world.node("node");
  const http = "http://tracker.test/announce" as TrackerUrl;
  node.add(TORRENT, [[TRACKER, http]], { pieces: "all" });
  await world.pass(100);
  expect(node.view().trackers.map(({ url, state }) => [url, state])).toEqual([
    [TRACKER, "working"],
    [http, "working"],
  ]);
});

test("we announce to the first twenty of more than twenty trackers", async () => {
  const world = new World();
  const node = world.node("node");
  const many = Array.from({ length: 25 }, (_, at) => `wss://tracker-${at}.test/` as TrackerUrl);
  node.add(TORRENT, many, { pieces: "all" });
  await world.pass(100);
  expect(node.view().trackers.map(({ url }) => url)).toEqual(many.slice(0, 20));
  expect(many.filter((url) => events(node, url).length > 0)).toEqual(many.slice(0, 20));
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

test.each([
  ["before its answer", 0],
  ["after its answer", 1_000],
])(
  "when a check ends %s, a tracker that heard of us before learns that we have everything",
  async (_, millis) => {
    const world = new World();
    const node = world.node("node");
    node.add(TORRENT, [TRACKER], { checking: true, knowsMetadata: true });
    await world.pass(millis);
    for (let piece = 0; piece < TORRENT.info.layout.pieceCount; piece++)
      node.feed({ type: "storedPieceChecked", infoHash, piece: piece as PieceIndex, good: true });
    node.feed({ type: "checkEnded", infoHash });
    await world.pass(1_000);
    expect(announced(node)).toEqual([
      { event: "started", left: 1_000_000 },
      { event: "update", left: 0 },
    ]);
  },
);

test("a tracker that knows we have everything hears nothing new after the check", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  node.feed({ type: "checkEnded", infoHash });
  await world.pass(1_000);
  expect(announced(node)).toEqual([{ event: "started", left: 0 }]);
});

function announced(node: SimNode): { event: string; left: number | undefined }[] {
  return node.effects.flatMap((effect) =>
    effect.type === "announce" ? [{ event: effect.event, left: effect.left }] : [],
  );
}
