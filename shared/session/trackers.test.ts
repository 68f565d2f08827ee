import { describe, expect, test } from "vitest";
import type { TrackerUrl } from "../base/ids.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { events, OTHER_TRACKER, TORRENT } from "./announces.test-support.ts";
import { NO_FAILED_ATTEMPTS } from "./link-end.ts";

const { infoHash } = TORRENT;

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

test("a tracker that is added hears of us at once and the others nothing new; one that is taken out hears `stopped`, and then nothing", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(100);
  node.feed({ type: "trackersChanged", infoHash, trackers: [[TRACKER], [OTHER_TRACKER]] });
  await world.pass(100);
  expect([events(node), events(node, OTHER_TRACKER)]).toEqual([["started"], ["started"]]);
  node.feed({ type: "trackersChanged", infoHash, trackers: [[TRACKER]] });
  await world.pass(600_000);
  expect(events(node, OTHER_TRACKER)).toEqual(["started", "stopped"]);
  expect(world.tracker(OTHER_TRACKER).members(infoHash)).toBe(0);
  expect(events(node).slice(0, 3)).toEqual(["started", "update", "update"]);
});

test("trackers that change while the torrent is paused hear of it once it is resumed", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(100);
  node.feed({ type: "torrentPaused", infoHash });
  node.feed({ type: "trackersChanged", infoHash, trackers: [[OTHER_TRACKER]] });
  await world.pass(100);
  expect([events(node), events(node, OTHER_TRACKER)]).toEqual([["started", "stopped"], []]);
  node.feed({ type: "torrentResumed", infoHash });
  await world.pass(100);
  expect([events(node), events(node, OTHER_TRACKER)]).toEqual([["started", "stopped"], ["started"]]);
});

test("attempts that failed are forgotten once no tracker counts anybody else", async () => {
  const world = new World();
  const [seeder, far] = [world.node("seeder"), world.node("far")];
  world.network.pathsLost = Number.POSITIVE_INFINITY;
  seeder.add(TORRENT, [TRACKER], { pieces: "all" });
  await world.pass(1_000);
  far.add(TORRENT, [TRACKER]);
  await world.pass(60_000);
  expect(seeder.view().failedAttempts.noRoute).toBeGreaterThan(0);
  far.feed({ type: "torrentRemoved", infoHash });
  await world.pass(600_000);
  expect(seeder.view().failedAttempts).toEqual(NO_FAILED_ATTEMPTS);
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
