/** The part of a data channel that the outbox uses. */
export interface OutboxChannel {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/**
 * Message size on a data channel. A third faster than 16 KiB in Chromium, and every client accepts it: 64 KiB is the
 * default of `max-message-size` (RFC 8841).
 */
export const MAX_CHANNEL_MESSAGE_BYTES = 65_536;

/** Below this, the channel asks for more. Measured: both less and several MiB are slower. */
export const LOW_WATER_BYTES = 256 * 1024;

/** Above this, we give the channel nothing more. Chromium closes a channel at 16 MiB. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * Bytes on their way into a data channel. Joins them into full-size messages with arbitrary boundaries, because the
 * other side reads a stream. Sends a short message only when the channel would otherwise run dry.
 *
 * Invariant: `queuedBytes` is the number of bytes pushed but not yet given to the channel.
 */
export class Outbox {
  readonly #channel: OutboxChannel;
  readonly #message: Uint8Array<ArrayBuffer>;
  #runs: Uint8Array[] = [];
  #next = 0;
  #offset = 0;
  #queuedBytes = 0;

  constructor(channel: OutboxChannel, messageBytes: number) {
    this.#channel = channel;
    this.#message = new Uint8Array(Math.min(MAX_CHANNEL_MESSAGE_BYTES, messageBytes));
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(bytes: Uint8Array): void {
    this.#runs.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  /** Sends as much as the channel has room for. Throws what its `send` throws. */
  flush(): void {
    while (this.#queuedBytes > 0 && this.#channel.bufferedAmount < HIGH_WATER_BYTES) {
      const isShort = this.#queuedBytes < this.#message.length;
      if (isShort && this.#channel.bufferedAmount > LOW_WATER_BYTES) return;
      this.#channel.send(this.#message.subarray(0, this.#fill()));
    }
  }

  /** Copies the next bytes into the message. It can be reused, because `send` copies it again. */
  #fill(): number {
    let filled = 0;
    while (filled < this.#message.length && this.#next < this.#runs.length) {
      const run = this.#runs[this.#next] as Uint8Array;
      const take = Math.min(run.length - this.#offset, this.#message.length - filled);
      this.#message.set(run.subarray(this.#offset, this.#offset + take), filled);
      filled += take;
      this.#offset += take;
      if (this.#offset < run.length) break;
      this.#next += 1;
      this.#offset = 0;
    }
    this.#queuedBytes -= filled;
    this.#forgetSent();
    return filled;
  }

  #forgetSent(): void {
    if (this.#next < this.#runs.length && this.#next < 256) return; // Rarely, so that it costs almost nothing for each run.
    this.#runs = this.#runs.slice(this.#next);
    this.#next = 0;
  }
}
