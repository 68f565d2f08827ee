import type { InfoHash, PieceIndex } from "../base/ids.ts";
import type { Effect, Input } from "../session/effect.ts";
import { type FindStorage, problemOf } from "./ports.ts";

type ReadBlock = Extract<Effect, { type: "readBlock" }>;

/** Whole pieces kept for the next blocks, in bytes; one piece always is. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/** Beyond this, pieces are kept only for the links: memory that lives longer costs more than a second read of small ones. */
const CACHE_BYTES_ENOUGH = 16 * 1024 * 1024;

/** Two for every upload slot: the one that is being sent and the next. */
const MIN_CACHE_PIECES = 16;

/**
 * Serves blocks out of whole pieces, each read once for all the blocks that peers ask of it.
 *
 * Invariant: a cached piece's bytes never change, so views of them may wait in links.
 */
export class PieceCache {
  readonly #findStorage: FindStorage;
  readonly #feed: (input: Input) => void;
  /** Least recently used first. */
  readonly #pieces = new Map<string, Uint8Array>();
  readonly #waiting = new Map<string, ReadBlock[]>();
  #bytes = 0;

  constructor(findStorage: FindStorage, feed: (input: Input) => void) {
    this.#findStorage = findStorage;
    this.#feed = feed;
  }

  /** Answers with `blockRead`: at once for a cached piece, else when it has been read. */
  read(wanted: ReadBlock): void {
    const key = keyOf(wanted.infoHash, wanted.piece);
    const cached = this.#pieces.get(key);
    if (cached !== undefined) {
      this.#pieces.delete(key);
      this.#pieces.set(key, cached);
      return this.#answer(wanted, cached);
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
    for (const [key, bytes] of this.#pieces) {
      if (!key.startsWith(infoHash)) continue;
      this.#pieces.delete(key);
      this.#bytes -= bytes.length;
    }
  }

  async #load(key: string, { infoHash, piece }: ReadBlock): Promise<void> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#findStorage(infoHash)?.read(piece);
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
    this.#pieces.set(key, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, old] of this.#pieces) {
      if (!this.#isTooMuch() || oldest === key) break;
      this.#pieces.delete(oldest);
      this.#bytes -= old.length;
    }
  }

  #isTooMuch(): boolean {
    const isEnough = this.#bytes > CACHE_BYTES_ENOUGH && this.#pieces.size > MIN_CACHE_PIECES;
    return isEnough || this.#bytes > MAX_CACHE_BYTES;
  }

  #answer({ link, infoHash, piece, begin, length }: ReadBlock, whole: Uint8Array | undefined): void {
    const part = whole?.subarray(begin, begin + length);
    const bytes = part?.length === length ? part : undefined; // A file that was cut short cannot be read.
    this.#feed({ type: "blockRead", link, infoHash, piece, begin, length, bytes });
  }
}

function keyOf(infoHash: InfoHash, piece: PieceIndex): string {
  return `${infoHash}:${piece}`;
}
