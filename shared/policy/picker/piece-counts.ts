import type { PieceIndex } from "../../base/ids.ts";

/** For each piece, how many peers have it. It takes memory only while anybody has any: of a thousand torrents, few have peers. */
export class PieceCounts {
  readonly #pieceCount: number;
  #counts = new Uint16Array();

  constructor(pieceCount: number) {
    this.#pieceCount = pieceCount;
  }

  of(piece: PieceIndex): number {
    return this.#counts[piece] ?? 0;
  }

  change(piece: PieceIndex, by: 1 | -1): void {
    if (this.#counts.length === 0) this.#counts = new Uint16Array(this.#pieceCount);
    this.#counts[piece] = this.of(piece) + by;
  }

  /** Nobody has any. */
  clear(): void {
    this.#counts = new Uint16Array();
  }
}
