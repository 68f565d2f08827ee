import { PieceBuffers } from "./piece-buffers.ts";

/** A buffer that is in use. */
interface Lent {
  readonly whole: Uint8Array<ArrayBuffer>;
  holders: number;
}

/**
 * Reusable buffers for pieces that we read to serve. Each is reused once nothing holds its bytes: neither the cache, nor a
 * queued input, nor a link that has not sent them. A fresh buffer for every piece would keep the garbage collector busy a
 * third of the time.
 *
 * Invariant: a buffer is reused only after each of its holders has released it. A holder that never does only costs a fresh
 * buffer, because lent buffers are kept weakly.
 */
export class ReadBuffers {
  readonly #spare = new PieceBuffers();
  readonly #lent = new WeakMap<ArrayBufferLike, Lent>();

  /** A buffer with arbitrary contents that nobody holds yet. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const whole = this.#spare.take(bytes);
    this.#lent.set(whole.buffer, { whole, holders: 0 });
    return whole;
  }

  /**
   * Holds the buffer behind a view until the caller calls the returned function. Undefined if the buffer is not ours, and so
   * is never reused.
   */
  hold({ buffer }: Uint8Array): (() => void) | undefined {
    const lent = this.#lent.get(buffer);
    if (lent === undefined) return undefined;
    lent.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return; // Counting twice would free a buffer that somebody else holds.
      isHeld = false;
      lent.holders -= 1;
      if (lent.holders > 0) return;
      this.#lent.delete(buffer); // Later calls of `hold` with old views do nothing.
      this.#spare.giveBack(lent.whole);
    };
  }
}
