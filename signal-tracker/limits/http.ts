// HTTP connections, requests and answers.

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
