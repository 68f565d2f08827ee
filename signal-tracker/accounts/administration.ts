import { type AccountRecord, type Page, StoreUnavailable } from "../core/record-store.ts";
import { WRONG_ADMIN_CODES_PER_NETWORK } from "../limits/attempts.ts";
import { parseAccountName } from "./account-name.ts";
import type { RateLimits } from "./rate-limits.ts";
import { AccountRefusal } from "./refusal.ts";
import type { Keeping } from "./sessions.ts";
import { hashToken, newAdminCode } from "./tokens.ts";

/** What an administrator may change in an account. */
export interface AccountWish {
  readonly isAdmin?: boolean;
  readonly isBanned?: boolean;
}

/** Lets all nodes of a tracker agree on a secret, which the first of them makes. */
export type Agree = (make: () => string) => Promise<string>;

const REGISTRATION = "registration";
const ACCOUNTS_AT_ONCE = 100;

/** What administrators may do, and how somebody becomes one. */
export class Administration {
  readonly #keeping: Keeping;
  readonly #rateLimits: RateLimits;
  readonly #agree: Agree;
  /** Undefined: there was an administrator when the tracker started, or somebody has used it. */
  #code: string | undefined;
  #wasOpen = true;

  constructor(keeping: Keeping, rateLimits: RateLimits, agree: Agree = async (make) => make()) {
    this.#keeping = keeping;
    this.#rateLimits = rateLimits;
    this.#agree = agree;
  }

  /** Makes the one-time code, for the tracker's terminal. Undefined: there is an administrator. */
  async makeCode(): Promise<string | undefined> {
    this.#code = (await this.#hasAdmin(() => true)) ? undefined : await this.#agree(newAdminCode);
    return this.#code;
  }

  /** Rejects with an `AccountRefusal` unless it is the one-time code. Case and hyphens make no difference. */
  async requireCode(code: string, network: string | undefined): Promise<void> {
    await this.#rateLimits.require(WRONG_ADMIN_CODES_PER_NETWORK, network);
    const isRight = this.#code !== undefined && hashToken(plain(code)) === hashToken(plain(this.#code));
    if (isRight && !(await this.#hasAdmin(() => true))) return; // Of several nodes, another may have made one.
    await this.#rateLimits.spend(WRONG_ADMIN_CODES_PER_NETWORK, network);
    throw wrongCode();
  }

  /** Makes somebody who has the one-time code an administrator. */
  async makeAdmin(account: AccountRecord, code: string, network: string | undefined): Promise<AccountRecord> {
    await this.requireCode(code, network);
    if (this.#code === undefined) throw wrongCode(); // Somebody else was quicker.
    this.#code = undefined;
    return (await this.#keeping.store.updateAccount(account.id, { isAdmin: true })) ?? account;
  }

  /** By name. */
  list(limit: number, cursor: string | undefined): Promise<Page<AccountRecord>> {
    return this.#keeping.store.listAccounts(limit, cursor);
  }

  /** Rejects with an `AccountRefusal` if nobody has that name. */
  async find(name: string): Promise<AccountRecord> {
    const folded = parseAccountName(name)?.folded;
    const account = folded === undefined ? undefined : await this.#keeping.store.accountByName(folded);
    if (account === undefined) throw new AccountRefusal("noSuchAccount", "There is no account of that name.");
    return account;
  }

  /** Whoever is banned is logged out and announces no longer; their keys work again when the ban is lifted. */
  async change(account: AccountRecord, { isAdmin, isBanned }: AccountWish): Promise<AccountRecord> {
    const { store, now, endings } = this.#keeping;
    if (isAdmin === false || isBanned === true) await this.#requireOtherAdmin(account);
    const changed = await store.updateAccount(account.id, {
      ...(isAdmin !== undefined && { isAdmin }),
      ...(isBanned !== undefined && { bannedAt: isBanned ? (account.bannedAt ?? now()) : null }),
    });
    if (isBanned === true) {
      await store.removeSessions(account.id);
      endings.tell({ type: "account", account: account.id });
    }
    return changed ?? account;
  }

  /** Removes an account with its sessions, keys and entries in the catalog. */
  async remove(account: AccountRecord): Promise<void> {
    await this.#requireOtherAdmin(account);
    await this.#keeping.store.removeAccount(account.id);
    this.#keeping.endings.tell({ type: "account", account: account.id });
  }

  /** While the database is unavailable: as it last was. */
  async isRegistrationOpen(): Promise<boolean> {
    try {
      this.#wasOpen = (await this.#keeping.store.setting(REGISTRATION)) !== "closed";
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    return this.#wasOpen;
  }

  async setRegistration(isOpen: boolean): Promise<void> {
    await this.#keeping.store.putSetting(REGISTRATION, isOpen ? "open" : "closed");
  }

  /** Without an administrator, whoever restarts the tracker would have to make one. */
  async #requireOtherAdmin({ id, isAdmin }: AccountRecord): Promise<void> {
    if (!isAdmin || (await this.#hasAdmin((other) => other.id !== id))) return;
    throw new AccountRefusal(
      "lastAdministrator",
      "This is the only administrator. Make somebody else one first.",
    );
  }

  /** Whether there is such an administrator who may log in. */
  async #hasAdmin(isMeant: (account: AccountRecord) => boolean): Promise<boolean> {
    let cursor: string | undefined;
    do {
      const page = await this.#keeping.store.listAccounts(ACCOUNTS_AT_ONCE, cursor);
      const isFound = page.items.some(
        (account) => account.isAdmin && account.bannedAt === undefined && isMeant(account),
      );
      if (isFound) return true;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return false;
  }
}

const plain = (code: string): string => code.toLowerCase().replace(/[^a-z2-7]/g, "");

function wrongCode(): AccountRefusal {
  return new AccountRefusal(
    "adminCodeWrong",
    "That code is wrong or was used. While there is no administrator, the tracker prints one when it starts.",
  );
}
