import type { AccountId, AccountRecord, RecordStore, TokenHash, UnixMillis } from "../core/record-store.ts";
import {
  MAX_SESSIONS_PER_ACCOUNT,
  SESSION_EXTENDED_AFTER_MILLIS,
  SESSION_LIFETIME_MILLIS,
} from "../limits/accounts.ts";
import type { Endings } from "./endings.ts";
import { hashToken, isSessionToken, newSessionToken } from "./tokens.ts";

/** What accounts, sessions and keys are kept with. */
export interface Keeping {
  readonly store: RecordStore;
  readonly now: () => UnixMillis;
  readonly endings: Endings;
}

/** A browser that is logged in. */
export interface FoundSession {
  readonly session: TokenHash;
  readonly account: AccountRecord;
}

/** Browsers that are logged in. */
export class Sessions {
  readonly #keeping: Keeping;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** Logs a browser in and returns its token. */
  async open(account: AccountId): Promise<string> {
    const { store, now } = this.#keeping;
    await this.#makeRoom(account);
    const token = newSessionToken();
    const createdAt = now();
    const expiresAt = later(createdAt, SESSION_LIFETIME_MILLIS);
    await store.addSession({ hash: hashToken(token), account, createdAt, expiresAt });
    return token;
  }

  /** Finds the session with that token, and prolongs it. Undefined: there is none, or it has ended. */
  async find(token: string): Promise<FoundSession | undefined> {
    return isSessionToken(token) ? await this.findByHash(hashToken(token)) : undefined;
  }

  async findByHash(hash: TokenHash): Promise<FoundSession | undefined> {
    const { store, now } = this.#keeping;
    const session = await store.session(hash);
    if (session === undefined || session.expiresAt <= now()) return undefined;
    const account = await store.account(session.account);
    if (account === undefined || account.bannedAt !== undefined) return undefined;
    const expiresAt = later(now(), SESSION_LIFETIME_MILLIS);
    if (expiresAt - session.expiresAt >= SESSION_EXTENDED_AFTER_MILLIS)
      await store.extendSession(hash, expiresAt);
    return { session: hash, account };
  }

  /** Logs a browser out. */
  async end(session: TokenHash): Promise<void> {
    await this.#keeping.store.removeSession(session);
    this.#keeping.endings.tell({ type: "session", session });
  }

  async #makeRoom(account: AccountId): Promise<void> {
    const open = await this.#keeping.store.sessionsOf(account);
    const tooMany = open.slice(0, Math.max(0, open.length + 1 - MAX_SESSIONS_PER_ACCOUNT));
    for (const { hash } of tooMany) await this.end(hash);
  }
}

/** A moment some milliseconds after another. */
export function later(moment: UnixMillis, millis: number): UnixMillis {
  return (moment + millis) as UnixMillis;
}
