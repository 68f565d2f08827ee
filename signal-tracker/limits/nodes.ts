// Redis, and several nodes.

/** How long Redis may leave us waiting before we do without it: a hundred times what a busy one takes. */
export const REDIS_ANSWER_MILLIS = 1_000;
/** How long a connection to Redis may take, with the commands that prepare it. */
export const REDIS_CONNECT_MILLIS = 3_000;
/** Commands that wait for Redis at once: what the busiest node sends in `REDIS_ANSWER_MILLIS`. Beyond that they fail. */
export const MAX_WAITING_REDIS_COMMANDS = 20_000;

/** Characters of an account, a session or a key in Redis: ten times as many as the longest has. */
export const MAX_RECORD_CHARACTERS = 16 * 1024;

/** How often a node says that it is alive, and learns which others are. */
export const NODE_BEAT_MILLIS = 4_000;
/** How long a node counts as alive after its last beat: two may get lost. */
export const NODE_LIFETIME_MILLIS = 12_000;
/** How long a node without an inbox counts as dead at least, whatever its key says: it may only be subscribing again. */
export const NODE_MISSED_MILLIS = 6_000;
/**
 * How long a node waits that the others took for dead before it puts its members again: it has told them that it is there, and they
 * look for it in Redis at once.
 */
export const REMEMBERED_MILLIS = 500;
/** Nodes that we know of, and dead ones that we remember. */
export const MAX_NODES = 32;
/** Nodes that pages, links and torrents are told of: enough to move on to, and few enough for a link. */
export const MAX_LISTED_NODES = 4;

/** How a node makes sure that it hears the others. */
export interface InboxLimits {
  /** How often it sends itself a message. */
  readonly echoMillis: number;
  /** Silence after which it subscribes again. */
  readonly silenceMillis: number;
}

/** The limits of a running tracker: two echoes may get lost. */
export const INBOX_LIMITS: InboxLimits = { echoMillis: 3_000, silenceMillis: 8_000 };

/** Messages for one node leave when they have this many bytes, or at the end of the tick. */
export const MAX_BATCH_BYTES = 256 * 1024;
/** Bytes of a batch that a node reads: the last message may have an SDP of almost `MAX_CLIENT_MESSAGE_BYTES`. */
export const MAX_INBOX_BYTES = 512 * 1024;
/** Messages that a node reads of one batch: more do not fit by far. */
export const MAX_INBOX_MESSAGES = 1_000;
/** Members that have expired, or whose node died, that one announce removes from a shared swarm: about 200 µs of Redis. */
export const MAX_TRIMMED_AT_ONCE = 64;

/**
 * How long the entry of a socket lasts in a shared swarm after it was last put there or renewed. Its node renews it in time, whether
 * its client announces or not; only members of a node that died expire.
 */
export const SHARED_LIFETIME_MILLIS = 200_000;
/** When a node renews the entry of a socket: a minute before it would expire. */
export const SHARED_RENEWAL_MILLIS = 132_000;
/** Entries younger than this are not renewed: with the first of a swarm that is due go all others of the node that are older. */
export const SHARED_REST_MILLIS = 60_000;
/**
 * For how long announces that change nothing share a look, if no other node tells of a change there: news can get lost, and nobody
 * tells of members with addresses that expire.
 */
export const LOOK_KEPT_MILLIS = 30_000;
/** For how long they share it once another node has told of a change: counts and members of other nodes may be that old. */
export const RECENT_LOOK_MILLIS = 1_000;
/** Sockets in a look that several announces share: one round trip for a dozen announces, and 10 µs more of Redis. */
export const SOCKETS_IN_RECENT_LOOK = 64;
/** Shared swarms that one scrape looks at, at once: it names up to 256. */
export const SCRAPE_LOOKS_AT_ONCE = 16;
/** Looks kept at once: 64 MB of the largest, and a tenth of that of usual ones. */
export const MAX_RECENT_LOOKS = 4_000;
/** Entries that a node renews at once: 2 ms of Redis, and a tenth of what it can do until the next time. */
export const MAX_RENEWED_AT_ONCE = 500;
/** How long a node takes to put all its entries again after Redis has lost them: long enough not to hold up announces. */
export const REWRITE_MILLIS = 10_000;
/** How often a node looks for entries to renew. */
export const CLUSTER_TICK_MILLIS = 250;
