import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import type { Message } from "../wire/message.ts";

const PIECES = 12;
const TORRENT = sampleTorrent({ files: [["film.bin", PIECES * 16_384]], pieceLength: 16_384 });
const ALL = Array.from({ length: PIECES }, (_, piece) => piece);

/** A peer that has these pieces watches a leecher download. Returns the pieces of which it heard, those that came together as one. */
async function heardBy(has: readonly number[], serves = PIECES): Promise<number[][]> {
  const world = new World();
  const leecher = world.node("leecher");
  leecher.add(TORRENT, [TRACKER], { knowsMetadata: true });
  const watcher = new ScriptedPeer(world, TORRENT);
  const heard: { readonly at: number; readonly piece: number }[] = [];
  const isAll = has.length === PIECES;
  watcher.script = {
    opened: () => {
      watcher.say({ type: isAll ? "haveAll" : "haveNone" });
      if (!isAll) for (const piece of has) watcher.say({ type: "have", piece });
    },
    heard: (message: Message) => {
      if (message.type === "have") heard.push({ at: world.scheduler.now, piece: message.piece });
    },
  };
  await world.until(() => leecher.view().trackers[0]?.state === "working");
  watcher.offerTo(leecher);
  await world.until(() => leecher.view().peers[0]?.progress === has.length / PIECES);
  const seeder = scriptedSeeder(world, TORRENT);
  let served = 0;
  const serve = seeder.script.heard;
  seeder.script = {
    ...seeder.script,
    heard: (message, link) => {
      if (message.type === "request" && ++served <= serves) serve?.(message, link);
    },
  };
  seeder.offerTo(leecher);
  await world.until(() => leecher.view().bytesDone === serves * 16_384);
  await world.pass(1_100);
  const times = [...new Set(heard.map(({ at }) => at))];
  return times.map((time) => heard.filter(({ at }) => at === time).map(({ piece }) => piece));
}

function sorted(groups: readonly (readonly number[])[]): number[] {
  return groups.flat().sort((one, other) => one - other);
}

test("a peer hears at once of pieces that it lacks", async () => {
  const groups = await heardBy([]);
  expect(sorted(groups)).toEqual(ALL);
});

test("news of pieces that a peer has waits for other news, and none is lost", async () => {
  const lacks = [3, 8];
  const groups = await heardBy(ALL.filter((piece) => !lacks.includes(piece)));
  expect(sorted(groups)).toEqual(ALL);
  for (const group of groups.slice(0, -1)) expect(group.some((piece) => lacks.includes(piece))).toBe(true);
});

test("news waits for a second at most", async () => {
  expect((await heardBy(ALL.slice(0, -1), 1)).flat().length).toBe(1);
});

test("a seeder hears of every piece at once", async () => {
  const groups = await heardBy(ALL);
  expect(sorted(groups)).toEqual(ALL);
  expect(groups.length).toBeGreaterThan(2);
});
