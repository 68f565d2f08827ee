import {
  MAX_HASHES_AT_ONCE,
  MAX_WAITING_HASHES,
  MAX_WAITING_HASHES_PER_NETWORK,
} from "../limits/accounts.ts";
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

/** For whom a hash is made. */
export interface HashFor {
  /** Undefined: no limit of its own. */
  readonly network: string | undefined;
  /** Whether the owner of the account has logged in from there before. They come before strangers. */
  readonly isKnown: boolean;
}

interface Waiting extends HashFor {
  readonly start: () => void;
  readonly refuse: (refusal: AccountRefusal) => void;
}

/**
 * Makes password hashes a few at a time: each takes a core and 19 MiB for a while, so whoever asks for many could bring the tracker
 * to a standstill.
 *
 * Invariant: nothing waits while fewer than the limit are being made.
 */
export class HashQueue {
  readonly #limits: HashLimits;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(limits: HashLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Does the work when it is its turn. Rejects with an `AccountRefusal` when too much waits. */
  async run<Result>(whom: HashFor, work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#limits.maxAtOnce) await this.#turn(whom);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.find(({ isKnown }) => isKnown) ?? this.#waiting[0];
      if (next === undefined) this.#running -= 1;
      else {
        this.#leave(next);
        next.start(); // Takes over our place.
      }
    }
  }

  async #turn(whom: HashFor): Promise<void> {
    const { maxWaiting, maxWaitingPerNetwork } = this.#limits;
    if (this.#waitingIn(whom) >= maxWaitingPerNetwork) throw tooBusy();
    if (this.#waiting.length >= maxWaiting) this.#makeRoom(whom);
    await new Promise<void>((start, refuse) => this.#waiting.push({ ...whom, start, refuse }));
  }

  /** The last one of the network with the most waiting gives way to one of a network with fewer. Strangers give way first. */
  #makeRoom(whom: HashFor): void {
    const strangers = this.#waiting.filter(({ isKnown }) => !isKnown);
    const comesFirst = whom.isKnown && strangers.length > 0;
    const others = strangers.length > 0 || !whom.isKnown ? strangers : this.#waiting;
    const most = Math.max(0, ...others.map((waiting) => this.#waitingIn(waiting)));
    const last = others.findLast((waiting) => this.#waitingIn(waiting) === most);
    if (last === undefined || (!comesFirst && this.#waitingIn(whom) + 1 >= most)) throw tooBusy();
    this.#leave(last);
    last.refuse(tooBusy());
  }

  #waitingIn({ network, isKnown }: HashFor): number {
    if (network === undefined) return 0;
    return this.#waiting.filter((other) => other.network === network && other.isKnown === isKnown).length;
  }

  #leave(waiting: Waiting): void {
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
  }
}

function tooBusy(): AccountRefusal {
  return new AccountRefusal(
    "tooBusy",
    "Too many people are logging in at this moment. Try again in a few seconds.",
    RETRY_AFTER_SECONDS,
  );
}
