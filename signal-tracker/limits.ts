import { ADDRESS_INTERVAL_SECONDS } from "#shared/announce/announce.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "#shared/announce/websocket.ts";

// The tracker's limits, with units and reasons; `docs/operation.md` lists those that operators notice. The limits of the
// message parsers are in `shared/announce`. A network is an IPv4 address or an IPv6 /64; loopback belongs to none.

// Announces and swarms.

/** Offers handed out per announce: libtorrent makes 10, WebTorrent 5, anacrolix 1. */
export const MAX_OFFERS_PER_ANNOUNCE = 10;
/** Torrents per socket: foreign clients pool all of theirs on one. */
export const MAX_TORRENTS_PER_SOCKET = 1_000;
/** How long an offer waits for its answer: WebTorrent gives up after 50 s, libtorrent after 120 s. */
export const OFFER_LIFETIME_MILLIS = 120_000;

/** Addresses in one reply: fewer than a client can dial, and 1.2 kB. */
export const MAX_PEERS_PER_REPLY = 200;
/** Addresses for a client that does not say how many it wants: as many as clients dial in their first minute. */
export const USUAL_PEERS_PER_REPLY = 50;
/**
 * Seconds for which a client should not announce again. A seeder that a newcomer cannot reach asks for it this soon and dials
 * it. aria2 announces as often as this, which a tracker that takes thousands of announces a second can bear.
 */
export const MIN_INTERVAL_SECONDS = 30;
/**
 * How long an entry lasts after its last announce. The extra quarter of the interval leaves room for clients that spread or
 * retry their announces; more would only keep dead peers, which newcomers would dial in vain.
 */
export const ADDRESS_LIFETIME_MILLIS = 1.25 * ADDRESS_INTERVAL_SECONDS * 1_000;
/** Entries per network in one swarm: enough for a school that downloads one film. */
export const MAX_MEMBERS_PER_NETWORK_IN_SWARM = 200;
/** Entries per network in all swarms: one machine can take up a few megabytes of memory. */
export const MAX_MEMBERS_PER_NETWORK = 10_000;
/**
 * Announces without an event by one address in one swarm and minute, ten times as many as `MIN_INTERVAL_SECONDS` asks for: a
 * client that announces early for a reason, such as an answer that got lost, is never refused.
 */
export const MAX_UPDATES_PER_MEMBER_AND_MINUTE = 20;
/** Members whose announces are counted at once, about 30 MB. Beyond that, all counts start again from zero. */
export const MAX_COUNTED_MEMBERS = 100_000;
/** Networks counted at once, about 10 MB. Beyond that, all counts start again from zero. */
export const MAX_COUNTED_NETWORKS = 100_000;
/** Announces and scrapes per network and minute: a hundred people at a school start fifty torrents each. */
export const MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE = 5_000;
/** Expired members removed at once: a millisecond's work. There are more only after a while without announces. */
export const MAX_EXPIRED_AT_ONCE = 1_000;

// UDP.

/**
 * Answers over UDP to an address that nobody has proved, per network and minute: a hundred pages behind one address have fifty
 * links each, and ask by STUN every 10 s for each link; desktops ask for few connection ids. If the address is forged,
 * its owner gets 16 kB a second.
 */
export const MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE = 30_000;
/** How long a UDP connection id is good: clients use it for one minute, and trackers take it for two (BEP 15). */
export const CONNECTION_ID_LIFETIME_SECONDS = 120;
/** How far apart the clocks of nodes may be that accept each other's connection ids. */
export const MAX_CLOCK_SKEW_SECONDS = 30;
/** Bytes of a UDP packet that no network splits: the least that IPv6 must carry, 1,280, less its headers. */
export const MAX_UDP_REPLY_BYTES = 1_232;

// WebSockets.

/** What a client may do over a WebSocket. */
export interface SocketLimits {
  /** A longer message closes the socket with code 1009. */
  readonly maxMessageBytes: number;
  /**
   * Frames of one message; more close the socket with code 1008. Until the last one has come, each may keep in memory all that
   * the system had read with it, 64 KiB.
   */
  readonly maxFragments: number;
  /** Pieces in which the system reads one frame; more close the socket with code 1008. */
  readonly maxFramePieces: number;
  /** Announces and scrapes per socket and minute; answers do not count. More are refused; the socket stays open. */
  readonly maxAnnouncesPerMinute: number;
  /**
   * Useless messages per socket and minute: refused, unreadable, or answers without a waiting offer. One more closes the
   * socket with code 1008 and a reason.
   */
  readonly maxUselessPerMinute: number;
  /** Sockets per network; one more is closed with code 1008 and a reason. */
  readonly maxSocketsPerNetwork: number;
  /** Bytes queued for a client that does not read; beyond that, its socket is dropped. */
  readonly maxQueuedBytes: number;
  /** Time between pings. A socket that has sent nothing since the last one is dropped. */
  readonly pingMillis: number;
}

/** The limits of a running tracker. */
export const SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: MAX_CLIENT_MESSAGE_BYTES,
  maxFragments: 20, // anacrolix/torrent sends frames of 4 KiB, so that the longest message has 17.
  maxFramePieces: 256, // The longest message in packets of 256 bytes, half of what the worst lines carry.
  // A socket at its limit of torrents starts them all and announces each once more within its first minute.
  maxAnnouncesPerMinute: 2_000,
  maxUselessPerMinute: 2_000, // Even a client that announces twice as often as it may keeps its socket.
  maxSocketsPerNetwork: 1_000, // A large office behind one address.
  maxQueuedBytes: 1024 * 1024, // A few hundred offers.
  pingMillis: 30_000, // Routers and proxies forget a silent connection after a minute or more.
};

/** How long closing a WebSocket waits for the other side before it is dropped. */
export const CLOSE_TIMEOUT_MILLIS = 1_000;

// HTTP and its API.

/** How many bytes of requests or answers may be in memory at once. */
export interface ByteLimits {
  readonly maxBytes: number;
  /** The same for one network. */
  readonly maxBytesPerNetwork: number;
}

/** Unanswered requests per HTTP connection. Browsers and BitTorrent clients send one at a time. */
export const MAX_UNANSWERED_REQUESTS = 16;

/** Bytes of a request that publishes a torrent: a .torrent file of 6 MiB in base64, which describes 2.5 TB in pieces of 8 MiB. */
export const MAX_PUBLICATION_BYTES = 8 * 1024 * 1024;
/** Bytes of any other request to the JSON API: a name and two passwords, all of them escaped. */
export const MAX_SMALL_BODY_BYTES = 32 * 1024;
/** Bytes of publications that are arriving, in all and for each network: many torrents of usual size, and a few of the largest. */
export const ARRIVING_BYTES: ByteLimits = { maxBytes: 256 * 1024 ** 2, maxBytesPerNetwork: 32 * 1024 ** 2 };
/** Bytes of answers of the JSON API that are on their way, the same way. A page of the catalog has a few hundred kB. */
export const LEAVING_BYTES: ByteLimits = { maxBytes: 256 * 1024 ** 2, maxBytesPerNetwork: 32 * 1024 ** 2 };
/** Shorter answers do not count: the system takes them at once. */
export const MIN_COUNTED_ANSWER_BYTES = 16 * 1024;
/** How long a client may take to read an answer that counts: a .torrent file of 4 MiB over a line of 300 kbit/s. */
export const ANSWER_MILLIS = 120_000;

/** What a client may do over an HTTP connection, before it becomes a WebSocket. */
export interface HttpLimits {
  /** From the connection, or the end of the request before, to the end of the headers. A client that is slower is dropped. */
  readonly headersMillis: number;
  /** From the first byte of a request to the last of its body. */
  readonly requestMillis: number;
  /** How often to look for clients that are too slow: they may take that much longer. */
  readonly checkMillis: number;
  /** How long a connection stays open between two requests. */
  readonly keepAliveMillis: number;
  /** Bytes of the first line and all headers together; more are answered with 431. */
  readonly maxHeaderBytes: number;
  /** Requests over one connection; the answer to the last closes it. */
  readonly maxRequestsPerConnection: number;
  /** Connections per network, those of its WebSockets among them; more are closed at once. Trusted proxies have no limit. */
  readonly maxConnectionsPerNetwork: number;
}

/** The limits of a running tracker. */
export const HTTP_LIMITS: HttpLimits = {
  headersMillis: 10_000, // Headers fit into a few packets, which even a bad line brings in a second.
  requestMillis: 120_000, // The largest .torrent over a line that sends 600 kbit/s.
  checkMillis: 2_000,
  keepAliveMillis: 5_000, // A browser asks for the page at once, a desktop announces minutes later.
  maxHeaderBytes: 16 * 1024, // An announce of 8 KiB, and cookies.
  maxRequestsPerConnection: 10_000, // A proxy's connection, too, moves to another node some day.
  maxConnectionsPerNetwork: 2_000, // All WebSockets of a large office, and as many requests besides.
};

/** How long a connection may take for its TLS handshake: four round trips by satellite, and some seconds for a slow phone. */
export const HANDSHAKE_TIMEOUT_MILLIS = 10_000;

// Operation.

/** How old an answer to `/readyz` may be: everybody may ask, and each look asks the database. */
export const MAX_READINESS_AGE_MILLIS = 1_000;
/** A store that takes longer to answer `/readyz` is not ready. Load balancers give up at about this time. */
export const READINESS_TIMEOUT_MILLIS = 2_000;

/** WebSockets closed each second while the tracker drains: as many new ones as another node takes with ease. */
export const SOCKETS_DRAINED_PER_SECOND = 1_000;
/** How long it closes WebSockets, however many there are: less than service managers wait before they kill. */
export const MAX_DRAIN_MILLIS = 10_000;
/** How long running requests may go on after that. */
export const MAX_LAST_REQUESTS_MILLIS = 5_000;

/**
 * How long a TURN server lets a client in with what `/config.json` gave it. Pages ask again after half of it; a page that slept for
 * hours still has something to start with.
 */
export const TURN_CREDENTIAL_SECONDS = 12 * 60 * 60;

// What is in memory, and its file.

/** What the in-memory store keeps, in all swarms. */
export interface MemoryLimits {
  /** Offers that wait for an answer. Beyond that, the oldest is dropped. */
  readonly maxWaitingOffers: number;
  /** Members with addresses. Beyond that, the one that would expire next is dropped. */
  readonly maxAddressMembers: number;
  /** Empty swarms whose completed downloads are remembered. Beyond that, the one that has been empty longest is forgotten. */
  readonly maxPastDownloads: number;
}

/** The limits of a running tracker. */
export const MEMORY_LIMITS: MemoryLimits = {
  maxWaitingOffers: 500_000, // About 100 MB.
  maxAddressMembers: 500_000, // About 250 MB, and three times as much if each is alone in its swarm.
  maxPastDownloads: 100_000, // About 15 MB.
};

/** How often the swarms are written to the data folder. A kill loses at most as much. */
export const SNAPSHOT_MILLIS = 60_000;
/** Lines of that file written and read between two turns of the event loop: two milliseconds, so that announces do not wait. */
export const SNAPSHOT_LINES_AT_ONCE = 1_000;
/** Bytes of that file: twice as many as the most members take. */
export const MAX_SNAPSHOT_BYTES = 256 * 1024 * 1024;

// Several nodes.

/** How long Redis may leave us waiting before we do without it: a hundred times what a busy one takes. */
export const REDIS_ANSWER_MILLIS = 1_000;
/** How long a connection to Redis may take, with the commands that prepare it. */
export const REDIS_CONNECT_MILLIS = 3_000;
/** Commands that wait for Redis at once: what the busiest node sends in `REDIS_ANSWER_MILLIS`. Beyond that they fail. */
export const MAX_WAITING_REDIS_COMMANDS = 20_000;

/** How often a node says that it is alive, and learns which others are. */
export const NODE_BEAT_MILLIS = 4_000;
/** How long a node counts as alive after its last beat: two may get lost. */
export const NODE_LIFETIME_MILLIS = 12_000;
/** How long a node without an inbox counts as dead, whatever its key says: it may only be subscribing again. */
export const NODE_MISSED_MILLIS = 6_000;
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
/** Bytes of a batch that a node reads: the last message may be one of `MAX_SDP_CHARACTERS`, all of them escaped. */
export const MAX_INBOX_BYTES = 1024 * 1024;
/** Messages that a node reads of one batch: more do not fit by far. */
export const MAX_INBOX_MESSAGES = 1_000;
/** Members that have expired, or whose node died, that one announce removes from a shared swarm: about 200 µs of Redis. */
export const MAX_TRIMMED_AT_ONCE = 64;

/**
 * How long the entry of a socket lasts in a shared swarm after it was last put there. Its node puts it again in time even if its
 * client is slow to announce; only members of a node that died expire.
 */
export const SHARED_LIFETIME_MILLIS = 200_000;
/** When a node renews the entry of a socket by itself: clients announce a little earlier. */
export const SHARED_RENEWAL_MILLIS = 132_000;
/** An announce that says nothing new does not renew an entry younger than this, in swarms that no other node is in. */
export const SHARED_REST_MILLIS = 60_000;
/** For how long announces of a busy swarm share a look: counts and members of other nodes may be that old. */
export const RECENT_LOOK_MILLIS = 1_000;
/** Sockets in a look that several announces share: one round trip for a dozen announces, and 10 µs more of Redis. */
export const SOCKETS_IN_RECENT_LOOK = 64;
/** Looks kept at once, 16 kB each: more swarms are not busy at one node. */
export const MAX_RECENT_LOOKS = 2_000;
/** Entries that a node renews at once: a tenth of what Redis can do in that time. */
export const MAX_RENEWED_AT_ONCE = 500;
/** How long a node takes to put all its entries again after Redis has lost them: long enough not to hold up announces. */
export const REWRITE_MILLIS = 10_000;
/** How often a node looks for entries to renew. */
export const CLUSTER_TICK_MILLIS = 250;

// Records, and the view of the tracker.

/** What a store of records does at once. */
export interface RecordLimits {
  /**
   * Entries of the catalog that a search for one word looks at; for several words they are fewer. A search that reaches it
   * answers with what it has found and a cursor from which to go on.
   */
  readonly maxScannedTorrents: number;
}

/** The limits of a running tracker. */
export const RECORD_LIMITS: RecordLimits = {
  maxScannedTorrents: 2_000, // A few hundredths of a second.
};
/** Trigrams of a word that the index is asked for. What it finds is compared with the whole word. */
export const MAX_TRIGRAMS_PER_WORD = 4;

/** Swarms counted between two turns of the event loop: a few tenths of a millisecond, so that announces do not wait. */
export const SWARMS_COUNTED_AT_ONCE = 200;
/** How old a count of all swarms may be, whoever asks for it and how often. */
export const MAX_CENSUS_AGE_MILLIS = 10_000;
/** How old the names in the tracker's view of itself may be: each look asks the database for all of them. */
export const MAX_STATUS_AGE_MILLIS = 1_000;
/** Swarms in the tracker's view of itself: what a person looks through. */
export const MAX_LARGEST_SWARMS = 50;

// Accounts.

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
/** Accounts of which those are remembered, about 20 MB. Beyond that, whoever has not logged in for longest is forgotten. */
export const MAX_NAMES_WITH_KNOWN_NETWORKS = 50_000;
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

// Lists of torrents, and the catalog.

/** Torrents in a list of allowed or denied ones, about 50 MB. */
export const MAX_LISTED_TORRENTS = 500_000;
/** Bytes of such a file: as many lines with a few words of comment each. */
export const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** What the catalog keeps. */
export interface CatalogLimits {
  readonly maxTorrents: number;
  /** Bytes of info dictionaries, which are most of what an entry takes. */
  readonly maxInfoBytes: number;
  /** The same for one account or, without accounts, for one network. */
  readonly maxTorrentsPerPublisher: number;
  readonly maxInfoBytesPerPublisher: number;
}

/** The limits of a catalog in a database. */
export const CATALOG_LIMITS: CatalogLimits = {
  maxTorrents: 100_000, // A few hundred bytes each, besides their metadata.
  maxInfoBytes: 8 * 1024 ** 3, // 80 kB for each: a film in pieces of 512 KiB.
  maxTorrentsPerPublisher: 5_000, // A school's archive.
  maxInfoBytesPerPublisher: 512 * 1024 ** 2,
};

/** The limits of a catalog in memory. */
export const MEMORY_CATALOG_LIMITS: CatalogLimits = {
  maxTorrents: 10_000,
  maxInfoBytes: 256 * 1024 ** 2,
  maxTorrentsPerPublisher: 1_000,
  maxInfoBytesPerPublisher: 64 * 1024 ** 2,
};

/** Bytes of the info dictionary of one entry: 200,000 pieces, which are 1.6 TB in pieces of 8 MiB. */
export const MAX_ENTRY_INFO_BYTES = 4 * 1024 ** 2;
/** Files of one entry. Opening it means reading them all: a few hundredths of a second. */
export const MAX_ENTRY_FILES = 10_000;
/** Files of an entry that are listed. Nobody reads more. */
export const MAX_LISTED_FILES = 1_000;
/** Characters of an entry's name: a longer file name does not exist. */
export const MAX_ENTRY_NAME_CHARACTERS = 255;
/** Characters of an entry's description: a long paragraph. */
export const MAX_DESCRIPTION_CHARACTERS = 1_000;
/** Characters of an entry's folded text: name, description and the first few hundred file names. */
export const MAX_SEARCH_TEXT_CHARACTERS = 10_000;
/** Characters and words of a search: a title with everything around it. Each word costs a look at each entry. */
export const MAX_SEARCH_CHARACTERS = 200;
export const MAX_SEARCH_WORDS = 12;
/** Entries of one page of the catalog. */
export const MAX_TORRENTS_PER_PAGE = 100;
/** Opened entries that are kept, so that a popular one is read once. About 10 MB. */
export const MAX_KEPT_DETAILS = 50;

/** Publications of one network a minute: a folder of torrents from a script. Reading one takes a tenth of a second at most. */
export const MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE = 60;
/** Other requests to the catalog from one network a minute: a class of thirty that types searches. */
export const MAX_CATALOG_REQUESTS_PER_NETWORK_AND_MINUTE = 300;

/** How often the catalog looks at the swarms. */
export const SWEEP_INTERVAL_MILLIS = 60_000;
/** Entries that one look is for, and entries between which others get their turn: a hundredth of a second's work. */
export const MAX_TORRENTS_PER_SWEEP = 5_000;
export const TORRENTS_PER_SWEEP_PORTION = 200;
/** How exactly the catalog remembers when somebody seeded: a more exact time would be written at each look. */
export const LAST_SEEDED_ACCURACY_MILLIS = 10 * 60_000;
/** Days after which an entry that nobody has seeded is removed: a long holiday. */
export const CATALOG_DAYS = 30;
/** How long after its start a tracker removes nothing: while it was down, nobody could seed. */
export const SWEEP_GRACE_MILLIS = 24 * 3_600_000;
/** How long nobody has to seed an entry before it says when it will be removed: most seeders are back the next day. */
export const QUIET_MILLIS = 24 * 3_600_000;
