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
import type { RecordLimits } from "../../limits/catalog.ts";
import { compareUtf8 } from "../compare-utf8.ts";
import { TorrentIndex } from "./torrent-index.ts";

/** Keeps records until the process ends. */
export class MemoryRecordStore implements RecordStore {
  readonly #accounts = new Map<AccountId, AccountRecord>();
  readonly #accountIds = new Map<string, AccountId>();
  readonly #sessions = new Map<TokenHash, SessionRecord>();
  readonly #sessionsOf = new Map<AccountId, Set<TokenHash>>();
  readonly #keys = new Map<KeyId, KeyRecord>();
  readonly #keyIds = new Map<TokenHash, KeyId>();
  readonly #keysOf = new Map<AccountId, Set<KeyId>>();
  readonly #torrents: TorrentIndex;
  readonly #infos = new Map<InfoHash, Uint8Array>();
  readonly #settings = new Map<string, string>();

  constructor(limits?: RecordLimits) {
    this.#torrents = new TorrentIndex(limits);
  }

  async addAccount(account: AccountRecord): Promise<boolean> {
    if (this.#accountIds.has(account.foldedName)) return false;
    this.#accounts.set(account.id, account);
    this.#accountIds.set(account.foldedName, account.id);
    return true;
  }

  async account(id: AccountId): Promise<AccountRecord | undefined> {
    return this.#accounts.get(id);
  }

  async accountByName(foldedName: string): Promise<AccountRecord | undefined> {
    const id = this.#accountIds.get(foldedName);
    return id === undefined ? undefined : this.#accounts.get(id);
  }

  async listAccounts(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>> {
    const following = [...this.#accounts.values()]
      .filter(({ foldedName }) => cursor === undefined || compareUtf8(foldedName, cursor) > 0)
      .sort((left, right) => compareUtf8(left.foldedName, right.foldedName));
    const items = following.slice(0, limit);
    const last = items.at(-1);
    return following.length > limit && last !== undefined
      ? { items, nextCursor: last.foldedName }
      : { items };
  }

  async updateAccount(id: AccountId, change: AccountChange): Promise<AccountRecord | undefined> {
    const account = this.#accounts.get(id);
    if (account === undefined) return undefined;
    const { bannedAt, ...rest } = { ...account, ...change };
    const changed = bannedAt === null || bannedAt === undefined ? rest : { ...rest, bannedAt };
    this.#accounts.set(id, changed);
    return changed;
  }

  async removeAccount(id: AccountId): Promise<void> {
    const account = this.#accounts.get(id);
    if (account === undefined) return;
    this.#accounts.delete(id);
    this.#accountIds.delete(account.foldedName);
    await this.removeSessions(id);
    for (const key of await this.keysOf(id)) await this.removeKey(key.id);
    for (const { infoHash } of this.#torrents.ownedBy(id)) await this.removeTorrent(infoHash);
  }

  async addSession(session: SessionRecord): Promise<void> {
    if (!this.#accounts.has(session.account)) return;
    this.#sessions.set(session.hash, session);
    addTo(this.#sessionsOf, session.account, session.hash);
  }

  async session(hash: TokenHash): Promise<SessionRecord | undefined> {
    return this.#sessions.get(hash);
  }

  async sessionsOf(account: AccountId): Promise<readonly SessionRecord[]> {
    return [...(this.#sessionsOf.get(account) ?? [])]
      .flatMap((hash) => this.#sessions.get(hash) ?? [])
      .sort((left, right) => left.createdAt - right.createdAt || compareUtf8(left.hash, right.hash));
  }

  async extendSession(hash: TokenHash, expiresAt: UnixMillis): Promise<void> {
    const session = this.#sessions.get(hash);
    if (session !== undefined) this.#sessions.set(hash, { ...session, expiresAt });
  }

  async removeSession(hash: TokenHash): Promise<void> {
    const session = this.#sessions.get(hash);
    if (session === undefined) return;
    this.#sessions.delete(hash);
    removeFrom(this.#sessionsOf, session.account, hash);
  }

  async removeSessions(account: AccountId, except?: TokenHash): Promise<void> {
    for (const { hash } of await this.sessionsOf(account))
      if (hash !== except) await this.removeSession(hash);
  }

  async addKey(key: KeyRecord): Promise<void> {
    if (!this.#accounts.has(key.account)) return;
    this.#keys.set(key.id, key);
    this.#keyIds.set(key.hash, key.id);
    addTo(this.#keysOf, key.account, key.id);
  }

  async key(hash: TokenHash): Promise<KeyRecord | undefined> {
    const id = this.#keyIds.get(hash);
    return id === undefined ? undefined : this.#keys.get(id);
  }

  async keysOf(account: AccountId): Promise<readonly KeyRecord[]> {
    return [...(this.#keysOf.get(account) ?? [])]
      .flatMap((id) => this.#keys.get(id) ?? [])
      .sort((left, right) => left.createdAt - right.createdAt || compareUtf8(left.id, right.id));
  }

  async updateKey(id: KeyId, change: KeyChange): Promise<KeyRecord | undefined> {
    const key = this.#keys.get(id);
    if (key === undefined) return undefined;
    const changed = { ...key, ...change };
    this.#keys.set(id, changed);
    return changed;
  }

  async removeKey(id: KeyId): Promise<void> {
    const key = this.#keys.get(id);
    if (key === undefined) return;
    this.#keys.delete(id);
    this.#keyIds.delete(key.hash);
    removeFrom(this.#keysOf, key.account, id);
  }

  async addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): Promise<boolean> {
    const { infoHash, owner } = torrent;
    if (this.#torrents.get(infoHash) !== undefined) return false;
    if (owner !== undefined && !this.#accounts.has(owner)) return false;
    this.#torrents.put(torrent);
    this.#infos.set(infoHash, Uint8Array.from(infoBytes));
    return true;
  }

  async torrent(infoHash: InfoHash): Promise<TorrentRecord | undefined> {
    return this.#torrents.get(infoHash);
  }

  async torrentInfo(infoHash: InfoHash): Promise<Uint8Array | undefined> {
    return this.#infos.get(infoHash);
  }

  async removeTorrent(infoHash: InfoHash): Promise<void> {
    this.#torrents.remove(infoHash);
    this.#infos.delete(infoHash);
  }

  async searchTorrents(query: TorrentQuery): Promise<Page<TorrentRecord>> {
    return this.#torrents.search(query);
  }

  async torrentTotals(publisher?: TorrentPublisher): Promise<TorrentTotals> {
    return this.#torrents.totals(publisher);
  }

  async sawTorrents(sightings: readonly TorrentSighting[]): Promise<void> {
    for (const sighting of sightings) {
      const torrent = this.#torrents.get(sighting.infoHash);
      if (torrent !== undefined) this.#torrents.put({ ...torrent, ...sighting });
    }
  }

  async setting(name: string): Promise<string | undefined> {
    return this.#settings.get(name);
  }

  async putSetting(name: string, value: string): Promise<void> {
    this.#settings.set(name, value);
  }

  async removeExpired(now: UnixMillis, keysBefore: UnixMillis): Promise<void> {
    for (const { hash, expiresAt } of this.#sessions.values())
      if (expiresAt < now) await this.removeSession(hash);
    for (const { id, expiresAt, revokedAt } of this.#keys.values())
      if (Math.min(expiresAt ?? Infinity, revokedAt ?? Infinity) < keysBefore) await this.removeKey(id);
  }

  async close(): Promise<void> {}
}

function addTo<Item>(sets: Map<AccountId, Set<Item>>, account: AccountId, item: Item): void {
  const known = sets.get(account);
  if (known === undefined) sets.set(account, new Set([item]));
  else known.add(item);
}

function removeFrom<Item>(sets: Map<AccountId, Set<Item>>, account: AccountId, item: Item): void {
  const known = sets.get(account);
  known?.delete(item);
  if (known?.size === 0) sets.delete(account);
}
