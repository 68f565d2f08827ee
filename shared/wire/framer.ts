import { ProtocolError } from "../base/errors.ts";
import { HANDSHAKE_BYTES } from "./handshake.ts";

/**
 * The longest message we accept from a peer: a bitfield of two million pieces, or sixteen of the blocks we request.
 * With a higher limit, peers could make us reserve memory for messages that never arrive.
 */
export const MAX_MESSAGE_BYTES = 256 * 1024;

const LENGTH_BYTES = 4;

/**
 * Splits a link's bytes into frames: first the handshake, then the body of each message. Keep-alives are dropped.
 *
 * Invariant: a frame that arrives whole is returned as a view of the given bytes. Only a frame that straddles
 * several `push` calls is copied, into a buffer of its own.
 */
export class Framer {
  /** Length of the frame that we are reading. Meaningless while `#lengthHave` is below 4. */
  #need = HANDSHAKE_BYTES;
  #gathered: Uint8Array | undefined;
  #have = 0;
  #length = 0;
  #lengthHave = LENGTH_BYTES; // The handshake has no length prefix.

  /** Takes received bytes and returns the frames they complete. Throws a `ProtocolError` if a length exceeds the limit. */
  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      at = this.#lengthHave < LENGTH_BYTES ? this.#readLength(bytes, at) : this.#readBody(bytes, at, frames);
    }
    return frames;
  }

  #readLength(bytes: Uint8Array, start: number): number {
    let at = start;
    while (this.#lengthHave < LENGTH_BYTES && at < bytes.length) {
      this.#length = this.#length * 256 + (bytes[at] ?? 0);
      this.#lengthHave += 1;
      at += 1;
    }
    if (this.#lengthHave < LENGTH_BYTES) return at;

    if (this.#length > MAX_MESSAGE_BYTES) {
      throw new ProtocolError("messageTooLong", `a message of ${this.#length} bytes`);
    }
    this.#need = this.#length;
    if (this.#need === 0) this.#expectLength(); // A keep-alive.
    return at;
  }

  #readBody(bytes: Uint8Array, at: number, frames: Uint8Array[]): number {
    const take = Math.min(this.#need - this.#have, bytes.length - at);
    const part = bytes.subarray(at, at + take);
    if (take === this.#need) {
      frames.push(part);
      this.#expectLength();
      return at + take;
    }

    this.#gathered ??= new Uint8Array(this.#need);
    this.#gathered.set(part, this.#have);
    this.#have += take;
    if (this.#have === this.#need) {
      frames.push(this.#gathered);
      this.#expectLength();
    }
    return at + take;
  }

  #expectLength(): void {
    this.#gathered = undefined;
    this.#have = 0;
    this.#length = 0;
    this.#lengthHave = 0;
  }
}
