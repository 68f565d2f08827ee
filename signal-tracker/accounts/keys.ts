import type { Failure } from "#shared/announce/announce.ts";
import { parseTrackerKey, type TrackerKey } from "#shared/base/tracker-key.ts";
import type { AccountId, AccountRecord, KeyId, KeyRecord, TokenHash } from "../core/record-store.ts";
import {
  KEY_USE_WRITTEN_AFTER_MILLIS,
  MAX_KEYS_PER_ACCOUNT,
  MAX_REMEMBERED_KEYS_PER_ACCOUNT,
} from "../limits/accounts.ts";
import { AccountRefusal } from "./refusal.ts";
import { type Keeping, later } from "./sessions.ts";
import { derivedKey, hashToken, newKey, newRecordId } from "./tokens.ts";

/** The name of the key in .torrent files, which its owner sees in the list. */
const TORRENT_FILES = "in downloaded .torrent files";

/** Why somebody may not announce. */
export type Refused = { readonly type: "refused" } & Required<Pick<Failure, "reason" | "code" | "retryIn">>;

/** What a key stands for. */
export type KeyFinding =
  | { readonly type: "valid"; readonly key: KeyRecord; readonly account: AccountRecord }
  | Refused;

/** A key that was made just now: nobody can read it again later. */
export interface MadeKey {
  readonly record: KeyRecord;
  readonly key: TrackerKey;
}

/** The keys by which programs are known. */
export class Keys {
  readonly #keeping: Keeping;
  readonly #secret: string;

  /** `secret`: for the keys in .torrent files, not kept with the records: whoever has their backup could make those keys. */
  constructor(keeping: Keeping, secret: string) {
    this.#keeping = keeping;
    this.#secret = secret;
  }

  /** What the key stands for, which counts as a use of it. */
  async find(text: string): Promise<KeyFinding> {
    const key = parseTrackerKey(text);
    return key === undefined ? MALFORMED : await this.findByHash(hashToken(key));
  }

  async findByHash(hash: TokenHash): Promise<KeyFinding> {
    const { store, now } = this.#keeping;
    const key = await store.key(hash);
    if (key === undefined) return UNKNOWN;
    if (key.revokedAt !== undefined) return REVOKED;
    if (key.expiresAt !== undefined && key.expiresAt <= now()) return EXPIRED;
    const account = await store.account(key.account);
    if (account === undefined) return UNKNOWN;
    if (account.bannedAt !== undefined) return BANNED;
    if (now() - (key.lastUsedAt ?? 0) >= KEY_USE_WRITTEN_AFTER_MILLIS)
      await store.updateKey(key.id, { lastUsedAt: now() });
    return { type: "valid", key, account };
  }

  /** Those that were not revoked, the oldest first. */
  async list(account: AccountId): Promise<readonly KeyRecord[]> {
    const keys = await this.#keeping.store.keysOf(account);
    return keys.filter(({ revokedAt }) => revokedAt === undefined);
  }

  /** The keys with which the account may announce now. None: it is banned or was removed. */
  async working(id: AccountId): Promise<ReadonlySet<KeyId>> {
    const { store, now } = this.#keeping;
    const account = await store.account(id);
    if (account === undefined || account.bannedAt !== undefined) return new Set();
    const works = ({ expiresAt }: KeyRecord): boolean => expiresAt === undefined || expiresAt > now();
    return new Set((await this.list(id)).filter(works).map((key) => key.id));
  }

  /** Rejects with an `AccountRefusal` if the account has too many. Undefined lifetime: it does not expire. */
  make(account: AccountId, name: string, lifetimeMillis: number | undefined): Promise<MadeKey> {
    return this.#make(account, name, lifetimeMillis, () => newKey());
  }

  /**
   * The key in all .torrent files that the account's browsers download: one for each file would soon be too many. Like the others it is
   * not kept, but it can be made again from a secret and its id. When it was revoked or replaced, the next download makes another.
   */
  async forTorrentFiles(account: AccountId): Promise<TrackerKey> {
    const secret = this.#secret;
    for (const { id, hash, expiresAt } of await this.list(account)) {
      const key = derivedKey(secret, id);
      if (hashToken(key) === hash && expiresAt === undefined) return key;
    }
    const made = await this.#make(account, TORRENT_FILES, undefined, (id) => derivedKey(secret, id));
    return made.key;
  }

  async #make(
    account: AccountId,
    name: string,
    lifetimeMillis: number | undefined,
    keyOf: (id: KeyId) => TrackerKey,
  ): Promise<MadeKey> {
    const { store, now } = this.#keeping;
    await this.#makeRoom(account);
    const id = newRecordId() as KeyId;
    const key = keyOf(id);
    const createdAt = now();
    const record: KeyRecord = {
      id,
      hash: hashToken(key),
      account,
      name,
      createdAt,
      ...(lifetimeMillis !== undefined && { expiresAt: later(createdAt, lifetimeMillis) }),
    };
    await store.addKey(record);
    return { record, key };
  }

  /** Makes a key that takes the other's place. The other goes on for so long, as torrents that name it are still being seeded. */
  async replace(account: AccountId, id: KeyId, graceMillis: number): Promise<MadeKey> {
    const { store, now } = this.#keeping;
    const old = await this.#own(account, id);
    const lifetime = old.expiresAt === undefined ? undefined : old.expiresAt - old.createdAt;
    const made = await this.make(account, old.name, lifetime);
    if (graceMillis === 0) await this.revoke(account, id);
    else {
      const end = later(now(), graceMillis);
      if (old.expiresAt === undefined || old.expiresAt > end) await store.updateKey(id, { expiresAt: end });
    }
    return made;
  }

  async revoke(account: AccountId, id: KeyId): Promise<void> {
    const { store, now, endings } = this.#keeping;
    await this.#own(account, id);
    await store.updateKey(id, { revokedAt: now() });
    endings.tell({ type: "key", account, key: id });
  }

  async #own(account: AccountId, id: KeyId): Promise<KeyRecord> {
    const own = (await this.list(account)).find((key) => key.id === id);
    if (own === undefined)
      throw new AccountRefusal("noSuchKey", "You have no such key, or it was revoked already.");
    return own;
  }

  async #makeRoom(account: AccountId): Promise<void> {
    const { store, now } = this.#keeping;
    const all = await store.keysOf(account);
    const isDead = ({ revokedAt, expiresAt }: KeyRecord) =>
      revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= now());
    const dead = all.filter(isDead);
    if (all.length - dead.length >= MAX_KEYS_PER_ACCOUNT) {
      throw new AccountRefusal(
        "tooManyKeys",
        `An account has at most ${MAX_KEYS_PER_ACCOUNT} keys. Revoke one that you no longer use.`,
      );
    }
    const tooMany = all.length + 1 - MAX_REMEMBERED_KEYS_PER_ACCOUNT;
    for (const { id } of dead.slice(0, Math.max(0, tooMany))) await store.removeKey(id);
  }
}

/** Nothing that the client does by itself makes these keys work. */
const refused = (code: Refused["code"], reason: string): Refused => ({
  type: "refused",
  code,
  reason,
  retryIn: "never",
});
export const MALFORMED = refused(
  "keyMalformed",
  "the key in your announce URL is not complete: copy the whole URL from the tracker's page",
);
const UNKNOWN = refused(
  "keyUnknown",
  "the tracker does not know the key in your announce URL: make a new one on its page",
);
const REVOKED = refused(
  "keyRevoked",
  "the key in your announce URL was revoked: make a new one on the tracker's page",
);
const EXPIRED = refused(
  "keyExpired",
  "the key in your announce URL has expired: make a new one on the tracker's page",
);
/** A ban may be lifted. */
const BANNED: Refused = {
  ...refused("accountBanned", "your account is banned: ask whoever runs the tracker"),
  retryIn: 3_600,
};
