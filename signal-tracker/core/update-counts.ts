import type { InfoHash, Millis } from "#shared/base/ids.ts";
import { MAX_COUNTED_MEMBERS, MAX_UPDATES_PER_MEMBER_AND_MINUTE } from "../limits/swarms.ts";
import type { MemberKey } from "./swarm-store.ts";

const MINUTE_MILLIS = 60_000;

/** Counts the regular announces of each member in a swarm within a minute, which is the same for all. */
export class UpdateCounts {
  readonly #counts = new Map<string, number>();
  #startedAt = 0;

  /** Counts one more. Returns for how many seconds the member must wait if that is too many, else 0. */
  waitSeconds(infoHash: InfoHash, key: MemberKey, now: Millis): number {
    if (now - this.#startedAt >= MINUTE_MILLIS || this.#counts.size === MAX_COUNTED_MEMBERS) {
      this.#counts.clear();
      this.#startedAt = now;
    }
    const name = infoHash + key;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count <= MAX_UPDATES_PER_MEMBER_AND_MINUTE) return 0;
    return Math.ceil((this.#startedAt + MINUTE_MILLIS - now) / 1_000);
  }
}
