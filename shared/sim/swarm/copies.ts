import type { PieceIndex } from "../../base/ids.ts";

/** How many peers have each piece now. */
export class Copies {
  readonly pieceCount: number;
  readonly #counts: Uint16Array;
  /** How many pieces have so many copies. */
  readonly #withCount: number[];

  readonly #grew: (fewest: number) => void;
  #most = 0;

  /** `grew` is called when the rarest piece has more copies than ever before. */
  constructor(pieceCount: number, grew: (fewest: number) => void) {
    this.#grew = grew;
    this.pieceCount = pieceCount;
    this.#counts = new Uint16Array(pieceCount);
    this.#withCount = [pieceCount];
  }

  /** Copies of the rarest piece. */
  get fewest(): number {
    const at = this.#withCount.findIndex((count) => (count ?? 0) > 0);
    return Math.max(0, at);
  }

  of(piece: PieceIndex): number {
    return this.#counts[piece] ?? 0;
  }

  all(): readonly number[] {
    return [...this.#counts];
  }

  add(pieces: readonly PieceIndex[], change: 1 | -1): void {
    for (const piece of pieces) {
      const before = this.of(piece);
      this.#counts[piece] = before + change;
      this.#withCount[before] = (this.#withCount[before] ?? 0) - 1;
      this.#withCount[before + change] = (this.#withCount[before + change] ?? 0) + 1;
    }
    const { fewest } = this;
    if (fewest <= this.#most) return;
    this.#most = fewest;
    this.#grew(fewest);
  }
}
