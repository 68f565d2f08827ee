import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { StoreUnavailable } from "../core/record-store.ts";
import type { RateLimit } from "../limits/attempts.ts";
import { AccountRefusal } from "./refusal.ts";

/** Counts what somebody does: `RateLimiterMemory`, or the same over a database that several nodes share. */
export interface Limiter {
  consume(key: string): Promise<RateLimiterRes>;
  get(key: string): Promise<RateLimiterRes | null>;
}

/** Makes a limiter that allows so many `points` in each `duration` (seconds). */
export type OpenLimiter = (options: {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}) => Limiter;

const inMemory: OpenLimiter = (options) => new RateLimiterMemory(options);

/** Bounds how often somebody does what costs the tracker or others something. */
export class RateLimits {
  readonly #open: OpenLimiter;
  readonly #limiters = new Map<RateLimit, Limiter>();

  constructor(open: OpenLimiter = inMemory) {
    this.#open = open;
  }

  /** Counts one more for `who`. Undefined: no limit applies. Rejects with an `AccountRefusal` beyond the limit. */
  async spend(limit: RateLimit, who: string | undefined): Promise<void> {
    if (who === undefined) return;
    try {
      await this.#limiter(limit).consume(who);
    } catch (reason) {
      throw reason instanceof RateLimiterRes ? tooOften(reason) : new StoreUnavailable(String(reason));
    }
  }

  /** Rejects with an `AccountRefusal` if `who` has reached the limit. Counts nothing. */
  async require(limit: RateLimit, who: string | undefined): Promise<void> {
    if (who === undefined) return;
    const found = await this.#limiter(limit)
      .get(who)
      .catch((reason) => {
        throw new StoreUnavailable(String(reason));
      });
    if (found !== null && found.consumedPoints >= limit.points) throw tooOften(found);
  }

  #limiter(limit: RateLimit): Limiter {
    const known = this.#limiters.get(limit);
    if (known !== undefined) return known;
    const opened = this.#open({ keyPrefix: limit.name, points: limit.points, duration: limit.seconds });
    this.#limiters.set(limit, opened);
    return opened;
  }
}

function tooOften({ msBeforeNext }: RateLimiterRes): AccountRefusal {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  const minutes = Math.ceil(seconds / 60);
  return new AccountRefusal(
    "tooOften",
    `That was tried too often. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    seconds,
  );
}
