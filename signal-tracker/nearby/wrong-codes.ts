import type { RoomCode } from "#shared/announce/nearby.ts";
import type { Millis } from "#shared/base/ids.ts";
import type { NearbyLimits } from "../limits/nearby.ts";
import { MAX_COUNTED_NETWORKS } from "../limits/swarms.ts";

const MINUTE_MILLIS = 60_000;

/**
 * The wrong codes of each network in a minute. The same one counts once: a class that mistypes one, or comes back to a room that is
 * gone, guesses nothing. All networks share the same minute.
 */
export class WrongCodes {
  readonly #most: number;
  readonly #tried = new Map<string, Set<RoomCode>>();
  #startedAt: Millis | undefined;

  constructor({ maxWrongCodesPerMinute }: NearbyLimits) {
    this.#most = maxWrongCodesPerMinute;
  }

  /** Whether a network may try a code while it tries `underWay` others. */
  mayTry(network: string, code: RoomCode, underWay: number, now: Millis): boolean {
    this.#tidy(now);
    const tried = this.#tried.get(network);
    return tried?.has(code) === true || (tried?.size ?? 0) + underWay < this.#most;
  }

  add(network: string, code: RoomCode, now: Millis): void {
    this.#tidy(now);
    const tried = this.#tried.get(network);
    if (tried === undefined) this.#tried.set(network, new Set([code]));
    else tried.add(code);
  }

  #tidy(now: Millis): void {
    this.#startedAt ??= now;
    if (now - this.#startedAt < MINUTE_MILLIS && this.#tried.size < MAX_COUNTED_NETWORKS) return;
    this.#tried.clear();
    this.#startedAt = now;
  }
}
