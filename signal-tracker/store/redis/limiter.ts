import { RateLimiterRedis } from "rate-limiter-flexible";
import type { RedisLink } from "./redis-link.ts";

/** So many `points` in each `duration` (seconds), counted under names that begin with the prefix. */
export interface LimiterOptions {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}

/** Opens a counter that all nodes share. It rejects with a `StoreUnavailable` while Redis is unavailable. */
export function openRedisLimiter(
  link: RedisLink,
  { keyPrefix, ...options }: LimiterOptions,
): RateLimiterRedis {
  return new RateLimiterRedis({
    ...options,
    keyPrefix: `tabswarm:limit:${keyPrefix}`,
    storeClient: clientOf(link),
    useRedisPackage: true,
  });
}

/** What the limiter uses of a client. A link's own changes with each new connection. */
function clientOf(link: RedisLink) {
  return {
    eval: (script: string, { keys, arguments: words }: { keys: string[]; arguments: string[] }) =>
      link.send(["EVAL", script, String(keys.length), ...keys, ...words]),
    multi: () => new Reading(link),
  };
}

/** Two commands that need not be one transaction: a count that expires in between is gone anyway. */
class Reading {
  readonly #link: RedisLink;
  readonly #commands: string[][] = [];

  constructor(link: RedisLink) {
    this.#link = link;
  }

  get(key: string): this {
    this.#commands.push(["GET", key]);
    return this;
  }

  pTTL(key: string): this {
    this.#commands.push(["PTTL", key]);
    return this;
  }

  exec() {
    return Promise.all(this.#commands.map((command) => this.#link.send(command)));
  }
}
