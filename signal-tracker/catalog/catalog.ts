import { setImmediate } from "node:timers/promises";
import type { SwarmCounts } from "#shared/announce/announce.ts";
import { fold, foldedWords } from "#shared/base/fold.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import {
  type AccountId,
  type Page,
  type RecordStore,
  type TorrentOrder,
  type TorrentPublisher,
  type TorrentRecord,
  type UnixMillis,
  UnknownCursor,
} from "../core/record-store.ts";
import { type CatalogLimits, MAX_SEARCH_WORDS } from "../limits/catalog.ts";
import { DetailsReader, type TorrentDetails } from "./details.ts";
import { goesAt, isQuiet } from "./lifetime.ts";
import { type NewEntry, readNewEntry } from "./new-entry.ts";
import { mayUnpublish, newOwnerKey, publisherOf, type Sender } from "./publisher.ts";
import { CatalogRefusal } from "./refusal.ts";

/** What the catalog needs. */
export interface CatalogOptions {
  readonly store: RecordStore;
  /** Who is in these swarms now, in the same order. */
  readonly counts: (infoHashes: readonly InfoHash[]) => Promise<readonly SwarmCounts[]>;
  readonly limits: CatalogLimits;
  /** How long an entry lasts that nobody seeds. */
  readonly lifetimeMillis: number;
  /** Whether the tracker serves the torrent at all. */
  readonly isAllowed: (infoHash: InfoHash) => boolean;
  readonly now: () => UnixMillis;
}

/** An entry as it is now. */
export interface CatalogEntry {
  readonly record: TorrentRecord;
  readonly counts: SwarmCounts;
  /** The name of its owner's account. */
  readonly publishedBy: string | undefined;
  readonly lastSeededAt: UnixMillis | undefined;
  /** When it will be removed. Undefined: somebody has seeded it lately. */
  readonly goesAt: UnixMillis | undefined;
}

/** An entry that was opened. */
export interface OpenedEntry extends CatalogEntry, TorrentDetails {
  readonly canUnpublish: boolean;
}

/** What to list. */
export interface CatalogQuery {
  /** As a person typed it. */
  readonly text: string;
  readonly order: TorrentOrder;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** The published torrents of a tracker. */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #startedAt: UnixMillis;
  readonly #details: DetailsReader;
  /** The publication before. One at a time, so that two at once do not both take the last place. */
  #publishing: Promise<unknown> = Promise.resolve();
  /** The turn of the search before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#details = new DetailsReader(options.store);
  }

  /**
   * Publishes a .torrent file. Without accounts, whoever holds `ownerKey` may unpublish it. Rejects with a `ProtocolError` for a
   * file that is not a torrent, or a `CatalogRefusal`.
   */
  async publish(
    torrentFile: Uint8Array,
    description: string,
    sender: Sender,
  ): Promise<{ readonly entry: CatalogEntry; readonly ownerKey: string | undefined }> {
    const entry = readNewEntry(torrentFile, description);
    if (!this.#options.isAllowed(entry.content.infoHash))
      throw new CatalogRefusal("torrentNotAllowed", "This tracker does not serve that torrent.");
    const publishing = this.#publishing.then(() => this.#add(entry, sender));
    this.#publishing = publishing.catch(() => {});
    const { record, ownerKey } = await publishing;
    const [published] = await this.#entries([record]);
    if (published === undefined) throw new Error("an entry was lost");
    return { entry: published, ownerKey };
  }

  /** Rejects with a `CatalogRefusal` for somebody else's entry, or one that is not there. */
  async unpublish(infoHash: InfoHash, sender: Sender): Promise<void> {
    const record = await this.#record(infoHash);
    if (!mayUnpublish(record, sender))
      throw new CatalogRefusal(
        "notYours",
        "Only who published this torrent may remove it, or an administrator.",
      );
    await this.#options.store.removeTorrent(infoHash);
  }

  /** A part of the catalog. Rejects with a `CatalogRefusal`. */
  async list({ text, order, limit, cursor }: CatalogQuery): Promise<Page<CatalogEntry>> {
    const words = [...new Set(foldedWords(fold(text)))];
    if (words.length > MAX_SEARCH_WORDS)
      throw new CatalogRefusal("searchTooLong", `Search for at most ${MAX_SEARCH_WORDS} words at once.`);
    // Announces come between two searches, each of which may take milliseconds, however many networks search at once.
    this.#turn = this.#turn.then(() => setImmediate());
    await this.#turn;
    try {
      const page = await this.#options.store.searchTorrents({ text: words.join(" "), order, limit, cursor });
      return { ...page, items: await this.#entries(page.items) };
    } catch (error) {
      if (!(error instanceof UnknownCursor)) throw error;
      throw new CatalogRefusal(
        "malformedCursor",
        "The cursor does not belong to this list. Start again from the beginning.",
      );
    }
  }

  /** Rejects with a `CatalogRefusal` if it is not there. */
  async open(infoHash: InfoHash, sender: Sender): Promise<OpenedEntry> {
    const record = await this.#record(infoHash);
    const [[entry], details] = await Promise.all([this.#entries([record]), this.#details.read(record)]);
    if (entry === undefined || details === undefined) throw noSuchTorrent();
    return { ...entry, ...details, canUnpublish: mayUnpublish(record, sender) };
  }

  /** The exact info dictionary. Rejects with a `CatalogRefusal` if it is not there. */
  async infoOf(
    infoHash: InfoHash,
  ): Promise<{ readonly record: TorrentRecord; readonly infoBytes: Uint8Array }> {
    const record = await this.#record(infoHash);
    const infoBytes = await this.#options.store.torrentInfo(infoHash);
    if (infoBytes === undefined) throw noSuchTorrent();
    return { record, infoBytes };
  }

  /** Rejects with a `CatalogRefusal` if the torrent is not published. */
  async requireEntry(infoHash: InfoHash): Promise<void> {
    await this.#record(infoHash);
  }

  async #record(infoHash: InfoHash): Promise<TorrentRecord> {
    const record = this.#options.isAllowed(infoHash)
      ? await this.#options.store.torrent(infoHash)
      : undefined;
    if (record === undefined) throw noSuchTorrent();
    return record;
  }

  async #add(
    { content, infoBytes }: NewEntry,
    sender: Sender,
  ): Promise<{ readonly record: TorrentRecord; readonly ownerKey: string | undefined }> {
    const { store, now } = this.#options;
    if ((await store.torrent(content.infoHash)) !== undefined) throw alreadyPublished();
    const publisher = publisherOf(sender);
    await this.#requireRoom(content.infoBytes, publisher);
    const { ownerKey, ownerKeyHash } = newOwnerKey(sender);
    const record: TorrentRecord = {
      ...content,
      ...publisher,
      ...(ownerKeyHash !== undefined && { ownerKeyHash }),
      publishedAt: now(),
      seeders: 0,
    };
    if (await store.addTorrent(record, infoBytes)) return { record, ownerKey };
    throw alreadyPublished();
  }

  async #requireRoom(infoBytes: number, publisher: TorrentPublisher | undefined): Promise<void> {
    const { store, limits } = this.#options;
    if (publisher !== undefined) {
      const own = await store.torrentTotals(publisher);
      if (
        own.count >= limits.maxTorrentsPerPublisher ||
        own.infoBytes + infoBytes > limits.maxInfoBytesPerPublisher
      )
        throw new CatalogRefusal(
          "tooManyTorrents",
          "You have published as much as one may here. Unpublish something first.",
        );
    }
    const all = await store.torrentTotals();
    if (all.count >= limits.maxTorrents || all.infoBytes + infoBytes > limits.maxInfoBytes)
      throw new CatalogRefusal(
        "catalogFull",
        "The catalog is full. Try again later: entries that nobody seeds are removed.",
      );
  }

  /** Without those that the tracker does not serve. */
  async #entries(records: readonly TorrentRecord[]): Promise<readonly CatalogEntry[]> {
    const served = records.filter(({ infoHash }) => this.#options.isAllowed(infoHash));
    const [counts, names] = await Promise.all([
      this.#options.counts(served.map(({ infoHash }) => infoHash)),
      this.#ownerNames(served),
    ]);
    return served.map((record, at) => this.#entry(record, counts[at] ?? NOBODY_THERE, names));
  }

  #entry(record: TorrentRecord, counts: SwarmCounts, names: ReadonlyMap<AccountId, string>): CatalogEntry {
    const now = this.#options.now();
    const lastSeededAt = counts.seeders > 0 ? now : record.lastSeededAt;
    const { publishedAt } = record;
    const seen = lastSeededAt === undefined ? { publishedAt } : { publishedAt, lastSeededAt };
    const lifetime = { lifetimeMillis: this.#options.lifetimeMillis, startedAt: this.#startedAt };
    return {
      record,
      counts,
      publishedBy: record.owner === undefined ? undefined : names.get(record.owner),
      lastSeededAt,
      goesAt: isQuiet(seen, now) ? goesAt(seen, lifetime) : undefined,
    };
  }

  async #ownerNames(records: readonly TorrentRecord[]): Promise<ReadonlyMap<AccountId, string>> {
    const owners = [...new Set(records.flatMap(({ owner }) => owner ?? []))];
    const accounts = await Promise.all(owners.map((owner) => this.#options.store.account(owner)));
    return new Map(accounts.flatMap((account) => (account ? [[account.id, account.name] as const] : [])));
  }
}

const NOBODY_THERE: SwarmCounts = { seeders: 0, leechers: 0, downloaded: 0 };

function alreadyPublished(): CatalogRefusal {
  return new CatalogRefusal("alreadyPublished", "This torrent is in the catalog already.");
}

function noSuchTorrent(): CatalogRefusal {
  return new CatalogRefusal("noSuchTorrent", "This torrent is not in the catalog.");
}
