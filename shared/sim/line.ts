import type { LinkKind } from "../session/link-end.ts";
import { type Chunk, type End, otherEnd, type Turn, takeRuns } from "./end.ts";
import type { Scheduler } from "./scheduler.ts";

/** How fast a party's line is, each way. `Infinity`: as fast as anybody sends. */
export interface LineRates {
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;
}

/** What a line asks of its network. */
export interface LinePorts {
  readonly turn: () => Turn;
  /** The chunks have left the line. */
  readonly sent: (chunks: readonly Chunk[]) => void;
}

/** Small messages leave together until they have as many bytes. */
const SMALL_BYTES = 1_024;

/** Bytes sent and not taken by the other side: what Chromium's SCTP receives ahead, and TCP grows to several MiB. */
const WINDOW_BYTES: Record<LinkKind, number> = { rtc: 5 * 1024 * 1024, tcp: 4 * 1024 * 1024 };

/**
 * A party's way to the network. Its links share the upload in turns, one block each, and all that arrives shares the download.
 *
 * Invariant: an end is in the queue exactly if it `isWaiting`.
 */
export class Line {
  readonly rates: LineRates;
  /** Lines on different islands do not reach each other. */
  island = 0;
  /** Behind such a router, nobody can dial, and two of them never find a path to each other. */
  isStrict = false;
  /** Whose line it is, as the network's `traffic` counts. */
  party = 0;
  readonly #scheduler: Scheduler;
  readonly #ports: LinePorts;
  readonly #upBytesPerMilli: number;
  readonly #downBytesPerMilli: number;
  #waiting: End[] = [];
  #next = 0;
  #isBusy = false;
  /** When all that has arrived will have passed the download. */
  #downFreeAt = 0;

  constructor(scheduler: Scheduler, rates: LineRates, ports: LinePorts) {
    this.#scheduler = scheduler;
    this.rates = rates;
    this.#ports = ports;
    this.#upBytesPerMilli = rates.upBytesPerSecond / 1000;
    this.#downBytesPerMilli = rates.downBytesPerSecond / 1000;
  }

  /** The end may have something to send. */
  wake(end: End): void {
    if (!end.isWaiting && maySend(end)) {
      end.isWaiting = true;
      this.#waiting.push(end);
    }
    if (!this.#isBusy) this.#transmit();
  }

  /** When so many more bytes, which arrive now, will have passed the download. */
  receivedAt(bytes: number): number {
    this.#downFreeAt = Math.max(this.#scheduler.now, this.#downFreeAt) + bytes / this.#downBytesPerMilli;
    return this.#downFreeAt;
  }

  #transmit(): void {
    const chunks: Chunk[] = [];
    let bytes = 0;
    while (bytes < SMALL_BYTES) {
      const end = this.#takeNext();
      if (end === undefined) break;
      const chunk = takeChunk(end, this.#ports.turn());
      if (chunk === undefined) continue;
      chunks.push(chunk);
      bytes += chunk.bytes;
    }
    if (bytes === 0) return;
    this.#isBusy = true;
    this.#scheduler.after(bytes / this.#upBytesPerMilli, () => {
      this.#isBusy = false;
      for (const { from } of chunks) this.wake(from);
      this.#ports.sent(chunks);
      if (!this.#isBusy) this.#transmit();
    });
  }

  #takeNext(): End | undefined {
    const end = this.#waiting[this.#next];
    if (end === undefined) return undefined;
    this.#next += 1;
    if (this.#next >= 64 && this.#next * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next); // Rarely, so that it costs almost nothing for each turn.
      this.#next = 0;
    }
    end.isWaiting = false;
    return end;
  }
}

function maySend(end: End): boolean {
  return end.state === "open" && end.queuedBytes > 0 && end.flyingBytes < WINDOW_BYTES[end.kind];
}

function takeChunk(end: End, turn: Turn): Chunk | undefined {
  const { path } = end;
  if (path === undefined || !maySend(end)) return undefined;
  const { runs, bytes } = takeRuns(end, turn);
  end.flyingBytes += bytes;
  return { from: end, to: otherEnd(path, end), path, runs, bytes };
}
