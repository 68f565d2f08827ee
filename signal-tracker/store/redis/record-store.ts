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
import { RECORD_KEYS, recordKey } from "./record-scripts.ts";
import type { RedisLink, RedisReply } from "./redis-link.ts";
import type { Script } from "./script.ts";

/** Expired records removed by one script, so that it does not hold up announces. */
const REMOVED_AT_ONCE = 500;

/**
 * Keeps records in Redis, where all nodes see them. What must be unique or goes together changes in one script.
 * How durable they are is up to Redis: see docs/operation.md.
 */
export class RedisRecordStore implements RecordStore {
  readonly #link: RedisLink;
  readonly #catalog: RedisCatalog;

  constructor(link: RedisLink, catalog: RedisCatalog) {
    this.#link = link;
    this.#catalog = catalog;
  }

  async addAccount(account: AccountRecord): Promise<boolean> {
    const { id, foldedName } = account;
    return (await this.#run(scripts.ADD_ACCOUNT, id, foldedName, JSON.stringify(account))) === 1;
  }

  account(id: AccountId): Promise<AccountRecord | undefined> {
    return this.#record("accounts", id);
  }

  async accountByName(foldedName: string): Promise<AccountRecord | undefined> {
    const id = await this.#text("names", foldedName);
    return id === undefined ? undefined : this.account(id as AccountId);
  }

  async listAccounts(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>> {
    const from = cursor === undefined ? "-" : `(${cursor}`;
    const range = ["ZRANGEBYLEX", recordKey("byName"), from, "+", "LIMIT", "0", String(limit + 1)];
    const names = textsOf(await this.#link.send(range));
    const listed = names.slice(0, limit);
    const ids = await this.#texts("names", listed);
    const items = await this.#records<AccountRecord>("accounts", ids);
    const last = listed.at(-1);
    return names.length > limit && last !== undefined ? { items, nextCursor: last } : { items };
  }

  updateAccount(id: AccountId, change: AccountChange): Promise<AccountRecord | undefined> {
    return this.#update<AccountRecord>(
      "accounts",
      id,
      (account) => {
        const { bannedAt, ...rest } = { ...account, ...change };
        return bannedAt === null || bannedAt === undefined ? rest : { ...rest, bannedAt };
      },
      (before, after) => this.#run(scripts.REPLACE, "accounts", id, before, JSON.stringify(after)),
    );
  }

  async removeAccount(id: AccountId): Promise<void> {
    const account = await this.account(id);
    if (account === undefined) return;
    const changes = textsOf(await this.#run(scripts.REMOVE_ACCOUNT, id, account.foldedName));
    for (let at = 0; at < changes.length; at += 2)
      this.#catalog.removed(changes[at] as InfoHash, Number(changes[at + 1]));
  }

  async addSession(session: SessionRecord): Promise<void> {
    const { hash, account, expiresAt } = session;
    await this.#run(scripts.ADD_SESSION, hash, account, JSON.stringify(session), String(expiresAt));
  }

  session(hash: TokenHash): Promise<SessionRecord | undefined> {
    return this.#record("sessions", hash);
  }

  async sessionsOf(account: AccountId): Promise<readonly SessionRecord[]> {
    const sessions = await this.#owned<SessionRecord>("sessions", `sessionsOf:${account}`);
    return sessions.sort(
      (left, right) => left.createdAt - right.createdAt || compareUtf8(left.hash, right.hash),
    );
  }

  async extendSession(hash: TokenHash, expiresAt: UnixMillis): Promise<void> {
    await this.#update<SessionRecord>(
      "sessions",
      hash,
      (session) => ({ ...session, expiresAt }),
      (before, after) =>
        this.#run(scripts.EXTEND_SESSION, hash, before, JSON.stringify(after), String(expiresAt)),
    );
  }

  async removeSession(hash: TokenHash): Promise<void> {
    await this.#run(scripts.REMOVE_SESSION, hash);
  }

  async removeSessions(account: AccountId, except?: TokenHash): Promise<void> {
    await this.#run(scripts.REMOVE_SESSIONS, account, except ?? "");
  }

  async addKey(key: KeyRecord): Promise<void> {
    await this.#run(scripts.ADD_KEY, key.id, key.hash, key.account, JSON.stringify(key), endOf(key));
  }

  async key(hash: TokenHash): Promise<KeyRecord | undefined> {
    const id = await this.#text("keyIds", hash);
    return id === undefined ? undefined : this.#record("keys", id);
  }

  async keysOf(account: AccountId): Promise<readonly KeyRecord[]> {
    const keys = await this.#owned<KeyRecord>("keys", `keysOf:${account}`);
    return keys.sort((left, right) => left.createdAt - right.createdAt || compareUtf8(left.id, right.id));
  }

  updateKey(id: KeyId, change: KeyChange): Promise<KeyRecord | undefined> {
    return this.#update<KeyRecord>(
      "keys",
      id,
      (key) => ({ ...key, ...change }),
      (before, after) => this.#run(scripts.REPLACE_KEY, id, before, JSON.stringify(after), endOf(after)),
    );
  }

  async removeKey(id: KeyId): Promise<void> {
    await this.#run(scripts.REMOVE_KEY, id);
  }

  async addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): Promise<boolean> {
    const { seeders, lastSeededAt, ...record } = torrent;
    const version = await this.#run(
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
    const version = await this.#run(scripts.REMOVE_TORRENT, infoHash);
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
    if (words.length > 0) await this.#run(scripts.SAW_TORRENTS, ...words);
    this.#catalog.saw(sightings);
  }

  setting(name: string): Promise<string | undefined> {
    return this.#text("settings", name);
  }

  async putSetting(name: string, value: string): Promise<void> {
    await this.#link.send(["HSET", recordKey("settings"), name, value]);
  }

  async removeExpired(now: UnixMillis, keysBefore: UnixMillis): Promise<void> {
    const bounds = [String(now), String(keysBefore), String(REMOVED_AT_ONCE)];
    while ((await this.#run(scripts.REMOVE_EXPIRED, ...bounds)) !== 0);
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** Tries again when another node was faster. Undefined: there is no such record. */
  async #update<Item>(
    hash: string,
    field: string,
    change: (item: Item) => Item,
    replace: (before: string, after: Item) => Promise<RedisReply>,
  ): Promise<Item | undefined> {
    for (;;) {
      const before = await this.#text(hash, field);
      if (before === undefined) return undefined;
      const after = change(JSON.parse(before) as Item);
      if ((await replace(before, after)) === 1) return after;
    }
  }

  async #owned<Item>(hash: string, set: string): Promise<Item[]> {
    const fields = textsOf(await this.#link.send(["SMEMBERS", recordKey(set)]));
    return this.#records(hash, fields);
  }

  async #record<Item>(hash: string, field: string): Promise<Item | undefined> {
    const text = await this.#text(hash, field);
    return text === undefined ? undefined : (JSON.parse(text) as Item);
  }

  async #records<Item>(hash: string, fields: readonly string[]): Promise<Item[]> {
    return (await this.#texts(hash, fields)).map((text) => JSON.parse(text) as Item);
  }

  async #text(hash: string, field: string): Promise<string | undefined> {
    const text = await this.#link.send(["HGET", recordKey(hash), field]);
    return typeof text === "string" ? text : undefined;
  }

  /** Leaves out what is not there. */
  async #texts(hash: string, fields: readonly string[]): Promise<readonly string[]> {
    if (fields.length === 0) return [];
    const texts = await this.#link.send(["HMGET", recordKey(hash), ...fields]);
    return Array.isArray(texts) ? texts.filter((text): text is string => typeof text === "string") : [];
  }

  #run(script: Script, ...args: readonly (string | Buffer)[]): Promise<RedisReply> {
    return script.run(this.#link, RECORD_KEYS, args);
  }
}

/** When a key has ended, or will. Empty: never. */
function endOf({ expiresAt, revokedAt }: KeyRecord): string {
  const end = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, revokedAt ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(end) ? String(end) : "";
}

function textsOf(reply: RedisReply): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
