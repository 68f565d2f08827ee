import type { RecordStore, UnixMillis } from "../core/record-store.ts";
import { DEAD_KEY_KEPT_MILLIS, EXPIRED_RECORDS_REMOVED_MILLIS } from "../limits/accounts.ts";
import { Accounts } from "./accounts.ts";
import { Administration, type Agree } from "./administration.ts";
import { Admission } from "./admission.ts";
import { Endings } from "./endings.ts";
import { Keys } from "./keys.ts";
import { Passwords } from "./passwords.ts";
import { type OpenLimiter, RateLimits } from "./rate-limits.ts";
import { type Keeping, later, Sessions } from "./sessions.ts";
import { newKeySecret } from "./tokens.ts";

/** All about accounts, for the transports. */
export interface AccountParts {
  readonly accounts: Accounts;
  readonly administration: Administration;
  readonly sessions: Sessions;
  readonly keys: Keys;
  readonly admission: Admission;
  readonly endings: Endings;
  readonly rateLimits: RateLimits;
  /** Makes the first administrator. Undefined: there is one. For the tracker's terminal, and for nobody else. */
  readonly adminCode: string | undefined;
  close(): void;
}

/** How to open them. */
export interface AccountPartsOptions {
  readonly store: RecordStore;
  /** Counts for the rate limits. Absent: in the memory of this process. */
  readonly openLimiter?: OpenLimiter;
  /** For the keys in .torrent files. Absent: one that ends with the process. */
  readonly keySecret?: string;
  /** So that the one-time code of any node works at all of them. Absent: there is one node. */
  readonly agree?: Agree;
  readonly passwords?: Passwords;
  readonly now?: () => UnixMillis;
  /** Called when what expired cannot be removed now. */
  readonly failed: (error: unknown) => void;
}

/** Opens the accounts in a store, and removes now and then what has expired. */
export async function openAccounts(options: AccountPartsOptions): Promise<AccountParts> {
  const { store, openLimiter, passwords = new Passwords(), now = unixNow, failed } = options;
  const endings = new Endings();
  const keeping: Keeping = { store, now, endings };
  const rateLimits = new RateLimits(openLimiter);
  const administration = new Administration(keeping, rateLimits, options.agree);
  const sessions = new Sessions(keeping);
  const keys = new Keys(keeping, options.keySecret ?? newKeySecret());
  const tidy = () => store.removeExpired(now(), later(now(), -DEAD_KEY_KEPT_MILLIS)).catch(failed);
  const timer = setInterval(tidy, EXPIRED_RECORDS_REMOVED_MILLIS);
  return {
    accounts: new Accounts({ ...keeping, passwords, rateLimits, administration }),
    administration,
    sessions,
    keys,
    admission: new Admission(keeping, keys, sessions),
    endings,
    rateLimits,
    adminCode: await administration.makeCode(),
    close: () => clearInterval(timer),
  };
}

/** The wall clock, as what is kept outlives the process. */
const unixNow = (): UnixMillis => Date.now() as UnixMillis;
