import { PieceBuffers } from "./piece-buffers.ts";

/** A buffer that is in use. */
interface Lent {
  readonly whole: Uint8Array<ArrayBuffer>;
  holders: number;
}

/**
 * Buffers that pieces are read into to be served, each used again when nothing holds its bytes any more: not the cache, not
 * an input that waits its turn, and not a link that has yet to write them. A fresh buffer for every piece would keep the
 * garbage collector busy for a third of the time.
 *
 * Invariant: a buffer is given out again only after each of its holders has released it. It is not remembered until then, so
 * a holder that never does costs a fresh buffer and nothing else.
 */
export class ReadBuffers {
  readonly #spare = new PieceBuffers();
  readonly #lent = new WeakMap<ArrayBufferLike, Lent>();

  /** A buffer with anything in it, held by nobody yet. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const whole = this.#spare.take(bytes);
    this.#lent.set(whole.buffer, { whole, holders: 0 });
    return whole;
  }

  /**
   * Somebody keeps a view of a buffer, until they call what is returned. Undefined: these bytes are not in a buffer of ours,
   * and are never used again.
   */
  hold({ buffer }: Uint8Array): (() => void) | undefined {
    const lent = this.#lent.get(buffer);
    if (lent === undefined) return undefined;
    lent.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return; // Counted twice, it would set free what another one holds.
      isHeld = false;
      lent.holders -= 1;
      if (lent.holders > 0) return;
      this.#lent.delete(buffer); // Late views of it are of no use to anybody.
      this.#spare.giveBack(lent.whole);
    };
  }
}
