import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import type { Feed } from "./drive.ts";
import type { PieceTarget } from "./incoming-pieces.ts";
import type { ProblemOf, TakeBuffer } from "./ports.ts";
import type { ReadBuffers } from "./read-buffers.ts";

type ReadBlock = Extract<Effect, { type: "readBlock" }>;

/** Bytes of whole pieces that are cached or being read. A single piece may exceed it. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/** Bytes of pieces being read: peers that request one byte of each piece must not evict useful pieces. */
export const MAX_LOADING_BYTES = 32 * 1024 * 1024;

/** Above this, we keep only `MIN_CACHE_PIECES`: long-lived memory costs more than reading small pieces again. */
const CACHE_BYTES_ENOUGH = 16 * 1024 * 1024;

/** Two for each upload slot: the piece being sent and the next. */
const MIN_CACHE_PIECES = 16;

/** Where a torrent's pieces are stored, and how long each is. */
type Source = Pick<PieceTarget, "layout" | "storage">;

interface Cached {
  readonly bytes: Uint8Array;
  /** Says that the cache no longer needs the bytes. */
  readonly release: (() => void) | undefined;
}

/**
 * Serves blocks from whole pieces, so that one read serves many requests.
 *
 * Invariant: a piece's bytes do not change while the cache, an input or a link holds a view of them.
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
  /** Pieces to read, by the link that requested each first. The link whose turn is next comes first. */
  readonly #queues = new Map<LinkId, ReadBlock[]>();
  #bytes = 0;
  #loadingBytes = 0;

  /** Without `buffers`, each piece gets a fresh one. Skips pieces that no open link is waiting for. */
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

  /** Feeds `blockRead`: at once for a cached piece, otherwise after reading it. */
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
    const queue = this.#queues.get(wanted.link);
    if (queue === undefined) this.#queues.set(wanted.link, [wanted]);
    else queue.push(wanted);
    this.#loadMore();
  }

  dropTorrent(infoHash: InfoHash): void {
    for (const [key, cached] of this.#pieces) if (key.startsWith(infoHash)) this.#drop(key, cached);
  }

  /** Reads one piece for each link in turn, so that no link waits for everything another one requested. */
  #loadMore(): void {
    for (const [link, queue] of this.#queues) {
      const [next] = queue;
      const bytes = next === undefined ? 0 : this.#pieceBytes(next);
      if (this.#loadingBytes > 0 && this.#loadingBytes + bytes > MAX_LOADING_BYTES) return;
      queue.shift();
      this.#queues.delete(link);
      if (queue.length > 0) this.#queues.set(link, queue); // After the others.
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
      // The torrent stops, and so do the waiting links.
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

  /** Drops the least recently used pieces, but not the newest. */
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
    const bytes = part?.length === length ? part : undefined; // The file may have been truncated.
    const answered = bytes && this.#buffers?.hold(bytes);
    this.#feed({ type: "blockRead", link, infoHash, piece, begin, length, bytes }, answered);
  }
}

function keyOf(infoHash: InfoHash, piece: PieceIndex): string {
  return `${infoHash}:${piece}`;
}
