import { Buffer } from "node:buffer";

/** Room for the frames of a busy turn of the event loop. */
const ROOM_BYTES = 256 * 1024;

/**
 * Memory for frames, which is used again once the system has taken them all, as it nearly always does at once. A buffer for
 * each frame would be garbage a moment later, and collecting it costs more than writing it.
 */
export class FrameRoom {
  #bytes = Buffer.allocUnsafe(0);
  #used = 0;
  /** Whether somebody may still read what is in it. */
  #isInUse = false;

  /** Memory for a frame, to be filled at once. */
  take(length: number): Buffer {
    if (length > ROOM_BYTES) return Buffer.allocUnsafe(length);
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafe(ROOM_BYTES);
      this.#used = 0;
      this.#isInUse = false;
    }
    this.#used += length;
    return this.#bytes.subarray(this.#used - length, this.#used);
  }

  /** Ends a turn. `isSent`: nobody reads the frames of this turn any more. */
  endTurn(isSent: boolean): void {
    if (!isSent) this.#isInUse = true;
    if (!this.#isInUse) this.#used = 0;
  }
}
