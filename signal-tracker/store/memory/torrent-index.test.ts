import { expect, test } from "vitest";
import type { TorrentRecord } from "../../core/record-store.ts";
import { testInfoHash } from "../../core/tracker.test-support.ts";
import { at } from "../records.test-support.ts";
import { TorrentIndex } from "./torrent-index.ts";

test("an index that was cleared finds and counts nothing of before", () => {
  const index = new TorrentIndex();
  const torrent: TorrentRecord = {
    ...{ infoHash: testInfoHash(1), name: "a", description: "", bytes: 1, fileCount: 1 },
    ...{ foldedName: "a", searchText: "a", infoBytes: 10, publishedAt: at(1), seeders: 0 },
  };
  const query = { text: "a", order: "newest", limit: 5, cursor: undefined } as const;
  index.put(torrent);
  expect(index.search(query).items).toEqual([torrent]);
  index.clear();
  expect(index.search(query).items).toEqual([]);
  expect(index.totals(undefined)).toEqual({ count: 0, infoBytes: 0 });
});
