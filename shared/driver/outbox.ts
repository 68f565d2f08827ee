/** What the outbox needs of a data channel. */
export interface OutboxChannel {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/**
 * Message size on a data channel: a third faster than 16 KiB ones in Chromium, and within what every client
 * takes (64 KiB is what a missing `max-message-size` means, RFC 8841).
 */
export const MAX_MESSAGE_BYTES = 65_536;

/** The channel asks for more below this. Measured: neither less nor several MiB is as fast. */
export const LOW_WATER_BYTES = 256 * 1024;

/** Beyond this nothing more is handed to the channel; Chromium closes one at 16 MiB. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * Bytes on their way into a data channel. Runs of bytes are joined into messages of the full size, cut
 * wherever that falls: the other side reads a stream. A short message is sent only when the channel would
 * otherwise run dry.
 *
 * Invariant: `queuedBytes` is what `push` was given and the channel was not.
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
    this.#message = new Uint8Array(Math.min(MAX_MESSAGE_BYTES, messageBytes));
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(bytes: Uint8Array): void {
    this.#runs.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  /** Hands over what the channel has room for. It may throw what `send` throws. */
  flush(): void {
    while (this.#queuedBytes > 0 && this.#channel.bufferedAmount < HIGH_WATER_BYTES) {
      const isShort = this.#queuedBytes < this.#message.length;
      if (isShort && this.#channel.bufferedAmount > LOW_WATER_BYTES) return;
      this.#channel.send(this.#message.subarray(0, this.#fill()));
    }
  }

  /** Copies the next bytes into the message: the channel copies them again before `send` returns. */
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
    if (this.#next < this.#runs.length && this.#next < 256) return; // Seldom, so that it costs nothing for each run.
    this.#runs = this.#runs.slice(this.#next);
    this.#next = 0;
  }
}
