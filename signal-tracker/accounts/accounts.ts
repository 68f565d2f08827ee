import type { AccountId, AccountRecord, TokenHash } from "../core/record-store.ts";
import {
  FAILED_LOGINS_PER_NAME,
  FAILED_LOGINS_PER_NETWORK,
  FAILED_LOGINS_PER_NETWORK_AND_NAME,
  REGISTRATIONS_PER_NETWORK,
  WRONG_PASSWORDS_PER_ACCOUNT,
} from "../limits/attempts.ts";
import { parseAccountName, readAccountName } from "./account-name.ts";
import type { Administration } from "./administration.ts";
import { knowsNetwork, withNetwork } from "./known-networks.ts";
import type { Passwords } from "./passwords.ts";
import type { RateLimits } from "./rate-limits.ts";
import { AccountRefusal } from "./refusal.ts";
import type { Keeping } from "./sessions.ts";
import { newRecordId } from "./tokens.ts";

/** What accounts are made of. */
export interface AccountOptions extends Keeping {
  readonly passwords: Passwords;
  readonly rateLimits: RateLimits;
  readonly administration: Administration;
}

/** A name and a password, as somebody typed them. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/** People who register and log in. A `network` is that of the request; undefined: no limits apply to it. */
export class Accounts {
  readonly #options: AccountOptions;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  /** Makes an account. With the one-time code it is an administrator's, even while registration is closed. */
  async register(
    { name, password }: Login,
    network: string | undefined,
    adminCode: string | undefined,
  ): Promise<AccountRecord> {
    const { store, now, passwords, rateLimits, administration } = this.#options;
    const { shown, folded } = readAccountName(name);
    await rateLimits.require(REGISTRATIONS_PER_NETWORK, network);
    if (adminCode !== undefined) await administration.requireCode(adminCode, network);
    else if (!(await administration.isRegistrationOpen()))
      throw new AccountRefusal("registrationClosed", "Registration is closed. Ask whoever runs the tracker.");
    if ((await store.accountByName(folded)) !== undefined) throw await this.#nameTaken(network);
    const id = newRecordId() as AccountId;
    const knownNetworks = withNetwork({ id }, network);
    const account: AccountRecord = {
      id,
      name: shown,
      foldedName: folded,
      passwordHash: await passwords.hash(password, { network, isKnown: false }),
      isAdmin: false,
      createdAt: now(),
      ...(knownNetworks !== undefined && { knownNetworks }),
    };
    if (!(await store.addAccount(account))) throw await this.#nameTaken(network);
    await rateLimits.spend(REGISTRATIONS_PER_NETWORK, network).catch(ignoreRefusal);
    return adminCode === undefined ? account : await administration.makeAdmin(account, adminCode, network);
  }

  /** The account with that name and password. Whoever fails does not learn whether there is such a name. */
  async logIn({ name, password }: Login, network: string | undefined): Promise<AccountRecord> {
    const { store, passwords } = this.#options;
    const foldedName = parseAccountName(name)?.folded;
    // Known or not, every name is looked up before anything depends on it.
    const account = foldedName === undefined ? undefined : await store.accountByName(foldedName);
    const isKnown = knowsNetwork(account, network);
    const limits = [
      [FAILED_LOGINS_PER_NETWORK, network],
      [FAILED_LOGINS_PER_NAME, isKnown ? undefined : foldedName],
      [FAILED_LOGINS_PER_NETWORK_AND_NAME, network && foldedName && `${network} ${foldedName}`],
    ] as const;
    for (const [limit, who] of limits) await this.#options.rateLimits.require(limit, who);
    const isRight = await passwords.isRight(account?.passwordHash, password, { network, isKnown });
    if (account === undefined || !isRight) {
      // The attempt that uses up a limit is answered like any other.
      for (const [limit, who] of limits)
        await this.#options.rateLimits.spend(limit, who).catch(ignoreRefusal);
      throw new AccountRefusal("wrongNameOrPassword", "The name or the password is wrong.");
    }
    if (account.bannedAt !== undefined)
      throw new AccountRefusal("accountBanned", "Your account is banned. Ask whoever runs the tracker.");
    if (passwords.isOutdated(account.passwordHash)) await this.#setPassword(account, password, network);
    const knownNetworks = withNetwork(account, network);
    return (
      (knownNetworks !== undefined && (await store.updateAccount(account.id, { knownNetworks }))) || account
    );
  }

  /** Sets another password. All sessions end but the one that did it; keys go on. */
  async changePassword(
    account: AccountRecord,
    password: string,
    newPassword: string,
    network: string | undefined,
    kept: TokenHash,
  ): Promise<void> {
    const { store, endings } = this.#options;
    await this.#requirePassword(account, password, network);
    await this.#setPassword(account, newPassword, network);
    await store.removeSessions(account.id, kept);
    endings.tell({ type: "sessions", account: account.id, except: kept });
  }

  /** Removes an account with its sessions, keys and entries in the catalog. */
  async remove(account: AccountRecord, password: string, network: string | undefined): Promise<void> {
    await this.#requirePassword(account, password, network);
    await this.#options.administration.remove(account);
  }

  async #requirePassword(
    account: AccountRecord,
    password: string,
    network: string | undefined,
  ): Promise<void> {
    const { passwords, rateLimits } = this.#options;
    await rateLimits.require(WRONG_PASSWORDS_PER_ACCOUNT, account.id);
    if (await passwords.isRight(account.passwordHash, password, { network, isKnown: true })) return;
    await rateLimits.spend(WRONG_PASSWORDS_PER_ACCOUNT, account.id).catch(ignoreRefusal);
    throw new AccountRefusal("wrongPassword", "That is not your password.");
  }

  async #setPassword(account: AccountRecord, password: string, network: string | undefined): Promise<void> {
    const { store, passwords } = this.#options;
    const passwordHash = await passwords.hash(password, { network, isKnown: true });
    await store.updateAccount(account.id, { passwordHash });
  }

  /** Trying out which names are taken counts as registering. */
  async #nameTaken(network: string | undefined): Promise<AccountRefusal> {
    await this.#options.rateLimits.spend(REGISTRATIONS_PER_NETWORK, network);
    return new AccountRefusal("nameTaken", "Somebody has that name already. Choose another one.");
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AccountRefusal)) throw error;
}
