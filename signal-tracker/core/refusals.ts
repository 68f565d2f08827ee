import type { Failure } from "#shared/announce/announce.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { MAX_MEMBERS_PER_ACCOUNT, MAX_MEMBERS_PER_ACCOUNT_IN_SWARM } from "../limits/accounts.ts";
import { MAX_UPDATES_PER_MEMBER_AND_MINUTE } from "../limits/swarms.ts";

// Why the tracker refuses an announce, whatever the transport. Each refusal has a code for programs and a sentence for people.

/** The operator's lists do not allow the torrent. They may tomorrow, so the client may ask again. */
export function torrentNotAllowed(infoHash: InfoHash): Failure {
  return {
    type: "failure",
    action: "announce",
    infoHash,
    reason: "this tracker does not allow this torrent",
    code: "torrentNotAllowed",
    retryIn: RETRY_NOT_ALLOWED_SECONDS,
  };
}

/** The member announces the torrent far more often than it may, and without an event that others need to know of. */
export function tooEarly(infoHash: InfoHash, waitSeconds: number): Failure {
  const most = MAX_UPDATES_PER_MEMBER_AND_MINUTE;
  return {
    type: "failure",
    action: "announce",
    infoHash,
    reason: `too early: you announced this torrent ${most} times within a minute; announce again in ${waitSeconds} s`,
    code: "tooEarly",
    retryIn: waitSeconds,
  };
}

/** Whoever sends the request announces and scrapes more often than one may, of all torrents together. */
export function tooManyAnnounces(
  who: "this socket" | "your address",
  maxPerMinute: number,
  waitSeconds: number,
): Pick<Failure, "reason" | "code" | "retryIn"> {
  return {
    reason: `${who} announces more than ${maxPerMinute} times a minute; announce again in ${waitSeconds} s`,
    code: "tooEarly",
    retryIn: waitSeconds,
  };
}

/** The account has as many clients as it may: whoever has more has given a key away. */
export function tooManyOfAccount(infoHash: InfoHash): Failure {
  return {
    type: "failure",
    action: "announce",
    infoHash,
    reason: `too many clients of your account (limit: ${MAX_MEMBERS_PER_ACCOUNT_IN_SWARM} for a torrent, ${MAX_MEMBERS_PER_ACCOUNT} in all)`,
    code: "tooManyOfAccount",
    retryIn: RETRY_TOO_MANY_SECONDS,
  };
}

/** Entries go when their clients stop or are silent for so long. */
const RETRY_TOO_MANY_SECONDS = 600;
const RETRY_NOT_ALLOWED_SECONDS = 3_600;
