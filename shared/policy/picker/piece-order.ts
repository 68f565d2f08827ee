import type { PieceIndex } from "../../base/ids.ts";
import { type Random, seededRandom } from "../../base/random.ts";
import type { PieceCounts } from "./piece-counts.ts";
import type { Offers } from "./piece-owners.ts";

/** Of pieces that only one peer has, our share comes first. */
const OURS = 1;
const OTHERS = 2;

/** A peer that has so small a part of what is still to come: its own pieces are fewer to look at. */
const FEW = 1 / 8;

/**
 * The wanted pieces neither held nor begun, and which comes next: the rarest, ties broken by a random order of our own. Pieces of
 * one rank lie together, so that the next one is near; with 16,000 pieces, to look at all of them for each piece took longer
 * than everything else that a block needs.
 */
export class PieceOrder {
  readonly #pieceCount: number;
  readonly #counts: PieceCounts;
  readonly #random: Random;
  /** By rank, the rarest first; rank 0 has those that nobody has. Each in random order. */
  #ranks: PieceIndex[][] = [];
  /** The rank that each piece is in. Empty, as is `#placeOf`, while there is no piece here. */
  #rankOf = new Uint16Array();
  /** Its place there. -1: it is held, begun or not wanted. */
  #placeOf = new Int32Array();
  /** The first piece comes first, not the rarest. */
  isInOrder = false;
  /** No piece before this one is left. */
  #first = 0;
  #size = 0;
  #place = 0;
  #leechers = 1;

  /** `counts` changes; each change of a piece is told by `countChanged`. */
  constructor(pieces: readonly PieceIndex[], pieceCount: number, counts: PieceCounts, random: Random) {
    this.#pieceCount = pieceCount;
    this.#counts = counts;
    this.#random = seededRandom(random.below(2 ** 32)); // Each `have` takes a number, and the platform's own cost more.
    for (const piece of pieces) this.add(piece);
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /**
   * We are number `place` (from 0) of the `leechers` here. Each begins with its own share of the pieces that only one
   * peer has, so that this peer need not send them twice: the leechers then get them from each other.
   */
  shareWith(place: number, leechers: number): void {
    if (place === this.#place && leechers === this.#leechers) return;
    this.#place = place;
    this.#leechers = leechers;
    for (const piece of [...(this.#ranks[OURS] ?? []), ...(this.#ranks[OTHERS] ?? [])])
      this.countChanged(piece);
  }

  add(piece: PieceIndex): void {
    if (this.#isHere(piece)) return;
    if (this.#size === 0) this.#makeRoom();
    this.#size += 1;
    this.#first = Math.min(this.#first, piece);
    this.#enter(piece, this.#rank(piece));
  }

  /** False: it was not here. */
  remove(piece: PieceIndex): boolean {
    if (!this.#isHere(piece)) return false;
    this.#size -= 1;
    this.#leave(piece);
    if (this.#size === 0) this.#giveBackRoom();
    return true;
  }

  /** More or fewer peers have the piece. */
  countChanged(piece: PieceIndex): void {
    if (!this.#isHere(piece)) return;
    const rank = this.#rank(piece);
    if (rank === this.#rankOf[piece]) return;
    this.#leave(piece);
    this.#enter(piece, rank);
  }

  /** Takes out the next piece in `has`. `takesAny`: any will do. */
  take(has: Offers, takesAny: boolean): PieceIndex | undefined {
    const piece = this.isInOrder
      ? this.#inOrder(has)
      : takesAny
        ? this.#any(has)
        : has.count < this.#size * FEW
          ? this.#rarestOf(has)
          : this.#rarest(has);
    if (piece !== undefined) this.remove(piece);
    return piece;
  }

  #inOrder(has: Offers): PieceIndex | undefined {
    while (this.#first < this.#placeOf.length && !this.#isHere(this.#first)) this.#first += 1;
    for (let at = this.#first; at < this.#placeOf.length; at++) {
      const piece = at as PieceIndex;
      if (this.#isHere(piece) && has.has(piece)) return piece;
    }
    return undefined;
  }

  #any(has: Offers): PieceIndex | undefined {
    let skip = this.#size === 0 ? 0 : this.#random.below(this.#size);
    for (const start of [skip, 0]) {
      skip = start;
      for (const pieces of this.#ranks) {
        for (let at = skip; at < pieces.length; at++)
          if (has.has(pieces[at] as PieceIndex)) return pieces[at];
        skip = Math.max(0, skip - pieces.length);
      }
    }
    return undefined;
  }

  #rarest(has: Offers): PieceIndex | undefined {
    for (let rank = OURS; rank < this.#ranks.length; rank++)
      for (const piece of this.#ranks[rank] ?? []) if (has.has(piece)) return piece;
    return undefined;
  }

  /** The same, by the peer's pieces. */
  #rarestOf(has: Offers): PieceIndex | undefined {
    let best: PieceIndex | undefined;
    for (const index of has.indices()) {
      const piece = index as PieceIndex;
      if (this.#isHere(piece) && (best === undefined || this.#isBefore(piece, best))) best = piece;
    }
    return best;
  }

  #isBefore(piece: PieceIndex, other: PieceIndex): boolean {
    const ranks = (this.#rankOf[piece] ?? 0) - (this.#rankOf[other] ?? 0);
    return ranks === 0 ? (this.#placeOf[piece] ?? 0) < (this.#placeOf[other] ?? 0) : ranks < 0;
  }

  /** Lower comes first: the rarer the sooner, but of pieces that only one peer has our share before other leechers'. */
  #rank(piece: PieceIndex): number {
    const count = this.#counts.of(piece);
    if (count !== 1) return count === 0 ? 0 : count + 1;
    return this.#leechers === 1 || scatter(piece) % this.#leechers === this.#place ? OURS : OTHERS;
  }

  #isHere(piece: number): boolean {
    return (this.#placeOf[piece] ?? -1) !== -1;
  }

  #makeRoom(): void {
    this.#rankOf = new Uint16Array(this.#pieceCount);
    this.#placeOf = new Int32Array(this.#pieceCount).fill(-1);
  }

  /** All have gone, as in the many torrents of a seeder: they would cost more than the rest of it. */
  #giveBackRoom(): void {
    this.#ranks = [];
    this.#rankOf = new Uint16Array();
    this.#placeOf = new Int32Array();
  }

  /** At a random place. */
  #enter(piece: PieceIndex, rank: number): void {
    while (this.#ranks.length <= rank) this.#ranks.push([]);
    const pieces = this.#ranks[rank] as PieceIndex[];
    const at = this.#random.below(pieces.length + 1);
    const moved = pieces[at] ?? piece;
    pieces.push(moved);
    this.#placeOf[moved] = pieces.length - 1;
    pieces[at] = piece;
    this.#placeOf[piece] = at;
    this.#rankOf[piece] = rank;
  }

  /** The last one takes its place. */
  #leave(piece: PieceIndex): void {
    const pieces = this.#ranks[this.#rankOf[piece] ?? 0] as PieceIndex[];
    const at = this.#placeOf[piece] as number;
    const last = pieces.pop() as PieceIndex;
    if (last !== piece) {
      pieces[at] = last;
      this.#placeOf[last] = at;
    }
    this.#placeOf[piece] = -1;
  }
}

/** Every leecher gets the same number for a piece; neighbouring pieces show no pattern. */
function scatter(piece: PieceIndex): number {
  return Math.imul(piece + 1, 0x9e3779b1) >>> 16;
}
