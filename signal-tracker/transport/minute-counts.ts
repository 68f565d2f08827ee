import type { Millis } from "#shared/base/ids.ts";
import { MAX_COUNTED_NETWORKS } from "../limits/swarms.ts";

const MINUTE_MILLIS = 60_000;

/** Counts what each network does in a minute. All share the same minute, so that their counts are cleared together. */
export class MinuteCounts {
  /** How often a network may do it in a minute. */
  readonly maxPerMinute: number;
  readonly #counts = new Map<string, number>();
  #startedAt = 0;

  constructor(maxPerMinute: number) {
    this.maxPerMinute = maxPerMinute;
  }

  /** Counts one more. False: that is over the limit. */
  allows(network: string, now: Millis): boolean {
    return this.add(network, 1, now) <= this.maxPerMinute;
  }

  /** How many there have been in this minute. */
  of(network: string, now: Millis): number {
    return this.add(network, 0, now);
  }

  /** Counts so many more, and returns how many there have been in this minute. */
  add(network: string, more: number, now: Millis): number {
    if (now - this.#startedAt >= MINUTE_MILLIS || this.#counts.size === MAX_COUNTED_NETWORKS) {
      this.#counts.clear();
      this.#startedAt = now;
    }
    const count = (this.#counts.get(network) ?? 0) + more;
    this.#counts.set(network, count);
    return count;
  }

  /** Until the counts start again. */
  secondsLeft(now: Millis): number {
    return Math.ceil((this.#startedAt + MINUTE_MILLIS - now) / 1_000);
  }
}
