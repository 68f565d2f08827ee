import { type Millis, millis } from "../base/ids.ts";

export interface CandidateLimits {
  /** Addresses remembered for one torrent; beyond that new ones are left out. */
  readonly most: number;
  /** Of these, so many may one teller have named: nobody fills the list alone. */
  readonly maxTeller: number;
  /** Wait after the first failure; each further one doubles it. */
  readonly retryMillis: number;
  /** An address that failed so often in a row is forgotten. */
  readonly maxFailures: number;
}

interface Candidate<Address> {
  readonly address: Address;
  /** A tracker named it. */
  isTracked: boolean;
  /** The peer that named it. */
  readonly teller: string | undefined;
  failures: number;
  /** Not to be dialled before. */
  readyAt: Millis;
  isInUse: boolean;
}

/**
 * Addresses of peers of one torrent, in a text that is equal where they are: which to dial next. Knows nothing of links.
 *
 * Invariant: an address is in use from `take` or `use` until `failed` or `left`; one that is shunned is never taken.
 */
export class Candidates<Address extends string> {
  readonly #limits: CandidateLimits;
  readonly #known = new Map<Address, Candidate<Address>>();

  constructor(limits: CandidateLimits) {
    this.#limits = limits;
  }

  /** A tracker, a peer that is called `teller`, or somebody else named this address. One that is known stays as it is otherwise. */
  found(now: Millis, address: Address, isTracked: boolean, teller?: string): void {
    const known = this.#known.get(address);
    if (known !== undefined) known.isTracked ||= isTracked;
    else if (this.#known.size < this.#limits.most && this.#namedBy(teller) < this.#limits.maxTeller)
      this.#known.set(address, { address, isTracked, teller, failures: 0, readyAt: now, isInUse: false });
  }

  #namedBy(teller: string | undefined): number {
    if (teller === undefined) return 0;
    return [...this.#known.values()].filter((candidate) => candidate.teller === teller).length;
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

  /** There is a link to who is there, opened by them. False: nobody named this address, or it is in use already. */
  use(address: Address): boolean {
    const candidate = this.#known.get(address);
    if (candidate === undefined || candidate.isInUse) return false;
    candidate.isInUse = true;
    return true;
  }

  /** Never to be dialled again: who is there is known, and not wanted. */
  shun(address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate !== undefined) candidate.readyAt = millis(Number.POSITIVE_INFINITY);
  }

  /** It could not be reached, or is not worth a link: later, or never again. */
  failed(now: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.failures += 1;
    candidate.readyAt = millis(now + this.#limits.retryMillis * 2 ** (candidate.failures - 1));
    if (candidate.failures >= this.#limits.maxFailures) this.#known.delete(address);
  }

  /** It deserves another try at this time. */
  retryAt(when: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate !== undefined) candidate.readyAt = when;
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
