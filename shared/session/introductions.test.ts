import { describe, expect, test } from "vitest";
import type { PieceIndex, TrackerUrl } from "../base/ids.ts";
import { seeds } from "../base/seeds.test-support.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.test-support.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import type { SimTracker } from "../sim/tracker.test-support.ts";
import { HTTP_TRACKER, TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 1_000_000]] });
const { infoHash } = TORRENT;
const OTHER_TRACKER = "wss://other.test/" as TrackerUrl;

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

test("peers that offer to each other at once keep one link, the same on both sides", async () => {
  let clashes = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World({ seed, delayMillis: 1 + (seed % 4) * 20 });
    const ghost = new ScriptedPeer(world, TORRENT).join();
    ghost.answers = false; // Because of it, each hears that there is somebody to offer to.
    const [one, two] = [world.node("one"), world.node("two")];
    one.add(TORRENT, [TRACKER], { pieces: [0, 1, 2] });
    two.add(TORRENT, [TRACKER], { pieces: [3, 4, 5] });
    await world.until(() => one.view().piecesHeld === 6 && two.view().piecesHeld === 6);
    await world.pass(2_000);
    const answers = (node: SimNode): number =>
      node.effects.filter(({ type }) => type === "answerOffer").length;
    if (answers(one) > 0 && answers(two) > 0) clashes += 1;
    expect(answers(one) + answers(two)).toBeLessThanOrEqual(2); // Else they once parted for good.
    expect([one.view().peers.length, two.view().peers.length]).toEqual([1, 1]);
    world.tracker(TRACKER).leave(ghost);
    await world.pass(60_000);
    expect([one.linkCount, two.linkCount]).toEqual([1, 1]);
  }
  expect(clashes).toBeGreaterThan(3);
});

test("a peer that comes by two trackers has one link", async () => {
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

test("a peer that comes back with the same id while its old link hangs gets in once that is given up", async () => {
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

test("no offer is made while there is nobody to take it", async () => {
  const world = new World();
  const alone = world.node("alone");
  alone.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(300_000);
  expect(offersMade(alone)).toBe(0);
  expect(events(alone)).toEqual(["started", "update", "update"]);
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

test("links and waiting offers stay within their limits, and offers that nobody answers are given up", async () => {
  const world = new World({ config: { maxLinks: 7 } });
  const leecher = world.node("leecher");
  for (let count = 0; count < 30; count++) {
    const peer = new ScriptedPeer(world, TORRENT).join();
    peer.answers = count % 3 === 0;
  }
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  // The limits are invariants that the world watches.
  await world.until(() => leecher.view().peers.length >= 3, 120_000);
  expect(offersMade(leecher)).toBeGreaterThan(5);
});

/** A seeder of so many links, and scripted peers that offer it theirs. */
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

test("offers of strangers are taken while there is room, and leave what our own offers need", async () => {
  const { node } = await offeredTo(12, 20);
  expect(node.view().peers).toHaveLength(12 - maxPendingOffers);
});

test("a link that nobody wants anything of makes way for another offer, and one that is of use does not", async () => {
  const { world, node, offer, peers } = await offeredTo(12, 7);
  peers[1]?.say({ type: "interested" });
  await world.pass(10_000);
  const newcomer = offer();
  await world.pass(1_000);
  expect(newcomer.links).toHaveLength(1);
  expect(peers.map(({ links }) => links.length)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  expect(node.effects).toContainEqual({ type: "close", link: expect.any(Number), reason: "madeRoom" });
});

test("a tracker whose peers hold all links leaves some to another tracker's", async () => {
  const { world, node, offer } = await offeredTo(20, 15, { opened: () => {} });
  for (let count = 0; count < 20; count++) {
    offer(OTHER_TRACKER);
    await world.pass(100);
  }
  expect(node.view().peers).toHaveLength(15);
  const ended = node.effects.filter((effect) => effect.type === "close" && effect.reason === "madeRoom");
  expect(ended.length).toBeGreaterThan(5); // Within seconds, when none is idle yet.
});

test("a tracker's offers are accepted by a budget, and another tracker has its own", async () => {
  const { world, node, offer } = await offeredTo(1_000, 200);
  const accepted = (): number => node.effects.filter(({ type }) => type === "answerOffer").length;
  expect(accepted()).toBe(offersAccepted.burst);
  offer(OTHER_TRACKER);
  await world.pass(100);
  expect(accepted()).toBe(offersAccepted.burst + 1);
});

test("offers whose links never open make way after a while", async () => {
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

test("an offer for a torrent that is not here, from ourselves or from a banned peer is not answered", async () => {
  const world = new World();
  const node = world.node("node");
  const other = sampleTorrent({ files: [["other", 1]] });
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  new ScriptedPeer(world, other).offerTo(node);
  new ScriptedPeer(world, TORRENT, node.peerId).offerTo(node);
  await world.pass(1_000);
  expect(node.effects.filter(({ type }) => type === "answerOffer")).toEqual([]);
});

test("a tracker that cannot be reached is tried again, and a link needs it no more once it is open", async () => {
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

  test("offers it another one within seconds", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    leecher.close();
    await world.until(() => seeder.view().peers.length === 0);
    await world.until(() => seeder.view().peers.length === 1, 5_000);
    expect(offersMade(seeder)).toBe(1);
  });

  test("asks once where the peer has gone for good, and then waits for the interval", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    world.tracker(TRACKER).leave(leecher);
    leecher.close();
    await world.pass(100_000);
    expect(events(seeder)).toEqual(["started", "update"]);
  });

  test("does not look for one that had everything", async () => {
    const world = new World();
    const { seeder, leecher } = await linked(world);
    leecher.say({ type: "haveAll" });
    await world.until(() => seeder.view().peers.length === 0);
    await world.pass(100_000);
    expect(events(seeder)).toEqual(["started"]);
  });
});

test("coming online, trackers are tried at once", async () => {
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

describe("with nobody there and no address known", () => {
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

  test.each([TRACKER, HTTP_TRACKER])("%s is asked again long before its interval is over", async (url) => {
    expect(await announces(url, {}, 120)).toEqual([1, 3, 7, 15, 31, 63]);
  });

  test.each([TRACKER, HTTP_TRACKER])("%s is left alone as long as it asks for", async (url) => {
    expect(await announces(url, { minIntervalSeconds: 60 }, 200)).toEqual([1, 61, 121, 181]);
  });

  test("a tracker that refuses until a time is asked then, and one that says never is not asked again", async () => {
    expect(await announces(HTTP_TRACKER, { mood: "refusing", retryIn: 100 }, 250)).toEqual([1, 101, 201]);
    expect(await announces(HTTP_TRACKER, { mood: "refusing", retryIn: "never" }, 3_600)).toEqual([1]);
  });

  test("whoever presses a button is allowed one announce, even where the tracker said never", async () => {
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

  test("a seeder that comes late is found", async () => {
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

test("a tracker's refusal is shown, and the other tracker works", async () => {
  const world = new World();
  world.tracker(TRACKER).mood = "refusing";
  const seeder = world.node("seeder");
  const leecher = world.node("leecher");
  seeder.add(TORRENT, [OTHER_TRACKER], { pieces: "all" });
  leecher.add(TORRENT, [TRACKER, OTHER_TRACKER]);
  await world.until(() => leecher.isSeeding());
  expect(leecher.view().trackers[0]).toMatchObject({ state: "refused", message: "Not here." });
});

test("trackers hear of the beginning, the completion and the end", async () => {
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

test("a torrent that is paused before its tracker has answered leaves the swarm all the same", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(1);
  node.feed({ type: "torrentPaused", infoHash });
  await world.pass(1_000);
  expect(world.tracker(TRACKER).members(infoHash)).toBe(0);
});

test("trackers may change: the new one hears of us, the old one is left", async () => {
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

test("a tracker that another torrent needs is not left", async () => {
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

describe("of a tier with several trackers", () => {
  const BACKUP = "wss://backup.test/" as TrackerUrl;
  const states = (node: SimNode): Record<string, string> =>
    Object.fromEntries(node.view().trackers.map(({ url, state }) => [url, state]));
  const asked = (node: SimNode): TrackerUrl | undefined =>
    node.view().trackers.find(({ state }) => state !== "standby")?.url;
  /** A node of which the first tracker of its tier is known: it works. */
  async function settled(world: World): Promise<{ node: SimNode; first: TrackerUrl; second: TrackerUrl }> {
    const node = world.node("node");
    node.add(TORRENT, [[TRACKER, BACKUP]], { pieces: "all" });
    await world.pass(100);
    const first = asked(node) ?? TRACKER;
    return { node, first, second: first === TRACKER ? BACKUP : TRACKER };
  }

  test("one is asked, and the others stand by unasked", async () => {
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
    "the next one is asked when one is %s, and the torrent completes",
    async (mood) => {
      const world = new World();
      const seeder = world.node("seeder");
      seeder.add(TORRENT, [BACKUP], { pieces: "all" });
      world.tracker(TRACKER).mood = mood;
      const leechers = Array.from({ length: 6 }, (_, at) => world.node(`leecher ${at}`));
      for (const leecher of leechers) leecher.add(TORRENT, [[TRACKER, BACKUP]]);
      await world.until(() => leechers.every((leecher) => leecher.isSeeding()));
      for (const leecher of leechers) expect(asked(leecher)).toBe(BACKUP);
      // Some began with the one that does not work: chance decides.
      expect(world.tracker(TRACKER).heard.length).toBeGreaterThan(0);
    },
  );

  test("the one that fell out is asked again when the other one fails, and told of our beginning", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    world.tracker(first).fail();
    await world.until(() => states(node)[second] === "working", 1_000);
    expect(states(node)[first]).toBe("standby");
    expect(node.view().trackers.map(({ url }) => url)).toEqual([second, first]);
    world.tracker(first).mood = "up";
    await world.pass(600_000);
    expect(asked(node)).toBe(second); // What works is not left.
    world.tracker(second).fail();
    await world.until(() => states(node)[first] === "working", 1_000);
    expect(events(node, first).filter((event) => event === "started")).toHaveLength(2);
  });

  test("all are tried in turn while none works, and whichever comes back is found", async () => {
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

  test("leaving is said to the one that knows us, and to no other", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    node.feed({ type: "torrentPaused", infoHash });
    await world.pass(100);
    expect(events(node, first)).toEqual(["started", "stopped"]);
    expect(events(node, second)).toEqual([]);
  });

  test("a change of trackers leaves the one that works in use", async () => {
    const world = new World();
    const { node, first, second } = await settled(world);
    node.feed({ type: "trackersChanged", infoHash, trackers: [[OTHER_TRACKER, second, first]] });
    await world.pass(100);
    expect(asked(node)).toBe(first);
    expect(events(node, first)).toEqual(["started"]);
    expect(events(node, OTHER_TRACKER)).toEqual([]);
  });
});

test("of a tier with trackers of both kinds one of each is asked", async () => {
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

test("of more than twenty trackers the first twenty are announced to", async () => {
  const world = new World();
  const node = world.node("node");
  const many = Array.from({ length: 25 }, (_, at) => `wss://tracker-${at}.test/` as TrackerUrl);
  node.add(TORRENT, many, { pieces: "all" });
  await world.pass(100);
  expect(node.view().trackers.map(({ url }) => url)).toEqual(many.slice(0, 20));
  expect(many.filter((url) => events(node, url).length > 0)).toEqual(many.slice(0, 20));
});

test("a link that finds no path is given up and tried again, long before an offer would be", async () => {
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
])("a tracker that heard of us %s as we were still checking is told that all is here", async (_, millis) => {
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
});

test("a tracker that heard that all is here is not told again when it has been checked", async () => {
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
