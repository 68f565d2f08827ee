import { MAX_HTTP_SCRAPE_HASHES } from "../shared/announce/http.ts";
import { MAX_QUERY_CHARACTERS } from "../shared/announce/http-query.ts";
import { MAX_SCRAPE_HASHES } from "../shared/announce/websocket.ts";
import {
  ANSWER_MILLIS,
  ARRIVING_BYTES,
  HTTP_LIMITS,
  LEAVING_BYTES,
  MAX_PUBLICATION_BYTES,
  MAX_SMALL_BODY_BYTES,
  MAX_UNANSWERED_REQUESTS,
} from "../signal-tracker/limits/http.ts";
import { MEMORY_LIMITS } from "../signal-tracker/limits/memory.ts";
import {
  MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE,
  MAX_MEMBERS_PER_NETWORK,
  MAX_MEMBERS_PER_NETWORK_IN_SWARM,
  MAX_OFFERS_PER_ANNOUNCE,
  MAX_OFFERS_PER_NETWORK_AND_MINUTE,
  MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE,
  MAX_PEERS_PER_REPLY,
  MAX_TORRENTS_PER_SOCKET,
  MAX_UPDATES_PER_MEMBER_AND_MINUTE,
  OFFER_LIFETIME_MILLIS,
} from "../signal-tracker/limits/swarms.ts";
import { MAX_TURN_MILLIS_PER_NETWORK, MAX_WAITING_PER_NETWORK } from "../signal-tracker/limits/turns.ts";
import {
  CONNECTION_ID_LIFETIME_SECONDS,
  MAX_CLOCK_SKEW_SECONDS,
  MAX_UDP_REPLY_BYTES,
  MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE,
} from "../signal-tracker/limits/udp.ts";
import { SOCKET_LIMITS } from "../signal-tracker/limits/websocket.ts";

// The limits that operators notice, as docs/operation.md lists them: what, how much, and what happens beyond it.

type Row = readonly [what: string, limit: string, beyond: string];

const LOOPBACK = "loopback has no limit";

/** Over WebSocket. */
export const SOCKET_ROWS: readonly Row[] = [
  ["one message", bytes(SOCKET_LIMITS.maxMessageBytes), "the socket is closed, code 1009"],
  ["frames of one message", String(SOCKET_LIMITS.maxFragments), "the socket is closed, code 1008"],
  [
    "pieces in which one frame arrives",
    String(SOCKET_LIMITS.maxFramePieces),
    "the socket is closed, code 1008",
  ],
  [
    "announces and scrapes of one socket in a minute",
    `${count(SOCKET_LIMITS.maxAnnouncesPerMinute)} (answers do not count)`,
    "refused, the socket stays",
  ],
  [
    "useless messages of one socket in a minute (\\*)",
    count(SOCKET_LIMITS.maxUselessPerMinute),
    "the socket is closed, code 1008",
  ],
  ["offers handed out for one announce", count(MAX_OFFERS_PER_ANNOUNCE), "the rest is ignored"],
  [
    "offers of one address (IPv6: of one /64) in a minute; of those to one client",
    `${count(MAX_OFFERS_PER_NETWORK_AND_MINUTE)}; ${MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE}; ${LOOPBACK}`,
    "ignored; the announce is answered",
  ],
  ["torrents of one socket", count(MAX_TORRENTS_PER_SOCKET), "refused, the socket stays"],
  [
    "messages and requests of one address between which others get their turn",
    `${MAX_TURN_MILLIS_PER_NETWORK} ms of work; ${LOOPBACK}`,
    "wait; nothing is refused",
  ],
  [
    "messages and requests of one address that wait for its turn",
    count(MAX_WAITING_PER_NETWORK),
    "its sockets are not read",
  ],
  [
    "sockets from one address (IPv6: from one /64)",
    `${count(SOCKET_LIMITS.maxSocketsPerNetwork)}; ${LOOPBACK}`,
    "closed, code 1008 with the reason",
  ],
  ["torrents in one scrape", count(MAX_SCRAPE_HASHES), "refused"],
  ["time for an answer to an offer", seconds(OFFER_LIFETIME_MILLIS), "dropped"],
  ["offers that wait for an answer, in all", count(MEMORY_LIMITS.maxWaitingOffers), "the oldest is given up"],
  [
    "bytes queued for a client that still gets offers",
    bytes(SOCKET_LIMITS.maxQueuedBytesForOffers),
    "it gets no more offers",
  ],
  [
    "unsent bytes for a client that does not read",
    bytes(SOCKET_LIMITS.maxQueuedBytes),
    "its socket is dropped",
  ],
  [
    "silence",
    `pinged every ${seconds(SOCKET_LIMITS.pingMillis)}; nothing between two pings`,
    "its socket is dropped",
  ],
];

/** Over HTTP. */
export const HTTP_ROWS: readonly Row[] = [
  ["query", `${count(MAX_QUERY_CHARACTERS)} characters`, "refused"],
  [
    "announces and scrapes of one address in a minute (IPv6: of one /64)",
    `${count(MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE)}; ${LOOPBACK}`,
    "refused",
  ],
  [
    "announces of one torrent by one client in a minute, without an event",
    `${count(MAX_UPDATES_PER_MEMBER_AND_MINUTE)}; ${LOOPBACK}`,
    "refused, with the seconds to wait",
  ],
  [
    "entries of one address in one torrent",
    `${count(MAX_MEMBERS_PER_NETWORK_IN_SWARM)}; ${LOOPBACK}`,
    "gets peers but is not listed; a warning",
  ],
  ["entries of one address in all", `${count(MAX_MEMBERS_PER_NETWORK)}; ${LOOPBACK}`, "the same"],
  ["entries in all", count(MEMORY_LIMITS.maxAddressMembers), "the one that would expire next is given up"],
  [
    "requests of one connection that wait for an answer",
    count(MAX_UNANSWERED_REQUESTS),
    "the connection is dropped",
  ],
  ["peers in one reply", count(MAX_PEERS_PER_REPLY), "the rest is ignored"],
  ["torrents in one scrape", count(MAX_HTTP_SCRAPE_HASHES), "refused"],
  ["first line and headers of a request", bytes(HTTP_LIMITS.maxHeaderBytes), "status 431"],
  ["time until the headers are complete", seconds(HTTP_LIMITS.headersMillis), "status 408"],
  ["body of a request that publishes a torrent", bytes(MAX_PUBLICATION_BYTES), "status 413"],
  ["body of any other request", bytes(MAX_SMALL_BODY_BYTES), "status 413"],
  ["bodies that arrive at once, from one address", bytes(ARRIVING_BYTES.maxBytesPerNetwork), "status 503"],
  ["and in all", bytes(ARRIVING_BYTES.maxBytes), "status 503"],
  ["answers of the API on their way, to one address", bytes(LEAVING_BYTES.maxBytesPerNetwork), "status 503"],
  ["and in all", bytes(LEAVING_BYTES.maxBytes), "status 503"],
  ["time to read such an answer", seconds(ANSWER_MILLIS), "the connection is dropped"],
  ["time until the body is complete", seconds(HTTP_LIMITS.requestMillis), "status 408"],
  [
    "time between two requests of a connection",
    seconds(HTTP_LIMITS.keepAliveMillis),
    "the connection is closed",
  ],
  ["requests of one connection", count(HTTP_LIMITS.maxRequestsPerConnection), "the connection is closed"],
  [
    "connections from one address, WebSockets included (IPv6: from one /64)",
    `${count(HTTP_LIMITS.maxConnectionsPerNetwork)}; loopback and trusted proxies have no limit`,
    "closed at once",
  ],
];

/** Over UDP, beside those over HTTP. */
export const UDP_ROWS: readonly Row[] = [
  [
    "answers to an address that nobody has proved (STUN, connection ids, errors), for each network",
    `${count(MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE)} a minute; ${LOOPBACK}`,
    "no answer",
  ],
  ["an answer to such an address, but for STUN", "as long as the packet that asked", "cut"],
  [
    "a reply to an announce",
    `${count(MAX_UDP_REPLY_BYTES)} bytes: 200 peers over IPv4, 67 over IPv6`,
    "the rest is ignored",
  ],
  ["torrents in one scrape", "74", "refused"],
  [
    "a connection id",
    `${CONNECTION_ID_LIFETIME_SECONDS / 60} minutes, and ${MAX_CLOCK_SKEW_SECONDS} s between nodes' clocks`,
    "refused; clients ask for a new one",
  ],
];

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function bytes(value: number): string {
  return value >= 1024 * 1024 ? `${value / 1024 / 1024} MiB` : `${value / 1024} KiB`;
}

function seconds(millis: number): string {
  return `${millis / 1_000} s`;
}
