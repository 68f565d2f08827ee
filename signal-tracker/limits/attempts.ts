// How often somebody may try something.

/** How often somebody may do something. */
export interface RateLimit {
  /** No two have the same. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** Failed log-ins from one network to one account: somebody who tries all their passwords. */
export const FAILED_LOGINS_PER_NETWORK_AND_NAME: RateLimit = { name: "loginPair", points: 10, seconds: 900 };
/** Failed log-ins from one network: a school in its first lesson. */
export const FAILED_LOGINS_PER_NETWORK: RateLimit = { name: "loginNetwork", points: 60, seconds: 900 };
/** Failed log-ins to one account from anywhere: 2,400 guesses a day. Whoever is logged in and all keys go on. */
export const FAILED_LOGINS_PER_NAME: RateLimit = { name: "loginName", points: 100, seconds: 3_600 };
/**
 * Networks from which the owner of an account has logged in: failed log-ins from elsewhere do not keep them out there, nor do
 * others' log-ins make them wait. Home, work, school, and what a phone passes through in a week.
 */
export const MAX_KNOWN_NETWORKS_PER_NAME = 8;
/** New accounts from one network: two classes. */
export const REGISTRATIONS_PER_NETWORK: RateLimit = { name: "register", points: 60, seconds: 3_600 };
/** Wrong one-time codes from one network. */
export const WRONG_ADMIN_CODES_PER_NETWORK: RateLimit = { name: "adminCode", points: 10, seconds: 3_600 };
/** Wrong passwords of somebody who is logged in: a session that was stolen is not enough to change the password. */
export const WRONG_PASSWORDS_PER_ACCOUNT: RateLimit = { name: "password", points: 10, seconds: 900 };
/** New keys of one account. */
export const NEW_KEYS_PER_ACCOUNT: RateLimit = { name: "newKey", points: 60, seconds: 3_600 };
/** Publications of one account, from wherever: a folder of torrents from a script, and all that it may have within a day or two. */
export const PUBLICATIONS_PER_ACCOUNT: RateLimit = { name: "publish", points: 200, seconds: 3_600 };
