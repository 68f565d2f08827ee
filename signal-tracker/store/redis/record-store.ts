import type { InfoHash } from "#shared/base/ids.ts";
import type {
  AccountChange,
  AccountId,
  AccountRecord,
  KeyChange,
  KeyId,
  KeyRecord,
  Page,
  RecordStore,
  SessionRecord,
  TokenHash,
  TorrentPublisher,
  TorrentQuery,
  TorrentRecord,
  TorrentSighting,
  TorrentTotals,
  UnixMillis,
} from "../../core/record-store.ts";
import { compareUtf8 } from "../compare-utf8.ts";
import type { RedisCatalog } from "./catalog.ts";
import * as scripts from "./record-scripts.ts";
import { recordKey } from "./record-scripts.ts";
import { RecordTables, type UnreadableRecord } from "./record-tables.ts";
import { type RedisLink, textsOf } from "./redis-link.ts";

/** Expired records removed by one script, so that it does not hold up announces. */
const REMOVED_AT_ONCE = 500;

/**
 * Keeps records in Redis, where all nodes see them. What must be unique or goes together changes in one script.
 * How durable they are is up to Redis: see docs/operation.md.
 */
export class RedisRecordStore implements RecordStore {
  readonly #link: RedisLink;
  readonly #tables: RecordTables;
  readonly #catalog: RedisCatalog;

  /** `unreadable` hears of a record that is passed over. */
  constructor(link: RedisLink, catalog: RedisCatalog, unreadable: UnreadableRecord) {
    this.#link = link;
    this.#tables = new RecordTables(link, unreadable);
    this.#catalog = catalog;
  }

  async addAccount(account: AccountRecord): Promise<boolean> {
    const { id, foldedName } = account;
    return (await this.#tables.run(scripts.ADD_ACCOUNT, id, foldedName, JSON.stringify(account))) === 1;
  }

  account(id: AccountId): Promise<AccountRecord | undefined> {
    return this.#tables.record("accounts", id);
  }

  async accountByName(foldedName: string): Promise<AccountRecord | undefined> {
    // A name that nobody has takes as long as one that somebody has: this may be a log-in.
    const id = (await this.#tables.text("names", foldedName)) ?? "nobody";
    return this.account(id as AccountId);
  }

  async listAccounts(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>> {
    const from = cursor === undefined ? "-" : `(${cursor}`;
    const range = ["ZRANGEBYLEX", recordKey("byName"), from, "+", "LIMIT", "0", String(limit + 1)];
    const names = textsOf(await this.#link.send(range));
    const listed = names.slice(0, limit);
    const ids = await this.#tables.texts("names", listed);
    const items = await this.#tables.records("accounts", ids);
    const last = listed.at(-1);
    return names.length > limit && last !== undefined ? { items, nextCursor: last } : { items };
  }

  updateAccount(id: AccountId, change: AccountChange): Promise<AccountRecord | undefined> {
    return this.#tables.update(
      "accounts",
      id,
      (account) => {
        const { bannedAt, ...rest } = { ...account, ...change };
        return bannedAt === null || bannedAt === undefined ? rest : { ...rest, bannedAt };
      },
      (before, after) => this.#tables.run(scripts.REPLACE, "accounts", id, before, JSON.stringify(after)),
    );
  }

  async removeAccount(id: AccountId): Promise<void> {
    const account = await this.account(id);
    if (account === undefined) return;
    const changes = textsOf(await this.#tables.run(scripts.REMOVE_ACCOUNT, id, account.foldedName));
    for (let at = 0; at < changes.length; at += 2)
      this.#catalog.removed(changes[at] as InfoHash, Number(changes[at + 1]));
  }

  async addSession(session: SessionRecord): Promise<void> {
    const { hash, account, expiresAt } = session;
    await this.#tables.run(scripts.ADD_SESSION, hash, account, JSON.stringify(session), String(expiresAt));
  }

  session(hash: TokenHash): Promise<SessionRecord | undefined> {
    return this.#tables.record("sessions", hash);
  }

  async sessionsOf(account: AccountId): Promise<readonly SessionRecord[]> {
    const sessions = await this.#tables.owned("sessions", `sessionsOf:${account}`);
    return sessions.sort(
      (left, right) => left.createdAt - right.createdAt || compareUtf8(left.hash, right.hash),
    );
  }

  async extendSession(hash: TokenHash, expiresAt: UnixMillis): Promise<void> {
    await this.#tables.update(
      "sessions",
      hash,
      (session) => ({ ...session, expiresAt }),
      (before, after) =>
        this.#tables.run(scripts.EXTEND_SESSION, hash, before, JSON.stringify(after), String(expiresAt)),
    );
  }

  async removeSession(hash: TokenHash): Promise<void> {
    await this.#tables.run(scripts.REMOVE_SESSION, hash);
  }

  async removeSessions(account: AccountId, except?: TokenHash): Promise<void> {
    await this.#tables.run(scripts.REMOVE_SESSIONS, account, except ?? "");
  }

  async addKey(key: KeyRecord): Promise<void> {
    await this.#tables.run(scripts.ADD_KEY, key.id, key.hash, key.account, JSON.stringify(key), endOf(key));
  }

  async key(hash: TokenHash): Promise<KeyRecord | undefined> {
    const id = await this.#tables.text("keyIds", hash);
    return id === undefined ? undefined : this.#tables.record("keys", id);
  }

  async keysOf(account: AccountId): Promise<readonly KeyRecord[]> {
    const keys = await this.#tables.owned("keys", `keysOf:${account}`);
    return keys.sort((left, right) => left.createdAt - right.createdAt || compareUtf8(left.id, right.id));
  }

  updateKey(id: KeyId, change: KeyChange): Promise<KeyRecord | undefined> {
    return this.#tables.update(
      "keys",
      id,
      (key) => ({ ...key, ...change }),
      (before, after) =>
        this.#tables.run(scripts.REPLACE_KEY, id, before, JSON.stringify(after), endOf(after)),
    );
  }

  async removeKey(id: KeyId): Promise<void> {
    await this.#tables.run(scripts.REMOVE_KEY, id);
  }

  async addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): Promise<boolean> {
    const { seeders, lastSeededAt, ...record } = torrent;
    const version = await this.#tables.run(
      scripts.ADD_TORRENT,
      torrent.infoHash,
      JSON.stringify(record),
      Buffer.from(infoBytes),
      torrent.owner ?? "",
      String(seeders),
      String(lastSeededAt ?? ""),
    );
    if (version === 0) return false;
    this.#catalog.added(torrent, Number(version));
    return true;
  }

  torrent(infoHash: InfoHash): Promise<TorrentRecord | undefined> {
    return this.#catalog.read(infoHash);
  }

  async torrentInfo(infoHash: InfoHash): Promise<Uint8Array | undefined> {
    const bytes = await this.#link.sendForBytes(["HGET", recordKey("infos"), infoHash]);
    return bytes === null ? undefined : Uint8Array.from(bytes);
  }

  async removeTorrent(infoHash: InfoHash): Promise<void> {
    const version = await this.#tables.run(scripts.REMOVE_TORRENT, infoHash);
    if (version !== 0) this.#catalog.removed(infoHash, Number(version));
  }

  async searchTorrents(query: TorrentQuery): Promise<Page<TorrentRecord>> {
    return this.#catalog.index.search(query);
  }

  async torrentTotals(publisher?: TorrentPublisher): Promise<TorrentTotals> {
    return this.#catalog.index.totals(publisher);
  }

  /** The other nodes look at the swarms themselves, so they are not told. */
  async sawTorrents(sightings: readonly TorrentSighting[]): Promise<void> {
    const words = sightings.flatMap(({ infoHash, seeders, lastSeededAt }) => [
      infoHash,
      String(seeders),
      String(lastSeededAt ?? ""),
    ]);
    if (words.length > 0) await this.#tables.run(scripts.SAW_TORRENTS, ...words);
    this.#catalog.saw(sightings);
  }

  setting(name: string): Promise<string | undefined> {
    return this.#tables.text("settings", name);
  }

  async putSetting(name: string, value: string): Promise<void> {
    await this.#link.send(["HSET", recordKey("settings"), name, value]);
  }

  async removeExpired(now: UnixMillis, keysBefore: UnixMillis): Promise<void> {
    const bounds = [String(now), String(keysBefore), String(REMOVED_AT_ONCE)];
    while ((await this.#tables.run(scripts.REMOVE_EXPIRED, ...bounds)) !== 0);
  }

  async close(): Promise<void> {
    this.#link.close();
  }
}

/** When a key has ended, or will. Empty: never. */
function endOf({ expiresAt, revokedAt }: KeyRecord): string {
  const end = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, revokedAt ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(end) ? String(end) : "";
}
