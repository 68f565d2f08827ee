import type { Announce, AnnounceReply, Answer, RelayedSdp, RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { InfoHash, Millis, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { ProblemKind } from "../session/input.ts";
import type { LinkEnd } from "../session/link-end.ts";
import type { FetchProblem } from "../session/web-seed.ts";

/** A platform's clock and timers. */
export interface Clock {
  now(): Millis;
  /** Calls `wake` once, at `when` or soon after. The returned function cancels that. */
  wakeAt(when: Millis, wake: () => void): () => void;
}

/** A link to a peer: an ordered, reliable stream of bytes in both directions, over any transport. */
export interface Link {
  /**
   * Sends bytes. The link may keep them, so the caller does not change them before `sent` is called. A link that cannot tell,
   * or has ended, does not call it.
   */
  send(bytes: Uint8Array, sent?: () => void): void;
  /** Closes the link, after sending queued bytes if that takes no time. */
  close(): void;
}

/** A link's events. */
export interface LinkEvents {
  readonly opened: () => void;
  /** The peer is on this device's own network. Called once at most, after `opened`. */
  readonly nearby: () => void;
  /** The peer takes encrypted links: this one began with an encrypted handshake. Called once at most, before `arrived`. */
  readonly encrypted?: () => void;
  /** The bytes are only lent: their buffer may be reused once this returns. */
  readonly arrived: (bytes: Uint8Array) => void;
  /** The unsent bytes are below the link's low-water mark. */
  readonly drained: (queuedBytes: number) => void;
  /** Called once. Undefined: we called `close`. */
  readonly ended: (reason: LinkEnd | undefined) => void;
}

/** Opens a link over TCP. */
export type Dial = (address: PeerAddress, events: LinkEvents) => Link;

/** The same. `prefersEncryption`: the peer prefers encrypted links, as its last link showed or somebody says. */
export type DialAsTold = (address: PeerAddress, events: LinkEvents, prefersEncryption?: boolean) => Link;

/** SHA-1, 20 bytes. The caller does not change the input until it is done. */
export type Sha1 = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** Returns a buffer of the given length with arbitrary contents. */
export type TakeBuffer = (bytes: number) => Uint8Array<ArrayBuffer>;

/** Stores the pieces of one torrent. */
export interface PieceStorage {
  /**
   * Reads a whole verified piece, which the caller does not change. Undefined: it is lost, and must come from peers again.
   * Rejects with a `StorageError` if the torrent cannot go on. `take` returns a buffer to read into; a storage that already
   * has the bytes in memory does not call it.
   */
  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array | undefined>;
  /** Takes ownership of `bytes`. Resolves once the piece is safe, or rejects with a `StorageError`. */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** True: once `write` is done, the caller may reuse the buffer. */
  readonly givesBack?: boolean;
}

/** The storage is full, gone or broken. The message is a sentence that tells the person what to do next. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly kind: ProblemKind | undefined;

  constructor(message: string, kind?: ProblemKind) {
    super(message);
    this.kind = kind;
  }
}

/** Turns an error of a torrent's storage into a sentence for the person. */
export type ProblemOf = (error: unknown) => string;

/** Logs a bug of ours with its stack, and returns the sentence for the torrent that it stops. */
export type ReportBug = (error: unknown) => string;

/** Treats everything but a `StorageError` as a bug. */
export function problemTeller(reportBug: ReportBug): ProblemOf {
  return (error) => (error instanceof StorageError ? error.message : reportBug(error));
}

/** The connection to one tracker, shared by all torrents. It does not retry: the next announce connects again. */
export interface TrackerLine {
  announce(announce: Announce): void;
  answer(answer: Answer): void;
  /** Closes it without a goodbye. `lost` is not called. */
  close(): void;
}

/** A tracker's events. */
export interface TrackerEvents {
  readonly replied: (reply: AnnounceReply) => void;
  /** Peers that listen for TCP. */
  readonly found: (infoHash: InfoHash, addresses: readonly PeerAddress[]) => void;
  /** Another peer's offer, or its answer to one of ours. */
  readonly relayed: (message: RelayedSdp) => void;
  /** The tracker refuses one torrent, for a reason. */
  readonly refused: (infoHash: InfoHash, reason: string, retryIn?: RetryIn) => void;
  /** An announce of one torrent got no answer, for a reason. Other torrents may do better. */
  readonly unanswered: (infoHash: InfoHash, reason: string) => void;
  /** The tracker is unreachable or hung up, and has forgotten us. It may have said when to retry. */
  readonly lost: (reason: string, retryInSeconds?: number) => void;
}

/** Connects to a tracker over its URL's transport. */
export type OpenTracker = (url: TrackerUrl, events: TrackerEvents) => TrackerLine;

/** A part of a file on a web server. */
export interface RangeWanted {
  /** On http or https. */
  readonly url: string;
  /** The first byte, from 0. */
  readonly begin: number;
  readonly length: number;
  /** Of the whole file, as the torrent says. */
  readonly fileBytes: number;
  /** The person named the server: it may be in a private network. */
  readonly isTrusted: boolean;
}

/** What comes of a request for a part of a file. */
export interface RangeEvents {
  /** The next bytes of it. They are only lent: their buffer may be reused once this returns. */
  readonly arrived: (bytes: Uint8Array) => void;
  /** Called once, unless it is cancelled. Undefined: all of it came. */
  readonly ended: (problem: FetchProblem | undefined) => void;
}

/** Fetches a part of a file. The returned function cancels that: no event follows. */
export type FetchRange = (wanted: RangeWanted, events: RangeEvents) => () => void;

/** Finds peers without a tracker, and makes us findable. Results arrive as the input `addressesFound`. */
export interface Discovery {
  /** Looks for this torrent's peers until `end`. */
  start(infoHash: InfoHash): void;
  /** Does nothing for a torrent that was not started. */
  end(infoHash: InfoHash): void;
}
