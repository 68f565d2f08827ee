import { parseTrackerKey } from "#shared/base/tracker-key.ts";
import type { Ending } from "../core/ending.ts";
import { type AccountId, type KeyId, StoreUnavailable, type TokenHash } from "../core/record-store.ts";
import { ADMISSION_KEPT_MILLIS, MAX_KEPT_ADMISSIONS } from "../limits/accounts.ts";
import { type Keys, MALFORMED, type Refused } from "./keys.ts";
import type { Keeping, Sessions } from "./sessions.ts";
import { hashToken, isSessionToken } from "./tokens.ts";

/** What somebody announces with: a browser with its session, a program with a key. */
export type Credential =
  | { readonly type: "session"; readonly hash: TokenHash }
  | { readonly type: "key"; readonly hash: TokenHash };

/** Somebody may announce. */
export interface Admitted {
  readonly type: "admitted";
  readonly account: AccountId;
  readonly credential: Credential;
  /** Undefined: a session. */
  readonly key: KeyId | undefined;
}

/** Whether somebody may announce. */
export type Decision = Admitted | Refused;

interface Kept {
  readonly decision: Decision;
  readonly askedAt: number;
}

/** Nobody has logged in. A page may log in and connect again at once. */
export const LOGIN_NEEDED: Refused = {
  type: "refused",
  code: "loginNeeded",
  reason:
    "this tracker is for people with an account: log in on its page, or use the announce URL with your key from there",
  retryIn: undefined,
};
const STORE_AWAY: Refused = {
  type: "refused",
  code: undefined,
  reason: "the tracker's database is unavailable: announce again in a minute",
  retryIn: 60,
};

/** Decides who may announce. Remembers what it has decided for a while, as most announces come with the same few keys. */
export class Admission {
  readonly #keys: Keys;
  readonly #sessions: Sessions;
  readonly #now: () => number;
  /** The one asked longest ago first. */
  readonly #kept = new Map<TokenHash, Kept>();
  readonly #asking = new Map<TokenHash, Promise<Decision>>();
  #endings = 0;
  #storeFailed: () => void = () => {};

  constructor({ now, endings }: Pick<Keeping, "now" | "endings">, keys: Keys, sessions: Sessions) {
    this.#keys = keys;
    this.#sessions = sessions;
    this.#now = now;
    endings.listen((ending) => this.#forget(ending));
  }

  /** Sets what to call whenever the database cannot be asked. */
  onStoreError(storeFailed: () => void): void {
    this.#storeFailed = storeFailed;
  }

  /** Decides by the key in an announce URL, at once if it was decided before. */
  byKey(text: string): Decision | Promise<Decision> {
    const key = parseTrackerKey(text);
    return key === undefined ? MALFORMED : this.again({ type: "key", hash: hashToken(key) });
  }

  /** Decides by the token in a browser's cookie. Undefined: it has none. */
  bySession(token: string | undefined): Decision | Promise<Decision> {
    if (token === undefined || !isSessionToken(token)) return LOGIN_NEEDED;
    return this.again({ type: "session", hash: hashToken(token) });
  }

  /** Decides once more about somebody who was admitted. */
  again(credential: Credential): Decision | Promise<Decision> {
    const kept = this.#kept.get(credential.hash);
    if (kept !== undefined && this.#now() - kept.askedAt < ADMISSION_KEPT_MILLIS) return kept.decision;
    return this.#asking.get(credential.hash) ?? this.#ask(credential, kept?.decision);
  }

  async #ask(credential: Credential, before: Decision | undefined): Promise<Decision> {
    const { hash } = credential;
    const asked = this.#find(credential, before);
    this.#asking.set(hash, asked);
    try {
      return await asked;
    } finally {
      this.#asking.delete(hash);
    }
  }

  /** Announces go on while the database is unavailable. */
  async #find(credential: Credential, before: Decision | undefined): Promise<Decision> {
    const endings = this.#endings;
    const decision = await this.#look(credential, before);
    // What was read before something ended may not be true any more.
    if (endings !== this.#endings) return await this.#look(credential, undefined);
    if (isLasting(decision)) this.#keep(credential.hash, decision);
    return decision;
  }

  async #look(credential: Credential, before: Decision | undefined): Promise<Decision> {
    try {
      return await this.#lookUp(credential);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#storeFailed();
      return before ?? STORE_AWAY;
    }
  }

  async #lookUp(credential: Credential): Promise<Decision> {
    const { type, hash } = credential;
    if (type === "session") {
      const found = await this.#sessions.findByHash(hash);
      if (found === undefined) return LOGIN_NEEDED;
      return { type: "admitted", account: found.account.id, credential, key: undefined };
    }
    const found = await this.#keys.findByHash(hash);
    if (found.type === "refused") return found;
    return { type: "admitted", account: found.account.id, credential, key: found.key.id };
  }

  #keep(hash: TokenHash, decision: Decision): void {
    this.#kept.delete(hash);
    this.#kept.set(hash, { decision, askedAt: this.#now() });
    if (this.#kept.size <= MAX_KEPT_ADMISSIONS) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  #forget(ending: Ending): void {
    this.#endings += 1;
    for (const [hash, { decision }] of this.#kept) {
      if (decision.type === "admitted" && isEnded(decision, ending)) this.#kept.delete(hash);
    }
  }
}

/** Bans are lifted, and the database comes back. What is wrong with a key stays wrong. */
function isLasting(decision: Decision): boolean {
  return decision.type === "admitted" || decision.retryIn === "never";
}

/** Whether somebody who was admitted may announce no longer. */
export function isEnded({ account, credential, key }: Admitted, ending: Ending): boolean {
  switch (ending.type) {
    case "session":
      return credential.type === "session" && credential.hash === ending.session;
    case "key":
      return key === ending.key;
    case "sessions":
      return credential.type === "session" && account === ending.account && credential.hash !== ending.except;
    case "account":
      return account === ending.account;
  }
}
