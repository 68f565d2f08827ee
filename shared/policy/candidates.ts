import { addressText, type PeerAddress } from "../base/address.ts";
import { type Millis, millis } from "../base/ids.ts";

export interface CandidateLimits {
  /** Addresses remembered for one torrent; beyond that new ones are left out. */
  readonly most: number;
  /** Wait after the first failure; each further one doubles it. */
  readonly retryMillis: number;
  /** An address that failed so often in a row is forgotten. */
  readonly failuresMost: number;
}

interface Candidate {
  readonly address: PeerAddress;
  failures: number;
  /** Not to be dialled before. */
  readyAt: Millis;
  isInUse: boolean;
}

/**
 * Addresses of peers of one torrent: which to dial next. Knows nothing of links.
 *
 * Invariant: an address is in use from `take` until `failed` or `left`.
 */
export class Candidates {
  readonly #limits: CandidateLimits;
  readonly #known = new Map<string, Candidate>();

  constructor(limits: CandidateLimits) {
    this.#limits = limits;
  }

  /** Somebody named this address. An address that is known stays as it is. */
  found(now: Millis, address: PeerAddress): void {
    const key = addressText(address);
    if (this.#known.has(key) || this.#known.size >= this.#limits.most) return;
    this.#known.set(key, { address, failures: 0, readyAt: now, isInUse: false });
  }

  /** At most `count` addresses to dial now, those that failed least first; each is in use from now on. */
  take(now: Millis, count: number): readonly PeerAddress[] {
    const ready = [...this.#known.values()].filter(({ isInUse, readyAt }) => !isInUse && readyAt <= now);
    const taken = ready.sort((left, right) => left.failures - right.failures).slice(0, Math.max(0, count));
    for (const candidate of taken) candidate.isInUse = true;
    return taken.map(({ address }) => address);
  }

  /** It could not be reached, or is not worth a link: later, or never again. */
  failed(now: Millis, address: PeerAddress): void {
    const key = addressText(address);
    const candidate = this.#known.get(key);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.failures += 1;
    candidate.readyAt = millis(now + this.#limits.retryMillis * 2 ** (candidate.failures - 1));
    if (candidate.failures >= this.#limits.failuresMost) this.#known.delete(key);
  }

  /** A link that worked has ended. */
  left(now: Millis, address: PeerAddress): void {
    const candidate = this.#known.get(addressText(address));
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
