/** Bytes of spare buffers. Pieces in flight rarely need more. */
export const MAX_SPARE_BYTES = 16 * 1024 * 1024;

/**
 * Reusable piece buffers: a fresh one for every piece would keep the garbage collector busy.
 *
 * Invariant: a buffer is not given out again before it is given back.
 */
export class PieceBuffers {
  #spare: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer with arbitrary contents. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const spare = this.#spare.pop();
    if (spare?.length === bytes) return spare;
    if (spare !== undefined) this.#spare = []; // They are of another torrent or a last piece.
    return new Uint8Array(bytes);
  }

  /** The caller no longer reads or writes the buffer. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if ((this.#spare.length + 1) * buffer.length <= MAX_SPARE_BYTES) this.#spare.push(buffer);
  }
}
