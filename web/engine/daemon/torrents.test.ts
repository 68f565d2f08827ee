import { expect, test } from "vitest";
import { parseFact } from "./parse-fact.ts";
import { DaemonTorrents } from "./torrents.ts";

const infoHash = (digit: number): string => `${digit}`.repeat(40);
const STRANGE = [undefined, null, 5, "a", [], {}, { infoHash: 5 }, { infoHash: "x" }];

test("whatever a daemon says, the page goes on", () => {
  const torrents = new DaemonTorrents();
  for (const strange of STRANGE) {
    torrents.take(strange);
    torrents.remove(strange);
    torrents.takeDaemon(strange);
    expect(parseFact(strange)).toBeUndefined();
  }
  const lists = { files: [5, null], peers: [null, { device: 3 }], trackers: ["a"], namedTrackers: [{}] };
  torrents.take({ infoHash: infoHash(1), ...lists, limits: "none", phase: "dancing", failedAttempts: [] });
  torrents.takeDaemon({ hashing: [{}, 7], trackers: [5] });
  expect(torrents.entries()).toMatchObject([
    { state: "hashing", name: "", bytesTotal: 0 },
    { state: "hashing", bytesDone: 0 },
    { state: "paused", torrent: { name: infoHash(1), bytesTotal: 0, peers: [{ client: "" }, {}] } },
  ]);
});

test("news without files leave the files as they were", () => {
  const torrents = new DaemonTorrents();
  torrents.take({ infoHash: infoHash(1), files: [{ path: "a", bytes: 5, selected: true, index: 0 }] });
  torrents.take({ infoHash: infoHash(1), name: "renamed" });
  const [view] = torrents.views();
  expect([view?.name, view?.files.map(({ path }) => path)]).toEqual(["renamed", ["a"]]);
});

test("what a new list does not name is gone, and the newest comes first", () => {
  const torrents = new DaemonTorrents();
  torrents.begin();
  for (const digit of [1, 2, 3])
    torrents.take({ infoHash: infoHash(digit), addedAt: `2026-01-0${digit}T00:00:00.000Z` });
  expect(torrents.listed()).toEqual([]);
  expect(torrents.entries().map(({ key }) => key)).toEqual([3, 2, 1].map(infoHash));
  torrents.begin();
  torrents.take({ infoHash: infoHash(2), addedAt: "2026-01-02T00:00:00.000Z" });
  expect(torrents.listed()).toEqual([1, 3].map(infoHash));
  expect(torrents.entries().map(({ key }) => key)).toEqual([infoHash(2)]);
});
