import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import type { Feed } from "./drive.ts";
import type { PieceTarget } from "./incoming-pieces.ts";
import type { ProblemOf, TakeBuffer } from "./ports.ts";
import type { ReadBuffers } from "./read-buffers.ts";

type ReadBlock = Extract<Effect, { type: "readBlock" }>;

/** Whole pieces kept for the next blocks or being read, in bytes; one piece always may be. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/** Of these, pieces being read: peers that ask for a byte of each piece leave room for those that are of use. */
export const MAX_LOADING_BYTES = 32 * 1024 * 1024;

/** Beyond this, pieces are kept only for the links: memory that lives longer costs more than a second read of small ones. */
const CACHE_BYTES_ENOUGH = 16 * 1024 * 1024;

/** Two for every upload slot: the one that is being sent and the next. */
const MIN_CACHE_PIECES = 16;

/** Where a torrent's pieces lie, and how long each is. */
type Source = Pick<PieceTarget, "layout" | "storage">;

interface Cached {
  readonly bytes: Uint8Array;
  /** The cache needs its bytes no more. */
  readonly release: (() => void) | undefined;
}

/**
 * Serves blocks out of whole pieces, each read once for all the blocks that peers ask of it.
 *
 * Invariant: the bytes of a piece do not change while the cache, an input or a link has a view of them.
 */
export class PieceCache {
  readonly #find: (infoHash: InfoHash) => Source | undefined;
  readonly #isLinked: (link: LinkId) => boolean;
  readonly #feed: Feed;
  readonly #problemOf: ProblemOf;
  readonly #buffers: ReadBuffers | undefined;
  readonly #take: TakeBuffer | undefined;
  /** Least recently used first. */
  readonly #pieces = new Map<string, Cached>();
  readonly #waiting = new Map<string, ReadBlock[]>();
  /** Pieces to be read, by the link that asked first. The link whose turn is next comes first. */
  readonly #lines = new Map<LinkId, ReadBlock[]>();
  #bytes = 0;
  #loadingBytes = 0;

  /** Without `buffers` every piece that is read has one of its own. What no link waits for any more is not read. */
  constructor(
    find: (infoHash: InfoHash) => Source | undefined,
    isLinked: (link: LinkId) => boolean,
    feed: Feed,
    problemOf: ProblemOf,
    buffers?: ReadBuffers,
  ) {
    this.#problemOf = problemOf;
    this.#find = find;
    this.#isLinked = isLinked;
    this.#feed = feed;
    this.#buffers = buffers;
    this.#take = buffers && ((bytes) => buffers.take(bytes));
  }

  /** Answers with `blockRead`: at once for a cached piece, else when it has been read. */
  read(wanted: ReadBlock): void {
    const key = keyOf(wanted.infoHash, wanted.piece);
    const cached = this.#pieces.get(key);
    if (cached !== undefined) {
      this.#pieces.delete(key);
      this.#pieces.set(key, cached);
      return this.#answer(wanted, cached.bytes);
    }
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(wanted);
      return;
    }
    this.#waiting.set(key, [wanted]);
    const line = this.#lines.get(wanted.link);
    if (line === undefined) this.#lines.set(wanted.link, [wanted]);
    else line.push(wanted);
    this.#loadMore();
  }

  dropTorrent(infoHash: InfoHash): void {
    for (const [key, cached] of this.#pieces) if (key.startsWith(infoHash)) this.#drop(key, cached);
  }

  /** Reads one piece for each link in turn, so that none has to wait for all that another one asked for. */
  #loadMore(): void {
    for (const [link, line] of this.#lines) {
      const [next] = line;
      const bytes = next === undefined ? 0 : this.#pieceBytes(next);
      if (this.#loadingBytes > 0 && this.#loadingBytes + bytes > MAX_LOADING_BYTES) return;
      line.shift();
      this.#lines.delete(link);
      if (line.length > 0) this.#lines.set(link, line); // Behind the others.
      if (next !== undefined) void this.#load(next, bytes);
    }
  }

  #pieceBytes({ infoHash, piece }: ReadBlock): number {
    return this.#find(infoHash)?.layout.pieceBytes(piece) ?? 0;
  }

  async #load({ infoHash, piece }: ReadBlock, pieceBytes: number): Promise<void> {
    const key = keyOf(infoHash, piece);
    if (!this.#waiting.get(key)?.some(({ link }) => this.#isLinked(link))) {
      this.#waiting.delete(key);
      return;
    }
    this.#loadingBytes += pieceBytes;
    this.#makeRoom();
    const outcome = await this.#read(infoHash, piece);
    this.#loadingBytes -= pieceBytes;
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    if ("problem" in outcome) {
      // The torrent stops, and with it the links that wait.
      this.#feed({ type: "torrentFailed", infoHash, piece: undefined, problem: outcome.problem });
    } else {
      const { bytes } = outcome;
      const answered = bytes && this.#buffers?.hold(bytes); // An answer may make the cache drop the piece.
      if (bytes !== undefined) this.#keep(key, bytes);
      for (const wanted of waiting) this.#answer(wanted, bytes);
      answered?.();
    }
    this.#loadMore();
  }

  async #read(
    infoHash: InfoHash,
    piece: PieceIndex,
  ): Promise<{ readonly bytes: Uint8Array | undefined } | { readonly problem: string }> {
    try {
      return { bytes: await this.#find(infoHash)?.storage.read(piece, this.#take) };
    } catch (error) {
      return { problem: this.#problemOf(error) };
    }
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#pieces.set(key, { bytes, release: this.#buffers?.hold(bytes) });
    this.#bytes += bytes.length;
    this.#makeRoom(key);
  }

  /** Drops what was not used for the longest time, but not the newest piece. */
  #makeRoom(newest?: string): void {
    for (const [oldest, old] of this.#pieces) {
      if (!this.#isTooMuch() || oldest === newest) break;
      this.#drop(oldest, old);
    }
  }

  #drop(key: string, { bytes, release }: Cached): void {
    this.#pieces.delete(key);
    this.#bytes -= bytes.length;
    release?.();
  }

  #isTooMuch(): boolean {
    const isEnough = this.#bytes > CACHE_BYTES_ENOUGH && this.#pieces.size > MIN_CACHE_PIECES;
    return isEnough || this.#bytes + this.#loadingBytes > MAX_CACHE_BYTES;
  }

  #answer({ link, infoHash, piece, begin, length }: ReadBlock, whole: Uint8Array | undefined): void {
    const part = whole?.subarray(begin, begin + length);
    const bytes = part?.length === length ? part : undefined; // A file that was cut short cannot be read.
    const answered = bytes && this.#buffers?.hold(bytes);
    this.#feed({ type: "blockRead", link, infoHash, piece, begin, length, bytes }, answered);
  }
}

function keyOf(infoHash: InfoHash, piece: PieceIndex): string {
  return `${infoHash}:${piece}`;
}
