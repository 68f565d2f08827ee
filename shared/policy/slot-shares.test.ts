import fc from "fast-check";
import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { SlotShares } from "./slot-shares.ts";

test("a torrent that is alone has all slots", () => {
  const shares = new SlotShares<string>(8);
  expect(shares.wants("film", 1)).toEqual(["film"]);
  expect(shares.of("film")).toBe(8);
  expect(shares.wants("film", 20)).toEqual([]);
  expect(shares.wants("film", 0)).toEqual([]);
  expect(shares.of("film")).toBe(8);
});

test("one torrent with many takers leaves the others what they need", () => {
  const shares = new SlotShares<string>(8);
  shares.wants("film", 50);
  expect(shares.wants("song", 1)).toEqual(["film", "song"]);
  expect([shares.of("film"), shares.of("song")]).toEqual([7, 1]);
  shares.wants("song", 30);
  expect([shares.of("film"), shares.of("song")]).toEqual([4, 4]);
  shares.wants("text", 2);
  expect([shares.of("film"), shares.of("song"), shares.of("text")]).toEqual([3, 3, 2]);
  expect(shares.left("film")).toEqual(expect.arrayContaining(["song"]));
  expect([shares.of("film"), shares.of("song"), shares.of("text")]).toEqual([0, 6, 2]);
});

test("more torrents than slots take turns, and each has as many", () => {
  const shares = new SlotShares<number>(2);
  for (let torrent = 0; torrent < 5; torrent++) shares.wants(torrent, 3);
  const turns = [0, 0, 0, 0, 0];
  for (let turn = 0; turn < 10; turn++) {
    for (const [torrent] of turns.entries()) turns[torrent] = (turns[torrent] ?? 0) + shares.of(torrent);
    expect(shares.takeTurns(millis(turn * 30_000))).not.toEqual([]);
    expect(shares.takeTurns(millis(turn * 30_000 + 29_999))).toEqual([]);
  }
  expect(turns).toEqual([4, 4, 4, 4, 4]);
  for (const torrent of [2, 3, 4]) shares.wants(torrent, 0);
  expect(shares.takeTurns(millis(1_000_000))).toEqual([]);
});

test("whoever waits for the only slot gets it once its holder wants nothing", () => {
  const shares = new SlotShares<string>(1);
  shares.wants("film", 1);
  shares.wants("song", 1);
  expect([shares.of("film"), shares.of("song")]).toEqual([1, 0]);
  expect(shares.wants("film", 0)).toEqual(expect.arrayContaining(["film", "song"]));
  expect([shares.of("film"), shares.of("song")]).toEqual([0, 1]);
});

test("a torrent hears how many more of its peers would get a slot", () => {
  const shares = new SlotShares<string>(8);
  expect(shares.free("film")).toBe(8);
  shares.wants("film", 3);
  expect(shares.free("film")).toBe(5);
  shares.wants("film", 20);
  expect(shares.free("film")).toBe(0);
  expect(shares.free("song")).toBe(4);
});

test("all slots are given while takers wait, none twice, and nobody has more than twice another who waits", () => {
  fc.assert(
    fc.property(fc.nat(12), fc.array(fc.tuple(fc.nat(6), fc.nat(20))), (total, changes) => {
      const shares = new SlotShares<number>(total);
      const takers = new Map<number, number>();
      const before = new Map<number, number>();
      for (const [torrent, count] of changes) {
        takers.set(torrent, count);
        for (const each of shares.wants(torrent, count)) before.set(each, shares.of(each));
        const all = [...takers].filter(([, wanted]) => wanted > 0);
        if (all.length === 0) continue;
        for (const [each] of takers) expect(before.get(each) ?? 0).toBe(shares.of(each));
        const used = all.map(([each, wanted]) => Math.min(wanted, shares.of(each)));
        const wanted = all.reduce((sum, [, each]) => sum + each, 0);
        expect([...takers.keys()].reduce((sum, each) => sum + shares.of(each), 0)).toBeLessThanOrEqual(total);
        expect(used.reduce((sum, each) => sum + each, 0)).toBe(Math.min(wanted, total));
        for (const [each, count] of all)
          for (const [other] of all)
            if (count > shares.of(each)) expect(shares.of(other)).toBeLessThanOrEqual(shares.of(each) + 1);
      }
    }),
  );
});
