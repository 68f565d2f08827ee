import { expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { Page, TorrentOrder, TorrentRecord } from "../../core/record-store.ts";
import { at } from "../records.test-support.ts";
import { TorrentIndex } from "./torrent-index.ts";

const ORDERS: readonly TorrentOrder[] = ["newest", "seeders", "name"];

function torrentOf(number: number, name = "a"): TorrentRecord {
  return {
    ...{
      infoHash: number.toString(16).padStart(40, "0") as InfoHash,
      name,
      description: "",
      bytes: 1,
      fileCount: 1,
    },
    ...{ foldedName: name, searchText: name, infoBytes: 10, publishedAt: at(1), seeders: 0 },
  };
}

test("an index that was cleared finds and counts nothing of before", () => {
  const index = new TorrentIndex();
  const torrent = torrentOf(1);
  const query = { text: "a", order: "newest", limit: 5, cursor: undefined } as const;
  index.put(torrent);
  expect(index.search(query).items).toEqual([torrent]);
  index.clear();
  expect(index.search(query).items).toEqual([]);
  expect(index.totals(undefined)).toEqual({ count: 0, infoBytes: 0 });
});

test("while thousands of entries come, change and go, each order has exactly those that are there", () => {
  const { below } = seededRandom(7);
  const index = new TorrentIndex();
  const there = new Map<string, TorrentRecord>();
  const check = (): void => {
    for (const order of ORDERS)
      expect(everything(index, order)).toEqual([...there.values()].sort(byOrder(order)));
  };
  for (let step = 0; step < 8_000; step++) {
    const torrent = torrentOf(below(3_000), `film ${below(50)}`);
    const { infoHash } = torrent;
    if (step > 4_000 && below(10) < 6) {
      index.remove(infoHash);
      there.delete(infoHash);
    } else {
      const changed = { ...torrent, seeders: below(5), publishedAt: at(below(900)) };
      index.put(changed);
      there.set(infoHash, changed);
    }
    if (step % 2_000 === 0) check();
  }
  check();
});

test("after a change, a search looks only at the entries that it shows and those around them", () => {
  const index = new TorrentIndex();
  let looks = 0;
  const watched = (torrent: TorrentRecord): TorrentRecord =>
    new Proxy(torrent, {
      get(target, name) {
        looks += 1;
        return Reflect.get(target, name);
      },
    });
  for (let number = 0; number < 5_000; number++) index.put(watched(torrentOf(number)));
  const query = { text: "", limit: 5, cursor: undefined } as const;
  for (const order of ORDERS) index.search({ ...query, order });
  looks = 0;
  index.put(watched({ ...torrentOf(4_000), seeders: 1 }));
  for (const order of ORDERS) index.search({ ...query, order });
  expect(looks).toBeLessThan(500);
});

/** Page by page. */
function everything(index: TorrentIndex, order: TorrentOrder): readonly TorrentRecord[] {
  const found: TorrentRecord[] = [];
  let page: Page<TorrentRecord> | undefined;
  do {
    page = index.search({ text: "", order, limit: 700, cursor: page?.nextCursor });
    found.push(...page.items);
  } while (page.nextCursor !== undefined);
  return found;
}

function byOrder(order: TorrentOrder): (left: TorrentRecord, right: TorrentRecord) => number {
  const text = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
  return (left, right) =>
    (order === "name"
      ? text(left.foldedName, right.foldedName)
      : order === "newest"
        ? right.publishedAt - left.publishedAt
        : right.seeders - left.seeders) || text(left.infoHash, right.infoHash);
}
