import { MAX_CLIENT_MESSAGE_BYTES } from "#shared/announce/websocket.ts";

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
  /** Bytes queued beyond which a client gets no more offers, so that offers of others do not cost it its socket. */
  readonly maxQueuedBytesForOffers: number;
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
  maxQueuedBytesForOffers: 512 * 1024, // Replies to its own announces still fit.
  pingMillis: 30_000, // Routers and proxies forget a silent connection after a minute or more.
};

/** How long closing a WebSocket waits for the other side before it is dropped. */
export const CLOSE_TIMEOUT_MILLIS = 1_000;
