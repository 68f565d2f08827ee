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
import { parseTorrentCursor, sortKey, type TorrentPlace, torrentCursor } from "../torrent-cursor.ts";
import { SortedPlaces } from "./sorted-places.ts";

/** The entries of a catalog without their info dictionaries, in memory: finds, sorts and counts them. */
export class TorrentIndex {
  readonly #limits: RecordLimits;
  readonly #torrents = new Map<InfoHash, TorrentRecord>();
  readonly #totals = new Map<string, TorrentTotals>();
  readonly #sorted = {
    newest: new SortedPlaces("newest"),
    seeders: new SortedPlaces("seeders"),
    name: new SortedPlaces("name"),
  } satisfies Record<TorrentOrder, SortedPlaces>;

  constructor(limits: RecordLimits = RECORD_LIMITS) {
    this.#limits = limits;
  }

  /** Adds an entry, or replaces the one of the same torrent. */
  put(torrent: TorrentRecord): void {
    const before = this.#torrents.get(torrent.infoHash);
    if (before !== undefined) this.#count(before, -1);
    this.#torrents.set(torrent.infoHash, torrent);
    this.#count(torrent, 1);
    this.#sort(before, torrent);
  }

  get(infoHash: InfoHash): TorrentRecord | undefined {
    return this.#torrents.get(infoHash);
  }

  remove(infoHash: InfoHash): void {
    const torrent = this.#torrents.get(infoHash);
    if (torrent === undefined) return;
    this.#torrents.delete(infoHash);
    this.#count(torrent, -1);
    this.#sort(torrent, undefined);
  }

  /** Removes all entries. */
  clear(): void {
    for (const part of [this.#torrents, this.#totals, ...Object.values(this.#sorted)]) part.clear();
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
    const sorted = this.#sorted[order];
    // Each word is a look at each text.
    let left = Math.max(1, Math.floor(this.#limits.maxScannedTorrents / Math.max(1, words.length)));
    const items: TorrentRecord[] = [];
    let last: TorrentPlace | undefined;
    for (const place of sorted.after(parseTorrentCursor(order, cursor))) {
      last = place;
      const torrent = this.#torrents.get(place.infoHash);
      if (torrent !== undefined && words.every((word) => torrent.searchText.includes(word)))
        items.push(torrent);
      if (--left === 0 || items.length === limit) break;
    }
    if (last === undefined || last === sorted.last) return { items };
    return { items, nextCursor: torrentCursor(order, last) };
  }

  /** Moves an entry in those orders in which its place has changed. */
  #sort(before: TorrentRecord | undefined, after: TorrentRecord | undefined): void {
    for (const sorted of Object.values(this.#sorted)) {
      const [from, to] = [before, after].map((torrent) => torrent && placeOf(sorted.order, torrent));
      if (from !== undefined && from.key === to?.key) continue;
      if (from !== undefined) sorted.remove(from);
      if (to !== undefined) sorted.add(to);
    }
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
