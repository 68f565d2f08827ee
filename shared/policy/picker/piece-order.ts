import type { PieceIndex } from "../../base/ids.ts";
import { type Random, shuffle } from "../../base/random.ts";
import type { Offers } from "./piece-owners.ts";

const FIRST_TURN = 1; // None is rarer than a piece that only one peer has.

/** The wanted pieces neither held nor begun, and which comes next: the rarest, ties broken by a random order of our own. */
export class PieceOrder {
  readonly #pieces: PieceIndex[];
  #place = 0;
  #leechers = 1;

  constructor(pieces: PieceIndex[], random: Random) {
    this.#pieces = pieces;
    shuffle(pieces, random);
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /**
   * We are number `place` (from 0) of the `leechers` here. Each begins with its own share of the pieces that only one
   * peer has, so that this peer need not send them twice: the leechers then get them from each other.
   */
  shareWith(place: number, leechers: number): void {
    this.#place = place;
    this.#leechers = leechers;
  }

  add(piece: PieceIndex): void {
    this.#pieces.push(piece);
  }

  remove(piece: PieceIndex): void {
    const at = this.#pieces.indexOf(piece);
    if (at >= 0) this.#pieces.splice(at, 1);
  }

  /** Takes out the next piece in `has`. `counts`: how many peers have each; `takesAny`: the first one will do. */
  take(has: Offers, counts: Uint16Array, takesAny: boolean): PieceIndex | undefined {
    let best = -1;
    let bestTurn = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#pieces.length; at++) {
      const piece = this.#pieces[at] as PieceIndex;
      const turn = this.#turn(piece, counts[piece] ?? 0);
      if (turn >= bestTurn || !has.has(piece)) continue;
      best = at;
      bestTurn = turn;
      if (takesAny || turn === FIRST_TURN) break;
    }
    return best < 0 ? undefined : this.#takeAt(best);
  }

  /** Lower comes first: the rarer the sooner, but of pieces that only one peer has our share before other leechers'. */
  #turn(piece: PieceIndex, count: number): number {
    const isOurs = this.#leechers === 1 || scatter(piece) % this.#leechers === this.#place;
    return count > FIRST_TURN || isOurs ? count : FIRST_TURN + 0.5;
  }

  #takeAt(at: number): PieceIndex {
    const piece = this.#pieces[at] as PieceIndex;
    const last = this.#pieces.pop() as PieceIndex;
    if (at < this.#pieces.length) this.#pieces[at] = last;
    return piece;
  }
}

/** Every leecher gets the same number for a piece; neighbouring pieces show no pattern. */
function scatter(piece: PieceIndex): number {
  return Math.imul(piece + 1, 0x9e3779b1) >>> 16;
}
