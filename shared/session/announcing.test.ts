import { describe, expect, test } from "vitest";
import type { PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import type { SimTracker } from "../sim/tracker.test-support.ts";
import { HTTP_TRACKER, TRACKER, World } from "../sim/world.test-support.ts";
import { events, OTHER_TRACKER, offersMade, TORRENT } from "./announces.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const { infoHash } = TORRENT;

/** The free upload slots in each of its announces. */
function slots(node: SimNode): (number | undefined)[] {
  return node.effects.flatMap((effect) => (effect.type === "announce" ? [effect.freeSlots] : []));
}

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
