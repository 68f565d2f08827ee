import { Tally } from "../core/tally.ts";
import { MAX_HASHES_AT_ONCE, MAX_WAITING_HASHES, MAX_WAITING_HASHES_PER_NETWORK } from "../limits.ts";
import { AccountRefusal } from "./refusal.ts";

/** How many password hashes may be made and wait. */
export interface HashLimits {
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  readonly maxWaitingPerNetwork: number;
}

const LIMITS: HashLimits = {
  maxAtOnce: MAX_HASHES_AT_ONCE,
  maxWaiting: MAX_WAITING_HASHES,
  maxWaitingPerNetwork: MAX_WAITING_HASHES_PER_NETWORK,
};

const RETRY_AFTER_SECONDS = 5;

/**
 * Makes password hashes a few at a time: each takes a core and 19 MiB for a while, so whoever asks for many could bring the tracker
 * to a standstill.
 *
 * Invariant: nothing waits while fewer than the limit are being made.
 */
export class HashQueue {
  readonly #limits: HashLimits;
  readonly #waiting: (() => void)[] = [];
  readonly #waitingIn = new Tally<string>();
  #running = 0;

  constructor(limits: HashLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Does the work when it is its turn. Undefined network: no limit of its own. Rejects with an `AccountRefusal` when too much waits. */
  async run<Result>(network: string | undefined, work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#limits.maxAtOnce) await this.#turn(network);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next(); // Takes over our place.
    }
  }

  async #turn(network: string | undefined): Promise<void> {
    const waiting = network === undefined ? 0 : this.#waitingIn.of(network);
    if (waiting >= this.#limits.maxWaitingPerNetwork || this.#waiting.length >= this.#limits.maxWaiting) {
      throw new AccountRefusal(
        "tooBusy",
        "Too many people are logging in at this moment. Try again in a few seconds.",
        RETRY_AFTER_SECONDS,
      );
    }
    if (network !== undefined) this.#waitingIn.add(network);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (network !== undefined) this.#waitingIn.remove(network);
  }
}
