import type { Millis } from "#shared/base/ids.ts";
import { MAX_COUNTED_NETWORKS } from "../limits.ts";

const MINUTE_MILLIS = 60_000;

/** Counts what each of many does in a minute. The minute is the same for all, so that nothing has to be forgotten one by one. */
export class MinuteCounts {
  /** How often each may do it in a minute. */
  readonly maxPerMinute: number;
  readonly #counts = new Map<string, number>();
  #startedAt = 0;

  constructor(maxPerMinute: number) {
    this.maxPerMinute = maxPerMinute;
  }

  /** Counts once more. False: that is once too often. */
  allows(name: string, now: Millis): boolean {
    if (now - this.#startedAt >= MINUTE_MILLIS || this.#counts.size === MAX_COUNTED_NETWORKS) {
      this.#counts.clear();
      this.#startedAt = now;
    }
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count <= this.maxPerMinute;
  }
}
