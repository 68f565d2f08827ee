import type { Announce, AnnounceReply, Answer, RelayedSdp, RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { InfoHash, Millis, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { LinkEnd } from "../session/effect.ts";

/** What a platform (browser, Node, simulator) brings to the driver. */
export interface Clock {
  now(): Millis;
  /** Calls `wake` once at `when` or soon after, unless the returned function is called first. */
  wakeAt(when: Millis, wake: () => void): () => void;
}

/** A link to a peer: an ordered, reliable stream of bytes both ways, over whatever carries it. */
export interface Link {
  /**
   * Takes bytes for the other side: they are kept until they are sent, and not changed before `sent` is called. A link that
   * cannot tell, or has ended, does not call it.
   */
  send(bytes: Uint8Array, sent?: () => void): void;
  /** Ends it; what was taken is still sent where that takes no time. */
  close(): void;
}

/** What happens to a link. */
export interface LinkEvents {
  readonly opened: () => void;
  /** Borrowed: the bytes may be used again when this returns. */
  readonly arrived: (bytes: Uint8Array) => void;
  /** Fewer bytes than the link's low-water mark are unsent. */
  readonly drained: (queuedBytes: number) => void;
  /** Said once. Undefined: by our own `close`. */
  readonly ended: (reason: LinkEnd | undefined) => void;
}

/** Opens a link over TCP. */
export type Dial = (address: PeerAddress, events: LinkEvents) => Link;

/** SHA-1 of some bytes: 20 bytes. The bytes are not changed until it is done. */
export type Sha1 = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** Gives a buffer of so many bytes, with anything in it. */
export type TakeBuffer = (bytes: number) => Uint8Array<ArrayBuffer>;

/** Where the pieces of one torrent lie. */
export interface PieceStorage {
  /**
   * A verified piece, whole; the caller does not change the bytes. Undefined: it is lost, and has to come from peers
   * again. Rejects with a `StorageError` when the torrent cannot go on. `take` gives a buffer of so many bytes to read into;
   * a storage that has the bytes in one of its own does not call it.
   */
  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array | undefined>;
  /** Takes over `bytes`. Done when the piece is safe; rejects with a `StorageError`. */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** When `write` is done, the storage needs the bytes no more: they may be filled with another piece. */
  readonly givesBack?: boolean;
}

/** The storage is full, gone or broken. The message is a sentence for the person, with the next step. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

/** The person's sentence for what went wrong with a torrent's storage. */
export type ProblemOf = (error: unknown) => string;

/** A bug of ours: writes it down whole, with its stack, and gives the sentence for the torrent that it stops. */
export type ReportBug = (error: unknown) => string;

/** Whatever is no `StorageError` is a bug. */
export function problemTeller(reportBug: ReportBug): ProblemOf {
  return (error) => (error instanceof StorageError ? error.message : reportBug(error));
}

/** A conversation with one tracker about all torrents. It does not retry by itself: a later message opens it anew. */
export interface TrackerLine {
  announce(announce: Announce): void;
  answer(answer: Answer): void;
  /** Ends it without a word; `lost` is not called. */
  close(): void;
}

/** What a tracker says, as it arrives. */
export interface TrackerEvents {
  readonly replied: (reply: AnnounceReply) => void;
  /** Peers that take links over TCP. */
  readonly found: (infoHash: InfoHash, addresses: readonly PeerAddress[]) => void;
  /** Another peer's offer, or its answer to one of ours. */
  readonly relayed: (message: RelayedSdp) => void;
  /** It refuses one torrent. The reason is a sentence. */
  readonly refused: (infoHash: InfoHash, reason: string, retryIn?: RetryIn) => void;
  /** An announce of one torrent got no answer, and a sentence says why. Other torrents may do better. */
  readonly unanswered: (infoHash: InfoHash, reason: string) => void;
  /** It cannot be reached, or has hung up: it has forgotten us. It may have said for how many seconds to leave it alone. */
  readonly lost: (reason: string, retryInSeconds?: number) => void;
}

/** Brings the transport that a tracker's URL asks for. */
export type OpenTracker = (url: TrackerUrl, events: TrackerEvents) => TrackerLine;

/** Finds peers without a tracker, and lets them find us. What it finds becomes the input `addressesFound`. */
export interface Discovery {
  /** Seeks peers of this torrent until `end`. */
  start(infoHash: InfoHash): void;
  /** May be called for a torrent that is not sought. */
  end(infoHash: InfoHash): void;
}
