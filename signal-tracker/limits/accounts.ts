// Accounts, sessions and keys, and who may announce.

/** Characters of an account's name: it has to fit into a line of a list. */
export const MAX_ACCOUNT_NAME_CHARACTERS = 32;
/** NIST SP 800-63B's floor. */
export const MIN_PASSWORD_CHARACTERS = 8;
/** Longer than any passphrase; what is longer is there to keep the tracker busy. */
export const MAX_PASSWORD_BYTES = 1_024;
/** Password hashes made at once. Each takes a core and 19 MiB for some 30 ms, and announces need a core as well. */
export const MAX_HASHES_AT_ONCE = 2;
/** Password hashes that wait for their turn: a second or two. */
export const MAX_WAITING_HASHES = 64;
/** And those of one network: a class that logs in at the same moment, but not all of them. */
export const MAX_WAITING_HASHES_PER_NETWORK = 16;

/** A session ends when it was not used for this long. */
export const SESSION_LIFETIME_MILLIS = 30 * 24 * 60 * 60 * 1_000;
/** How much of it passes before use prolongs it: once a day is a write that nobody notices. */
export const SESSION_EXTENDED_AFTER_MILLIS = 24 * 60 * 60 * 1_000;
/** Browsers of one account. Beyond that, the one that logged in first is logged out. */
export const MAX_SESSIONS_PER_ACCOUNT = 50;
/** Keys of one account that work: one for each client, machine and friend. */
export const MAX_KEYS_PER_ACCOUNT = 50;
/** Keys of one account that are remembered, with those revoked and expired. Beyond that, the oldest of those is forgotten. */
export const MAX_REMEMBERED_KEYS_PER_ACCOUNT = 100;
/** Characters of a key's name: it has to fit into a line of a list. */
export const MAX_KEY_NAME_CHARACTERS = 64;
/** How long a key works at most, if it is made to expire, and how long it works after it was replaced. */
export const MAX_KEY_LIFETIME_SECONDS = 10 * 365 * 24 * 60 * 60;
/** How long a key is remembered after it was revoked or expired, so that its clients are told why they are refused. */
export const DEAD_KEY_KEPT_MILLIS = 30 * 24 * 60 * 60 * 1_000;
/** How often expired sessions and dead keys are removed from the store. */
export const EXPIRED_RECORDS_REMOVED_MILLIS = 60 * 60 * 1_000;
/** How exactly the last use of a key is kept: a write every five minutes for each client. */
export const KEY_USE_WRITTEN_AFTER_MILLIS = 5 * 60 * 1_000;

/** How long a decision about who may announce is kept: so long another node's revocation may go unnoticed if its message is lost. */
export const ADMISSION_KEPT_MILLIS = 10_000;
/** Such decisions kept at once, about 5 MB. Beyond that, the oldest is dropped. */
export const MAX_KEPT_ADMISSIONS = 20_000;
/**
 * How often the sessions and keys of members are looked up, to remove members whose own has expired, or has ended at another node
 * whose message was lost.
 */
export const MEMBERS_RECHECKED_MILLIS = 15_000;
/** Accounts whose keys are looked up between two turns of the event loop: a few milliseconds, so that announces do not wait. */
export const ACCOUNTS_RECHECKED_AT_ONCE = 50;
/** Sockets of one account: its browsers and headless peers. One more is told so. Each is at most once in a swarm. */
export const MAX_SOCKETS_PER_ACCOUNT = 50;
/** Entries of one account with addresses in one swarm: its machines. */
export const MAX_MEMBERS_PER_ACCOUNT_IN_SWARM = 50;
/** Entries of one account with addresses in all swarms: a seed box with thousands of torrents. */
export const MAX_MEMBERS_PER_ACCOUNT = 10_000;
