import { foldedWords } from "#shared/base/fold.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type {
  AccountId,
  Page,
  TorrentOrder,
  TorrentPublisher,
  TorrentQuery,
  TorrentRecord,
  TorrentTotals,
} from "../../core/record-store.ts";
import { RECORD_LIMITS, type RecordLimits } from "../../limits/catalog.ts";
import { compareUtf8 } from "../compare-utf8.ts";
import { parseTorrentCursor, sortKey, type TorrentPlace, torrentCursor } from "../torrent-cursor.ts";

/** The entries of a catalog without their info dictionaries, in memory: finds, sorts and counts them. */
export class TorrentIndex {
  readonly #limits: RecordLimits;
  readonly #torrents = new Map<InfoHash, TorrentRecord>();
  readonly #totals = new Map<string, TorrentTotals>();
  /** Sorted when asked for, and again after a change that matters to the order. */
  readonly #sorted = new Map<TorrentOrder, readonly TorrentRecord[]>();

  constructor(limits: RecordLimits = RECORD_LIMITS) {
    this.#limits = limits;
  }

  /** Adds an entry, or replaces the one of the same torrent. */
  put(torrent: TorrentRecord): void {
    const before = this.#torrents.get(torrent.infoHash);
    if (before !== undefined) this.#count(before, -1);
    this.#torrents.set(torrent.infoHash, torrent);
    this.#count(torrent, 1);
    this.#sorted.clear();
  }

  get(infoHash: InfoHash): TorrentRecord | undefined {
    return this.#torrents.get(infoHash);
  }

  remove(infoHash: InfoHash): void {
    const torrent = this.#torrents.get(infoHash);
    if (torrent === undefined) return;
    this.#torrents.delete(infoHash);
    this.#count(torrent, -1);
    this.#sorted.clear();
  }

  /** Removes all entries. */
  clear(): void {
    for (const map of [this.#torrents, this.#totals, this.#sorted]) map.clear();
  }

  ownedBy(account: AccountId): readonly TorrentRecord[] {
    return [...this.#torrents.values()].filter(({ owner }) => owner === account);
  }

  /** As `RecordStore.torrentTotals`. */
  totals(publisher: TorrentPublisher | undefined): TorrentTotals {
    return this.#totals.get(publisher === undefined ? "" : publisherKey(publisher)) ?? NOTHING;
  }

  /** As `RecordStore.searchTorrents`. */
  search({ text, order, limit, cursor }: TorrentQuery): Page<TorrentRecord> {
    const words = foldedWords(text);
    const sorted = this.#inOrder(order);
    const place = parseTorrentCursor(order, cursor);
    const start = place === undefined ? 0 : firstAfter(sorted, order, place);
    // Each word is a look at each text.
    const most = Math.max(1, Math.floor(this.#limits.maxScannedTorrents / Math.max(1, words.length)));
    const end = Math.min(sorted.length, start + most);
    const items: TorrentRecord[] = [];
    let last: TorrentRecord | undefined;
    for (let at = start; at < end && items.length < limit; at++) {
      last = sorted[at];
      if (last !== undefined && words.every((word) => last?.searchText.includes(word))) items.push(last);
    }
    if (last === undefined || last === sorted.at(-1)) return { items };
    return { items, nextCursor: torrentCursor(order, placeOf(order, last)) };
  }

  #inOrder(order: TorrentOrder): readonly TorrentRecord[] {
    const known = this.#sorted.get(order);
    if (known !== undefined) return known;
    const sorted = [...this.#torrents.values()].sort((left, right) =>
      comparePlaces(placeOf(order, left), placeOf(order, right)),
    );
    this.#sorted.set(order, sorted);
    return sorted;
  }

  #count(torrent: TorrentRecord, change: 1 | -1): void {
    const { owner, network, infoBytes } = torrent;
    const keys = [""];
    if (owner !== undefined) keys.push(publisherKey({ owner }));
    if (network !== undefined) keys.push(publisherKey({ network }));
    for (const key of keys) {
      const before = this.#totals.get(key) ?? NOTHING;
      const count = before.count + change;
      if (count === 0) this.#totals.delete(key);
      else this.#totals.set(key, { count, infoBytes: before.infoBytes + change * infoBytes });
    }
  }
}

const NOTHING: TorrentTotals = { count: 0, infoBytes: 0 };

function publisherKey(publisher: TorrentPublisher): string {
  return "owner" in publisher ? `owner ${publisher.owner}` : `network ${publisher.network}`;
}

function placeOf(order: TorrentOrder, torrent: TorrentRecord): TorrentPlace {
  return { key: sortKey(order, torrent), infoHash: torrent.infoHash };
}

/** Binary search. */
function firstAfter(sorted: readonly TorrentRecord[], order: TorrentOrder, place: TorrentPlace): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = sorted[middle];
    if (there !== undefined && comparePlaces(placeOf(order, there), place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Names from the front, numbers from the highest. */
function comparePlaces(left: TorrentPlace, right: TorrentPlace): number {
  const byKey =
    typeof left.key === "number" || typeof right.key === "number"
      ? Number(right.key) - Number(left.key)
      : compareUtf8(left.key, right.key);
  return byKey || (left.infoHash < right.infoHash ? -1 : Number(left.infoHash > right.infoHash));
}
