import { WARNING_REST_MILLIS } from "../limits/operation.ts";

/** Bounds how often the log says something that others can cause: at once, then once in a while with how often it has happened. */
export class RareWarning {
  #times = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** Counts it. Returns how often it has happened since it was last told. Undefined: it was told just now. `now` is in milliseconds. */
  happened(now: number, times = 1): number | undefined {
    this.#times += times;
    if (now - this.#toldAt < WARNING_REST_MILLIS) return undefined;
    const told = this.#times;
    this.#times = 0;
    this.#toldAt = now;
    return told;
  }
}
