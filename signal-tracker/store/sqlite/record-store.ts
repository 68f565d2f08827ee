import type { InfoHash } from "#shared/base/ids.ts";
import {
  type AccountChange,
  type AccountId,
  type AccountRecord,
  type KeyChange,
  type KeyId,
  type KeyRecord,
  type Page,
  type RecordStore,
  type SessionRecord,
  StoreUnavailable,
  type TokenHash,
  type TorrentPublisher,
  type TorrentQuery,
  type TorrentRecord,
  type TorrentSighting,
  type TorrentTotals,
  type UnixMillis,
} from "../../core/record-store.ts";
import { RECORD_LIMITS, type RecordLimits } from "../../limits/catalog.ts";
import { AccountTables } from "./account-tables.ts";
import { openRecordFile, type RecordFile } from "./record-file.ts";
import { isStorageFault, sentenceOf } from "./sqlite-errors.ts";
import { Statements } from "./statements.ts";
import { searchTorrents } from "./torrent-search.ts";
import { TorrentTables } from "./torrent-tables.ts";

/** Keeps records in a SQLite file. A resolved promise means that the disk has them. */
export class SqliteRecordStore implements RecordStore {
  readonly #limits: RecordLimits;
  readonly #file: RecordFile;
  readonly #statements: Statements;
  readonly #accounts: AccountTables;
  readonly #torrents: TorrentTables;

  /** Opens the file in a folder that exists. Throws a `RecordFileError`. */
  constructor(folder: string, limits: RecordLimits = RECORD_LIMITS) {
    this.#limits = limits;
    this.#file = openRecordFile(folder);
    this.#statements = new Statements(this.#file.database);
    this.#accounts = new AccountTables(this.#statements);
    this.#torrents = new TorrentTables(this.#statements);
  }

  addAccount(account: AccountRecord): Promise<boolean> {
    return this.#run(() => this.#accounts.addAccount(account));
  }

  account(id: AccountId): Promise<AccountRecord | undefined> {
    return this.#run(() => this.#accounts.account(id));
  }

  accountByName(foldedName: string): Promise<AccountRecord | undefined> {
    return this.#run(() => this.#accounts.accountByName(foldedName));
  }

  listAccounts(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>> {
    return this.#run(() => this.#accounts.listAccounts(limit, cursor));
  }

  updateAccount(id: AccountId, change: AccountChange): Promise<AccountRecord | undefined> {
    return this.#run(() => this.#accounts.updateAccount(id, change));
  }

  removeAccount(id: AccountId): Promise<void> {
    return this.#run(() => this.#accounts.removeAccount(id));
  }

  addSession(session: SessionRecord): Promise<void> {
    return this.#run(() => this.#accounts.addSession(session));
  }

  session(hash: TokenHash): Promise<SessionRecord | undefined> {
    return this.#run(() => this.#accounts.session(hash));
  }

  sessionsOf(account: AccountId): Promise<readonly SessionRecord[]> {
    return this.#run(() => this.#accounts.sessionsOf(account));
  }

  extendSession(hash: TokenHash, expiresAt: UnixMillis): Promise<void> {
    return this.#run(() => this.#accounts.extendSession(hash, expiresAt));
  }

  removeSession(hash: TokenHash): Promise<void> {
    return this.#run(() => this.#accounts.removeSession(hash));
  }

  removeSessions(account: AccountId, except?: TokenHash): Promise<void> {
    return this.#run(() => this.#accounts.removeSessions(account, except));
  }

  addKey(key: KeyRecord): Promise<void> {
    return this.#run(() => this.#accounts.addKey(key));
  }

  key(hash: TokenHash): Promise<KeyRecord | undefined> {
    return this.#run(() => this.#accounts.key(hash));
  }

  keysOf(account: AccountId): Promise<readonly KeyRecord[]> {
    return this.#run(() => this.#accounts.keysOf(account));
  }

  updateKey(id: KeyId, change: KeyChange): Promise<KeyRecord | undefined> {
    return this.#run(() => this.#accounts.updateKey(id, change));
  }

  removeKey(id: KeyId): Promise<void> {
    return this.#run(() => this.#accounts.removeKey(id));
  }

  addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): Promise<boolean> {
    return this.#run(() => this.#torrents.addTorrent(torrent, infoBytes));
  }

  torrent(infoHash: InfoHash): Promise<TorrentRecord | undefined> {
    return this.#run(() => this.#torrents.torrent(infoHash));
  }

  torrentInfo(infoHash: InfoHash): Promise<Uint8Array | undefined> {
    return this.#run(() => this.#torrents.torrentInfo(infoHash));
  }

  removeTorrent(infoHash: InfoHash): Promise<void> {
    return this.#run(() => this.#torrents.removeTorrent(infoHash));
  }

  searchTorrents(query: TorrentQuery): Promise<Page<TorrentRecord>> {
    return this.#run(() => searchTorrents(this.#statements, query, this.#limits));
  }

  torrentTotals(publisher?: TorrentPublisher): Promise<TorrentTotals> {
    return this.#run(() => this.#torrents.torrentTotals(publisher));
  }

  sawTorrents(sightings: readonly TorrentSighting[]): Promise<void> {
    return this.#run(() => this.#torrents.sawTorrents(sightings));
  }

  setting(name: string): Promise<string | undefined> {
    return this.#run(() => {
      const value = this.#statements.row("SELECT value FROM settings WHERE name = ?", name)?.["value"];
      return typeof value === "string" ? value : undefined;
    });
  }

  putSetting(name: string, value: string): Promise<void> {
    return this.#run(() => {
      const sql =
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
      this.#statements.run(sql, name, value);
    });
  }

  removeExpired(now: UnixMillis, keysBefore: UnixMillis): Promise<void> {
    return this.#run(() => this.#accounts.removeExpired(now, keysBefore));
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  /** The work waits for the disk: it is short, and rare compared with announces, which need no records. */
  async #run<Result>(work: () => Result): Promise<Result> {
    try {
      return work();
    } catch (error) {
      if (!isStorageFault(error)) throw error;
      throw new StoreUnavailable(sentenceOf(error, this.#file.database.name), { cause: error });
    }
  }
}
