import type { InfoHash, PieceIndex } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import type { Feed } from "./drive.ts";
import { type FindStorage, problemOf, type TakeBuffer } from "./ports.ts";
import type { ReadBuffers } from "./read-buffers.ts";

type ReadBlock = Extract<Effect, { type: "readBlock" }>;

/** Whole pieces kept for the next blocks, in bytes; one piece always is. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/** Beyond this, pieces are kept only for the links: memory that lives longer costs more than a second read of small ones. */
const CACHE_BYTES_ENOUGH = 16 * 1024 * 1024;

/** Two for every upload slot: the one that is being sent and the next. */
const MIN_CACHE_PIECES = 16;

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
  readonly #findStorage: FindStorage;
  readonly #feed: Feed;
  readonly #buffers: ReadBuffers | undefined;
  readonly #take: TakeBuffer | undefined;
  /** Least recently used first. */
  readonly #pieces = new Map<string, Cached>();
  readonly #waiting = new Map<string, ReadBlock[]>();
  #bytes = 0;

  /** Without `buffers` every piece that is read has one of its own. */
  constructor(findStorage: FindStorage, feed: Feed, buffers?: ReadBuffers) {
    this.#findStorage = findStorage;
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
    void this.#load(key, wanted);
  }

  dropTorrent(infoHash: InfoHash): void {
    for (const [key, cached] of this.#pieces) if (key.startsWith(infoHash)) this.#drop(key, cached);
  }

  async #load(key: string, { infoHash, piece }: ReadBlock): Promise<void> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#findStorage(infoHash)?.read(piece, this.#take);
    } catch (error) {
      this.#waiting.delete(key); // The torrent stops, and with it the links that wait.
      return this.#feed({ type: "storageFailed", infoHash, piece: undefined, problem: problemOf(error) });
    }
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    if (bytes !== undefined) this.#keep(key, bytes);
    for (const wanted of waiting) this.#answer(wanted, bytes);
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#pieces.set(key, { bytes, release: this.#buffers?.hold(bytes) });
    this.#bytes += bytes.length;
    for (const [oldest, old] of this.#pieces) {
      if (!this.#isTooMuch() || oldest === key) break;
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
    return isEnough || this.#bytes > MAX_CACHE_BYTES;
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
