import type { PieceIndex } from "../base/ids.ts";
import type { Layout } from "../meta/layout.ts";

/**
 * Counts what we have sent of each piece, and decides for a lone seeder which request comes first: every byte it sends
 * should be one that the swarm does not have yet.
 */
export class CopiesSent {
  readonly #layout: Layout;
  /** Empty until we send something: most torrents of a seeder with many have nobody to send to. */
  #blocks = new Uint32Array();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** We sent a block of this piece. */
  sent(piece: PieceIndex): void {
    if (this.#blocks.length === 0) this.#blocks = new Uint32Array(this.#layout.pieceCount);
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

/** What one of our trackers counts, and the missing bytes of which it last heard from us. */
interface Counted {
  readonly seeders: number;
  readonly left: number | undefined;
}

/** Whether no tracker counts a seeder besides us. It counts us, too, once it has heard that we lack nothing. */
export function isLoneSeeder(trackers: readonly Counted[]): boolean {
  return trackers.every(({ seeders, left }) => seeders <= (left === 0 ? 1 : 0));
}
