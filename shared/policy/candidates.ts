import { type Millis, millis } from "../base/ids.ts";

export interface CandidateLimits {
  /** Addresses remembered for one torrent; beyond that new ones are left out. */
  readonly most: number;
  /** Wait after the first failure; each further one doubles it. */
  readonly retryMillis: number;
  /** An address that failed so often in a row is forgotten. */
  readonly failuresMost: number;
}

interface Candidate<Address> {
  readonly address: Address;
  /** A tracker named it. */
  isTracked: boolean;
  failures: number;
  /** Not to be dialled before. */
  readyAt: Millis;
  isInUse: boolean;
}

/**
 * Addresses of peers of one torrent, in a text that is equal where they are: which to dial next. Knows nothing of links.
 *
 * Invariant: an address is in use from `take` until `failed` or `left`.
 */
export class Candidates<Address extends string> {
  readonly #limits: CandidateLimits;
  readonly #known = new Map<Address, Candidate<Address>>();

  constructor(limits: CandidateLimits) {
    this.#limits = limits;
  }

  /** A tracker or somebody else named this address. Otherwise an address that is known stays as it is. */
  found(now: Millis, address: Address, isTracked: boolean): void {
    const known = this.#known.get(address);
    if (known !== undefined) known.isTracked ||= isTracked;
    else if (this.#known.size < this.#limits.most)
      this.#known.set(address, { address, isTracked, failures: 0, readyAt: now, isInUse: false });
  }

  isKnown(address: Address): boolean {
    return this.#known.has(address);
  }

  /** Only what trackers named stays. */
  forgetUntracked(): void {
    for (const { address, isTracked } of this.#known.values()) {
      if (!isTracked) this.#known.delete(address);
    }
  }

  /** At most `count` addresses to dial now, those that failed least first; each is in use from now on. */
  take(now: Millis, count: number): readonly Address[] {
    const ready = [...this.#known.values()].filter(({ isInUse, readyAt }) => !isInUse && readyAt <= now);
    const taken = ready.sort((left, right) => left.failures - right.failures).slice(0, Math.max(0, count));
    for (const candidate of taken) candidate.isInUse = true;
    return taken.map(({ address }) => address);
  }

  /** It could not be reached, or is not worth a link: later, or never again. */
  failed(now: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.failures += 1;
    candidate.readyAt = millis(now + this.#limits.retryMillis * 2 ** (candidate.failures - 1));
    if (candidate.failures >= this.#limits.failuresMost) this.#known.delete(address);
  }

  /** A link that worked has ended. */
  left(now: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.failures = 0;
    candidate.readyAt = millis(now + this.#limits.retryMillis);
  }

  /** When the next address is ready. Undefined: none is waiting. */
  nextAt(): Millis | undefined {
    let next: Millis | undefined;
    for (const { isInUse, readyAt } of this.#known.values()) {
      if (!isInUse && (next === undefined || readyAt < next)) next = readyAt;
    }
    return next;
  }
}
