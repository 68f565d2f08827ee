import type { PieceIndex } from "../base/ids.ts";
import type { Layout } from "../meta/layout.ts";

/**
 * Counts what we have sent of each piece, and decides for a lone seeder which request comes first: every byte it sends
 * should be one that the swarm does not have yet.
 */
export class CopiesSent {
  readonly #layout: Layout;
  readonly #blocks: Uint32Array;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#blocks = new Uint32Array(layout.pieceCount);
  }

  /** We sent a block of this piece. */
  sent(piece: PieceIndex): void {
    this.#blocks[piece] = (this.#blocks[piece] ?? 0) + 1;
  }

  /** The place of the first request for the piece of which we have sent fewest copies. */
  leastSent(requests: readonly { readonly piece: number }[]): number {
    let best = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < requests.length && fewest > 0; at++) {
      const copies = this.#copies(requests[at]?.piece ?? 0);
      if (copies >= fewest) continue;
      best = at;
      fewest = copies;
    }
    return best;
  }

  /** Whole ones, so that we finish a begun piece before another. */
  #copies(index: number): number {
    const piece = this.#layout.piece(index);
    if (piece === undefined) return Number.POSITIVE_INFINITY;
    return Math.floor((this.#blocks[piece] ?? 0) / this.#layout.blockCount(piece));
  }
}

/** Whether we are the only source. `seeders`: how many each of our trackers counts, ourselves included. */
export function isLoneSeeder(seeders: readonly number[]): boolean {
  return seeders.every((count) => count <= 1);
}
