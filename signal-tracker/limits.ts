import { ADDRESS_INTERVAL_SECONDS } from "#shared/announce/announce.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "#shared/announce/websocket.ts";

// All the tracker's limits, with units and reasons; `docs/operation.md` lists what operators notice of them. Those that the
// parsers of messages need are in `shared/announce`. A network is an IPv4 address or an IPv6 /64, and loopback is none.

/** Offers of one announce that are handed out: libtorrent makes 10, WebTorrent 5, anacrolix 1. */
export const MAX_OFFERS_PER_ANNOUNCE = 10;
/** Torrents of one socket: foreign clients pool all of theirs on one. */
export const MAX_TORRENTS_PER_SOCKET = 1_000;
/** An unanswered offer is worthless by then: WebTorrent gives one up after 50 s, libtorrent after 120 s. */
export const OFFER_LIFETIME_MILLIS = 120_000;

/** Addresses in one reply: fewer than a client can dial, and 1.2 kB. */
export const MAX_PEERS_PER_REPLY = 200;
/** Addresses for a client that does not say how many it wants: as many as others dial in their first minute. */
export const USUAL_PEERS_PER_REPLY = 50;
/** Seconds before which a client should not announce again. aria2 announces as often as this, so it is not too short. */
export const MIN_INTERVAL_SECONDS = 120;
/**
 * How long an entry outlives its last announce. A quarter of the interval is room for clients that spread their announces or
 * send one again; more would only keep peers that died, which newcomers would dial in vain.
 */
export const ADDRESS_LIFETIME_MILLIS = 1.25 * ADDRESS_INTERVAL_SECONDS * 1_000;
/** Entries of one network in one swarm: a school that downloads one film. */
export const MAX_MEMBERS_PER_NETWORK_IN_SWARM = 200;
/** Entries of one network in all swarms: what one machine can cost in memory is some megabytes. */
export const MAX_MEMBERS_PER_NETWORK = 10_000;
/** Announces and scrapes of one network in a minute: a hundred people of a school start fifty torrents each. */
export const MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE = 5_000;
/**
 * STUN answers to one network in a minute: a hundred pages behind one address have fifty links each, and ask for each link
 * every 10 s. To somebody whose address is forged, it is 16 kB a second.
 */
export const MAX_STUN_ANSWERS_PER_NETWORK_AND_MINUTE = 30_000;
/** Networks that are counted at once, about 10 MB. Beyond it all counts begin anew. */
export const MAX_COUNTED_NETWORKS = 100_000;

/** What one client may ask of the tracker over a WebSocket. */
export interface SocketLimits {
  /** A longer message closes the socket with code 1009. */
  readonly maxMessageBytes: number;
  /** Announces and scrapes of one socket in a minute; answers do not count. More are refused, the socket stays. */
  readonly maxAnnouncesPerMinute: number;
  /** Sockets of one network; one more is closed with code 1008 and a reason. */
  readonly maxSocketsPerNetwork: number;
  /** What may wait for a client that does not read; beyond it its socket is dropped. */
  readonly maxQueuedBytes: number;
  /** Time between two pings. A socket from which nothing came since the last one is dropped. */
  readonly pingMillis: number;
}

/** The limits of a tracker that runs. */
export const SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: MAX_CLIENT_MESSAGE_BYTES,
  // A socket with the most torrents it may have starts them all and announces each once more within its first minute.
  maxAnnouncesPerMinute: 2_000,
  maxSocketsPerNetwork: 1_000, // A large office behind one address.
  maxQueuedBytes: 1024 * 1024, // Some hundred offers.
  pingMillis: 30_000, // Routers and proxies forget a silent connection after a minute or more.
};

/** A WebSocket that is to be closed is dropped when the other side has not agreed by then. */
export const CLOSE_TIMEOUT_MILLIS = 1_000;
/** A browser asks for the parts of the page at once, and a desktop announces minutes later. */
export const KEEP_ALIVE_MILLIS = 5_000;

/** How much the store in memory keeps at most, in all swarms. */
export interface MemoryLimits {
  /** Offers that wait for an answer at once. Beyond it the oldest is given up. */
  readonly maxWaitingOffers: number;
  /** Members with addresses. Beyond it the one that would expire next is given up. */
  readonly maxAddressMembers: number;
}

/** The limits of a tracker that runs. */
export const MEMORY_LIMITS: MemoryLimits = {
  maxWaitingOffers: 500_000, // About 100 MB.
  maxAddressMembers: 500_000, // About 250 MB, and three times as much if each is alone in its swarm.
};

/** Expired members that are removed at once: a millisecond's work. More come only after a time without any announce. */
export const MAX_EXPIRED_AT_ONCE = 1_000;
