import { ADDRESS_INTERVAL_SECONDS } from "#shared/announce/announce.ts";

// Announces, and who is in which swarm.

/** Offers handed out per announce: libtorrent makes 10, WebTorrent 5, anacrolix 1. */
export const MAX_OFFERS_PER_ANNOUNCE = 10;
/** Torrents per socket: foreign clients pool all of theirs on one. */
export const MAX_TORRENTS_PER_SOCKET = 1_000;
/** Offers handed out for one network in a minute: a thousand pages start ten torrents. They wait for at most three minutes' answers. */
export const MAX_OFFERS_PER_NETWORK_AND_MINUTE = 50_000;
/** And those of them that one client gets: two hundred at a school join its swarm. */
export const MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE = 300;
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
