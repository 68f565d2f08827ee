import type { Millis } from "../base/ids.ts";

export interface BudgetLimits {
  /** What may be spent at once. */
  readonly burst: number;
  /** What comes back each second. */
  readonly perSecond: number;
}

/** Bounds how often something may happen: a token bucket that starts full. */
export class Budget {
  readonly #limits: BudgetLimits;
  #left: number;
  #at: Millis | undefined;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
    this.#left = limits.burst;
  }

  /** False: too little is left, and nothing is spent. */
  spend(now: Millis, cost: number): boolean {
    const { burst, perSecond } = this.#limits;
    this.#left = Math.min(burst, this.#left + ((now - (this.#at ?? now)) * perSecond) / 1_000);
    this.#at = now;
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}
