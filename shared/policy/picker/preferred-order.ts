import type { Bitfield } from "../../base/bitfield.ts";
import type { PieceIndex } from "../../base/ids.ts";
import type { Random } from "../../base/random.ts";
import type { PieceCounts } from "./piece-counts.ts";
import { PieceOrder } from "./piece-order.ts";
import type { Offers } from "./piece-owners.ts";

/** The wanted pieces neither held nor begun: preferred ones come before all others, and of either the rarest. See `PieceOrder`. */
export class PreferredOrder {
  readonly #pieceCount: number;
  readonly #counts: PieceCounts;
  readonly #random: Random;
  #preferred: { readonly pieces: Bitfield; readonly order: PieceOrder } | undefined;
  #others: PieceOrder;
  #place = 0;
  #leechers = 1;
  #isInOrder = false;

  constructor(pieces: readonly PieceIndex[], pieceCount: number, counts: PieceCounts, random: Random) {
    this.#pieceCount = pieceCount;
    this.#counts = counts;
    this.#random = random;
    this.#others = new PieceOrder(pieces, pieceCount, counts, random);
  }

  /** Starts over with these pieces. Undefined: none is preferred. */
  reset(pieces: readonly PieceIndex[], preferred: Bitfield | undefined): void {
    const newOrder = (): PieceOrder => new PieceOrder([], this.#pieceCount, this.#counts, this.#random);
    this.#others = newOrder();
    this.#preferred = preferred && { pieces: preferred, order: newOrder() };
    this.shareWith(this.#place, this.#leechers);
    this.takeInOrder(this.#isInOrder);
    for (const piece of pieces) this.add(piece);
  }

  get isEmpty(): boolean {
    return this.#others.isEmpty && (this.#preferred?.order.isEmpty ?? true);
  }

  shareWith(place: number, leechers: number): void {
    this.#place = place;
    this.#leechers = leechers;
    this.#others.shareWith(place, leechers);
    this.#preferred?.order.shareWith(place, leechers);
  }

  /** Of either, the next one comes first, not the rarest. */
  takeInOrder(isInOrder: boolean): void {
    this.#isInOrder = isInOrder;
    this.#others.isInOrder = isInOrder;
    if (this.#preferred !== undefined) this.#preferred.order.isInOrder = isInOrder;
  }

  add(piece: PieceIndex): void {
    this.#of(piece).add(piece);
  }

  /** False: it was not here. */
  remove(piece: PieceIndex): boolean {
    return this.#of(piece).remove(piece);
  }

  countChanged(piece: PieceIndex): void {
    this.#of(piece).countChanged(piece);
  }

  take(has: Offers, takesAny: boolean): PieceIndex | undefined {
    return this.#preferred?.order.take(has, takesAny) ?? this.#others.take(has, takesAny);
  }

  #of(piece: PieceIndex): PieceOrder {
    return this.#preferred?.pieces.has(piece) ? this.#preferred.order : this.#others;
  }
}
