import type {
  AccountChange,
  AccountId,
  AccountRecord,
  KeyChange,
  KeyId,
  KeyRecord,
  Page,
  SessionRecord,
  TokenHash,
  UnixMillis,
} from "../../core/record-store.ts";
import { recordOf, type Statements, type Value } from "./statements.ts";

const ACCOUNT = `SELECT id, name, folded_name AS foldedName, password_hash AS passwordHash, is_admin AS isAdmin,
  banned_at AS bannedAt, created_at AS createdAt, known_networks AS knownNetworks FROM accounts`;
const SESSION = "SELECT hash, account, created_at AS createdAt, expires_at AS expiresAt FROM sessions";
const KEY = `SELECT id, hash, account, name, created_at AS createdAt, last_used_at AS lastUsedAt,
  expires_at AS expiresAt, revoked_at AS revokedAt FROM keys`;

/** Accounts with their sessions and keys: that part of `RecordStore`. */
export class AccountTables {
  readonly #sql: Statements;

  constructor(statements: Statements) {
    this.#sql = statements;
  }

  addAccount(account: AccountRecord): boolean {
    const { id, name, foldedName, passwordHash, isAdmin, bannedAt, createdAt, knownNetworks } = account;
    const added = this.#sql.run(
      "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folded_name) DO NOTHING",
      ...[
        id,
        name,
        foldedName,
        passwordHash,
        Number(isAdmin),
        bannedAt ?? null,
        createdAt,
        knownNetworks ?? null,
      ],
    );
    return added > 0;
  }

  account(id: AccountId): AccountRecord | undefined {
    return accountOf(this.#sql.row(`${ACCOUNT} WHERE id = ?`, id));
  }

  accountByName(foldedName: string): AccountRecord | undefined {
    return accountOf(this.#sql.row(`${ACCOUNT} WHERE folded_name = ?`, foldedName));
  }

  listAccounts(limit: number, cursor: string | undefined): Page<AccountRecord> {
    const sql = `${ACCOUNT} WHERE folded_name > ? ORDER BY folded_name LIMIT ?`;
    const found = this.#sql.rows(sql, cursor ?? "", limit + 1).flatMap((row) => accountOf(row) ?? []);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return found.length > limit && last !== undefined ? { items, nextCursor: last.foldedName } : { items };
  }

  updateAccount(id: AccountId, change: AccountChange): AccountRecord | undefined {
    return this.#sql.together(() => {
      const account = this.account(id);
      if (account === undefined) return undefined;
      const { passwordHash, isAdmin, bannedAt, knownNetworks } = { ...account, ...change };
      this.#sql.run(
        "UPDATE accounts SET password_hash = ?, is_admin = ?, banned_at = ?, known_networks = ? WHERE id = ?",
        ...[passwordHash, Number(isAdmin), bannedAt ?? null, knownNetworks ?? null, id],
      );
      return this.account(id);
    });
  }

  /** What refers to it goes with it. */
  removeAccount(id: AccountId): void {
    this.#sql.run("DELETE FROM accounts WHERE id = ?", id);
  }

  addSession({ hash, account, createdAt, expiresAt }: SessionRecord): void {
    this.#sql.run(
      "INSERT INTO sessions SELECT ?, id, ?, ? FROM accounts WHERE id = ?",
      ...[hash, createdAt, expiresAt, account],
    );
  }

  session(hash: TokenHash): SessionRecord | undefined {
    const row = this.#sql.row(`${SESSION} WHERE hash = ?`, hash);
    return row && recordOf(row);
  }

  sessionsOf(account: AccountId): readonly SessionRecord[] {
    return this.#sql
      .rows(`${SESSION} WHERE account = ? ORDER BY created_at, hash`, account)
      .map(recordOf<SessionRecord>);
  }

  extendSession(hash: TokenHash, expiresAt: UnixMillis): void {
    this.#sql.run("UPDATE sessions SET expires_at = ? WHERE hash = ?", expiresAt, hash);
  }

  removeSession(hash: TokenHash): void {
    this.#sql.run("DELETE FROM sessions WHERE hash = ?", hash);
  }

  removeSessions(account: AccountId, except?: TokenHash): void {
    this.#sql.run("DELETE FROM sessions WHERE account = ? AND hash IS NOT ?", account, except ?? null);
  }

  addKey(key: KeyRecord): void {
    const { id, hash, account, name, createdAt, lastUsedAt, expiresAt, revokedAt } = key;
    this.#sql.run(
      "INSERT INTO keys SELECT ?, ?, id, ?, ?, ?, ?, ? FROM accounts WHERE id = ?",
      ...[id, hash, name, createdAt, lastUsedAt ?? null, expiresAt ?? null, revokedAt ?? null, account],
    );
  }

  key(hash: TokenHash): KeyRecord | undefined {
    const row = this.#sql.row(`${KEY} WHERE hash = ?`, hash);
    return row && recordOf(row);
  }

  keysOf(account: AccountId): readonly KeyRecord[] {
    return this.#sql
      .rows(`${KEY} WHERE account = ? ORDER BY created_at, id`, account)
      .map(recordOf<KeyRecord>);
  }

  updateKey(id: KeyId, change: KeyChange): KeyRecord | undefined {
    return this.#sql.together(() => {
      const row = this.#sql.row(`${KEY} WHERE id = ?`, id);
      if (row === undefined) return undefined;
      const changed = { ...recordOf<KeyRecord>(row), ...change };
      const { lastUsedAt, expiresAt, revokedAt } = changed;
      this.#sql.run(
        "UPDATE keys SET last_used_at = ?, expires_at = ?, revoked_at = ? WHERE id = ?",
        ...[lastUsedAt ?? null, expiresAt ?? null, revokedAt ?? null, id],
      );
      return changed;
    });
  }

  removeKey(id: KeyId): void {
    this.#sql.run("DELETE FROM keys WHERE id = ?", id);
  }

  removeExpired(now: UnixMillis, keysBefore: UnixMillis): void {
    this.#sql.together(() => {
      this.#sql.run("DELETE FROM sessions WHERE expires_at < ?", now);
      this.#sql.run("DELETE FROM keys WHERE expires_at < ? OR revoked_at < ?", keysBefore, keysBefore);
    });
  }
}

function accountOf(row: Record<string, Value> | undefined): AccountRecord | undefined {
  return row && { ...recordOf<AccountRecord>(row), isAdmin: row["isAdmin"] === 1 };
}
