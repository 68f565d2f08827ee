import { equalBytes } from "../base/bytes.ts";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import { isPieceHash } from "../meta/info.ts";
import { BLOCK_BYTES, type Layout } from "../meta/layout.ts";
import type { BadCopy, Input } from "../session/input.ts";
import { PieceBuffers } from "./piece-buffers.ts";
import { type PieceStorage, type ProblemOf, type Sha1, StorageError } from "./ports.ts";

/** What we need to check and store the pieces of one torrent. */
export interface PieceTarget {
  readonly layout: Layout;
  readonly pieceHashes: Uint8Array;
  readonly storage: PieceStorage;
}

/** Bad copies of a piece that we keep for comparison with the good one. */
const MAX_BAD_COPIES = 4;

/** Bytes of all bad copies together: peers that send bad data must not fill our memory. */
const MAX_BAD_COPIES_BYTES = 64 * 1024 * 1024;

/**
 * Pieces on their way in: collects their blocks, hashes complete pieces and stores good ones.
 *
 * Invariant: a complete piece's buffer goes to the storage, and is not written to again before the storage gives it back.
 */
export class IncomingPieces {
  readonly #sha1: Sha1;
  readonly #target: (infoHash: InfoHash) => PieceTarget | undefined;
  readonly #feed: (input: Input) => void;
  readonly #problemOf: ProblemOf;
  readonly #buffers = new Map<InfoHash, Map<PieceIndex, Uint8Array<ArrayBuffer>>>();
  readonly #pool = new PieceBuffers();
  readonly #badCopies = new Map<InfoHash, Map<PieceIndex, (Uint8Array | undefined)[]>>();
  #badCopiesBytes = 0;

  constructor(
    sha1: Sha1,
    target: (infoHash: InfoHash) => PieceTarget | undefined,
    feed: (input: Input) => void,
    problemOf: ProblemOf,
  ) {
    this.#problemOf = problemOf;
    this.#sha1 = sha1;
    this.#target = target;
    this.#feed = feed;
  }

  /** Copies a block into its piece's buffer. */
  write(infoHash: InfoHash, piece: PieceIndex, begin: number, bytes: Uint8Array): void {
    const target = this.#target(infoHash);
    if (target === undefined) return;
    const buffers = mapAt(this.#buffers, infoHash);
    let buffer = buffers.get(piece);
    if (buffer === undefined) {
      buffer = this.#pool.take(target.layout.pieceBytes(piece));
      buffers.set(piece, buffer);
    }
    buffer.set(bytes, begin);
  }

  /** Hashes a complete piece and stores it if it is good. Feeds the outcome as `pieceChecked` or `torrentFailed`. */
  async check(infoHash: InfoHash, piece: PieceIndex): Promise<void> {
    const target = this.#target(infoHash);
    const bytes = this.#buffers.get(infoHash)?.get(piece);
    if (target === undefined || bytes === undefined) return;
    const outcome = await this.#store(target, infoHash, piece, bytes).catch((error: unknown): Input => {
      this.dropPiece(infoHash, piece);
      const kind = error instanceof StorageError ? error.kind : undefined;
      return { type: "torrentFailed", infoHash, piece, problem: this.#problemOf(error), kind };
    });
    if (outcome !== undefined) this.#feed(outcome);
  }

  /** Undefined if the piece was dropped while being hashed, so that nobody waits for an outcome. */
  async #store(
    target: PieceTarget,
    infoHash: InfoHash,
    piece: PieceIndex,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Input | undefined> {
    const hash = await this.#sha1(bytes);
    const buffers = this.#buffers.get(infoHash);
    if (buffers?.get(piece) !== bytes) return undefined;
    buffers.delete(piece);
    if (!isPieceHash(target.pieceHashes, piece, hash)) {
      this.#keepBadCopy(infoHash, piece, bytes);
      return { type: "pieceChecked", infoHash, piece, good: false, badCopies: [] };
    }
    const badCopies = this.#compare(infoHash, piece, bytes); // Before the storage takes ownership of the bytes.
    await target.storage.write(piece, bytes);
    if (target.storage.givesBack) this.#pool.giveBack(bytes);
    return { type: "pieceChecked", infoHash, piece, good: true, badCopies };
  }

  dropPiece(infoHash: InfoHash, piece: PieceIndex): void {
    this.#buffers.get(infoHash)?.delete(piece);
    this.#takeBadCopies(infoHash, piece);
  }

  dropTorrent(infoHash: InfoHash): void {
    this.#buffers.delete(infoHash);
    for (const piece of [...(this.#badCopies.get(infoHash)?.keys() ?? [])])
      this.#takeBadCopies(infoHash, piece);
    this.#badCopies.delete(infoHash);
  }

  /** Every attempt gets an entry, so that the session can tell them apart, but perhaps no bytes. */
  #keepBadCopy(infoHash: InfoHash, piece: PieceIndex, bytes: Uint8Array): void {
    const pieces = mapAt(this.#badCopies, infoHash);
    const copies = pieces.get(piece) ?? [];
    const fits =
      copies.length < MAX_BAD_COPIES && this.#badCopiesBytes + bytes.length <= MAX_BAD_COPIES_BYTES;
    if (fits) this.#badCopiesBytes += bytes.length;
    pieces.set(piece, [...copies, fits ? bytes : undefined]);
  }

  #takeBadCopies(infoHash: InfoHash, piece: PieceIndex): readonly (Uint8Array | undefined)[] {
    const copies = this.#badCopies.get(infoHash)?.get(piece) ?? [];
    this.#badCopies.get(infoHash)?.delete(piece);
    for (const copy of copies) this.#badCopiesBytes -= copy?.length ?? 0;
    return copies;
  }

  #compare(infoHash: InfoHash, piece: PieceIndex, good: Uint8Array): BadCopy[] {
    return this.#takeBadCopies(infoHash, piece).flatMap((copy, attempt) =>
      copy === undefined ? [] : [{ attempt, blocks: differingBlocks(copy, good) }],
    );
  }
}

function differingBlocks(bad: Uint8Array, good: Uint8Array): number[] {
  const blocks: number[] = [];
  for (let begin = 0; begin < good.length; begin += BLOCK_BYTES) {
    const end = Math.min(good.length, begin + BLOCK_BYTES);
    if (!equalBytes(bad.subarray(begin, end), good.subarray(begin, end))) blocks.push(begin / BLOCK_BYTES);
  }
  return blocks;
}

function mapAt<Key, Inner, Value>(maps: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const fresh = new Map<Inner, Value>();
  maps.set(key, fresh);
  return fresh;
}
