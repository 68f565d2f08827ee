import type { InfoHash } from "#shared/base/ids.ts";

// What must outlive the process: accounts, their keys and sessions, and the catalog. Secrets are stored as hashes only.

/** Milliseconds since 1970: the wall clock, as records outlive the process. */
export type UnixMillis = number & { readonly unixMillis: unique symbol };

/** Names an account for ever, even if a later one takes its name. */
export type AccountId = string & { readonly accountId: unique symbol };
/** Names a key to its owner. It is not secret. */
export type KeyId = string & { readonly keyId: unique symbol };
/** The SHA-256 of a random token, in hex: what we keep of sessions, keys and owner keys. */
export type TokenHash = string & { readonly tokenHash: unique symbol };

/** A person who may log in. */
export interface AccountRecord {
  readonly id: AccountId;
  /** As the person wrote it. */
  readonly name: string;
  /** The name in the form in which two names are the same; unique. */
  readonly foldedName: string;
  /** Argon2id in PHC form, with its parameters. */
  readonly passwordHash: string;
  readonly isAdmin: boolean;
  /** Absent: may log in and announce. */
  readonly bannedAt?: UnixMillis;
  readonly createdAt: UnixMillis;
  /** From where its owner has logged in, as `accounts/known-networks.ts` writes it. Absent: from nowhere yet. */
  readonly knownNetworks?: string;
}

/** What may change in an account. `bannedAt: null` lifts a ban. */
export type AccountChange = Partial<Pick<AccountRecord, "passwordHash" | "isAdmin" | "knownNetworks">> & {
  readonly bannedAt?: UnixMillis | null;
};

/** A browser that is logged in. */
export interface SessionRecord {
  readonly hash: TokenHash;
  readonly account: AccountId;
  readonly createdAt: UnixMillis;
  readonly expiresAt: UnixMillis;
}

/** A key, by which programs are known: in announce URLs and as a Bearer token. */
export interface KeyRecord {
  readonly id: KeyId;
  readonly hash: TokenHash;
  readonly account: AccountId;
  /** What its owner calls it. */
  readonly name: string;
  readonly createdAt: UnixMillis;
  /** Absent: never used. */
  readonly lastUsedAt?: UnixMillis;
  /** Absent: does not expire. */
  readonly expiresAt?: UnixMillis;
  /** Revoked keys are kept for a while, so that their users are told. */
  readonly revokedAt?: UnixMillis;
}

/** What may change in a key. */
export type KeyChange = Partial<Pick<KeyRecord, "lastUsedAt" | "expiresAt" | "revokedAt">>;

/** A published torrent: one entry of the catalog. */
export interface TorrentRecord {
  readonly infoHash: InfoHash;
  /** Safe to show. */
  readonly name: string;
  /** Safe to show. */
  readonly description: string;
  readonly bytes: number;
  readonly fileCount: number;
  /** The name, folded (`shared/base/fold.ts`): the order of `name`. */
  readonly foldedName: string;
  /** What a search looks through, folded: name, description and file names. */
  readonly searchText: string;
  /** The length of the info dictionary. */
  readonly infoBytes: number;
  /** The text encoding of its file names, as the .torrent names it. Absent: UTF-8. */
  readonly encoding?: string;
  /** Absent: published without an account. */
  readonly owner?: AccountId;
  /** The network that published it without an account. Absent: with one, or no limits apply to that network. */
  readonly network?: string;
  /** Lets whoever holds it unpublish. Absent: only the owner and administrators may. */
  readonly ownerKeyHash?: TokenHash;
  readonly publishedAt: UnixMillis;
  /** The last time somebody seeded it, as of the last look at the swarms. Absent: never. */
  readonly lastSeededAt?: UnixMillis;
  /** Seeders at that look: the order of `seeders`. */
  readonly seeders: number;
}

/**
 * How a list of torrents is sorted: the newest first, the most seeders first, or by the UTF-8 bytes of the folded name. Equal
 * ones are sorted by info-hash.
 */
export type TorrentOrder = "newest" | "seeders" | "name";

/** Which entries of the catalog to list. */
export interface TorrentQuery {
  /** Folded. Lists the entries whose text contains every word of it, anywhere. No words: all entries. Nothing in it is syntax. */
  readonly text: string;
  readonly order: TorrentOrder;
  /** At most this many. There may be fewer, or none, and more to come all the same: see `nextCursor`. */
  readonly limit: number;
  /** From the page before. Undefined: from the start. */
  readonly cursor: string | undefined;
}

/** What the catalog holds. */
export interface TorrentTotals {
  readonly count: number;
  /** The sum of their info dictionaries. */
  readonly infoBytes: number;
}

/** Whose torrents to count. */
export type TorrentPublisher =
  | Pick<Required<TorrentRecord>, "owner">
  | Pick<Required<TorrentRecord>, "network">;

/** A part of a list, in order. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent: this is the end. */
  readonly nextCursor?: string;
}

/** What a look at the swarms found out about an entry. */
export interface TorrentSighting {
  readonly infoHash: InfoHash;
  readonly seeders: number;
  readonly lastSeededAt?: UnixMillis;
}

/**
 * Accounts, keys, sessions, the catalog and settings. What a resolved promise has confirmed survives a kill of the process, if
 * the store is durable at all. Rejects with a `StoreUnavailable` while its database cannot be reached. Lists reject with an
 * `UnknownCursor`. Every store passes the suite in `store/record-contract.test-support.ts`.
 */
export interface RecordStore {
  /** False: the folded name is taken. */
  addAccount(account: AccountRecord): Promise<boolean>;
  account(id: AccountId): Promise<AccountRecord | undefined>;
  accountByName(foldedName: string): Promise<AccountRecord | undefined>;
  /** By folded name. */
  listAccounts(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>>;
  /** Undefined: there is no such account. */
  updateAccount(id: AccountId, change: AccountChange): Promise<AccountRecord | undefined>;
  /** With its sessions, keys and torrents. */
  removeAccount(id: AccountId): Promise<void>;

  /** Does nothing if the account has gone. */
  addSession(session: SessionRecord): Promise<void>;
  session(hash: TokenHash): Promise<SessionRecord | undefined>;
  /** The oldest first, expired ones included. */
  sessionsOf(account: AccountId): Promise<readonly SessionRecord[]>;
  extendSession(hash: TokenHash, expiresAt: UnixMillis): Promise<void>;
  removeSession(hash: TokenHash): Promise<void>;
  /** All sessions of an account but the one given. */
  removeSessions(account: AccountId, except?: TokenHash): Promise<void>;

  /** Does nothing if the account has gone. */
  addKey(key: KeyRecord): Promise<void>;
  /** Also an expired or revoked one. */
  key(hash: TokenHash): Promise<KeyRecord | undefined>;
  /** The oldest first, expired and revoked ones included. */
  keysOf(account: AccountId): Promise<readonly KeyRecord[]>;
  /** Undefined: there is no such key. */
  updateKey(id: KeyId, change: KeyChange): Promise<KeyRecord | undefined>;
  removeKey(id: KeyId): Promise<void>;

  /** False: the torrent is in the catalog already, which stays as it is, or its owner has gone. */
  addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): Promise<boolean>;
  torrent(infoHash: InfoHash): Promise<TorrentRecord | undefined>;
  torrentInfo(infoHash: InfoHash): Promise<Uint8Array | undefined>;
  removeTorrent(infoHash: InfoHash): Promise<void>;
  searchTorrents(query: TorrentQuery): Promise<Page<TorrentRecord>>;
  /** Of one publisher, or of all. */
  torrentTotals(publisher?: TorrentPublisher): Promise<TorrentTotals>;
  /** Leaves out entries that have gone. */
  sawTorrents(sightings: readonly TorrentSighting[]): Promise<void>;

  setting(name: string): Promise<string | undefined>;
  putSetting(name: string, value: string): Promise<void>;

  /** Removes what expired before `now`: sessions, and keys that expired or were revoked before `keysBefore`. */
  removeExpired(now: UnixMillis, keysBefore: UnixMillis): Promise<void>;
  close(): Promise<void>;
}

/** A cursor that did not come from this list in this order. */
export class UnknownCursor extends Error {
  override readonly name = "UnknownCursor";
}

/** The store's database cannot be reached now. The request may be tried again later: HTTP status 503. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
