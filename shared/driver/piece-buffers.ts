/** Buffers that wait to be used again, in bytes. What arrives meanwhile needs no more, as a rule. */
export const MAX_SPARE_BYTES = 16 * 1024 * 1024;

/**
 * Buffers for pieces on their way in. One is used again when its piece lies in the storage: a fresh one for
 * every piece keeps the garbage collector busy.
 *
 * Invariant: a buffer is given out once until it is given back.
 */
export class PieceBuffers {
  #spare: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer with anything in it. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const spare = this.#spare.pop();
    if (spare?.length === bytes) return spare;
    if (spare !== undefined) this.#spare = []; // Those of another torrent, or of a last piece.
    return new Uint8Array(bytes);
  }

  /** Nobody reads or writes it any more. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if ((this.#spare.length + 1) * buffer.length <= MAX_SPARE_BYTES) this.#spare.push(buffer);
  }
}
