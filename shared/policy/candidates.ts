import { type Millis, millis } from "../base/ids.ts";

export interface CandidateLimits {
  /** Addresses remembered per torrent; we ignore further ones. */
  readonly maxAddresses: number;
  /** How many of them one teller may name, so that nobody fills the list alone. */
  readonly maxPerTeller: number;
  /** Wait after the first failure; each further one doubles it. */
  readonly retryMillis: number;
  /** We forget an address after this many failures in a row. */
  readonly maxFailures: number;
}

/** Who named an address, and what they say of it. */
interface Naming {
  /** A tracker did. */
  readonly isTracked: boolean;
  /** The peer that did. */
  readonly teller?: string | undefined;
  /** It prefers encrypted links. Untrusted: whoever dials it tries the other way, too. Absent: they do not say so. */
  readonly prefersEncryption?: true | undefined;
}

interface Candidate<Address> {
  readonly address: Address;
  /** As its last link showed, or, before there was one, as somebody says. */
  prefersEncryption: boolean | undefined;
  /** A tracker named it. */
  isTracked: boolean;
  /** The peer that named it. */
  readonly teller: string | undefined;
  failures: number;
  /** Not dialled before this. */
  readyAt: Millis;
  isInUse: boolean;
}

/**
 * The peer addresses of one torrent, and which to dial next. Equal addresses are equal strings. Knows nothing of links.
 *
 * Invariant: an address is in use from `take` or `use` until `failed` or `left`; `take` never returns a shunned one.
 */
export class Candidates<Address extends string> {
  readonly #limits: CandidateLimits;
  readonly #known = new Map<Address, Candidate<Address>>();

  constructor(limits: CandidateLimits) {
    this.#limits = limits;
  }

  /**
   * A tracker, a peer, or neither named this address. Of a known one we learn what they say of it, no more; of encryption, only
   * before we have dialled it, and not if a tracker named it: a peer that lies would make others slow to reach.
   */
  found(now: Millis, address: Address, { isTracked, teller, prefersEncryption }: Naming): void {
    const known = this.#known.get(address);
    if (known !== undefined) {
      if (!known.isTracked) known.prefersEncryption ??= prefersEncryption;
      known.isTracked ||= isTracked;
    } else if (this.#namedBy(teller) < this.#limits.maxPerTeller && this.#hasRoom(isTracked)) {
      const said = { address, isTracked, teller, prefersEncryption };
      this.#known.set(address, { ...said, failures: 0, readyAt: now, isInUse: false });
    }
  }

  /** A tracker's address takes the place of one that anybody may have made up. */
  #hasRoom(isTracked: boolean): boolean {
    if (this.#known.size < this.#limits.maxAddresses) return true;
    if (!isTracked) return false;
    for (const each of this.#known.values())
      if (!each.isTracked && !each.isInUse && each.readyAt < Number.POSITIVE_INFINITY)
        return this.#known.delete(each.address);
    return false;
  }

  #namedBy(teller: string | undefined): number {
    if (teller === undefined) return 0;
    return [...this.#known.values()].filter((candidate) => candidate.teller === teller).length;
  }

  isKnown(address: Address): boolean {
    return this.#known.has(address);
  }

  /** Whether somebody says that it prefers encrypted links, or its last link showed it. */
  prefersEncryption(address: Address): boolean {
    return this.#known.get(address)?.prefersEncryption ?? false;
  }

  /** Forgets what no tracker named. */
  forgetUntracked(): void {
    for (const { address, isTracked } of this.#known.values()) {
      if (!isTracked) this.#known.delete(address);
    }
  }

  /** At most `count` addresses to dial now, fewest failures first. They are in use from now on. */
  take(now: Millis, count: number): readonly Address[] {
    const ready = [...this.#known.values()].filter(({ isInUse, readyAt }) => !isInUse && readyAt <= now);
    const taken = ready.sort((left, right) => left.failures - right.failures).slice(0, Math.max(0, count));
    for (const candidate of taken) candidate.isInUse = true;
    return taken.map(({ address }) => address);
  }

  /** We have a link to the peer at this address. False: the address is unknown, or in use already. */
  use(address: Address): boolean {
    const candidate = this.#known.get(address);
    if (candidate === undefined || candidate.isInUse) return false;
    candidate.isInUse = true;
    return true;
  }

  /** Never dial it again: we know the peer there and do not want it. */
  shun(address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate !== undefined) candidate.readyAt = millis(Number.POSITIVE_INFINITY);
  }

  /** We could not reach it, or the link was useless: retry later, or forget it. */
  failed(now: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.prefersEncryption = false;
    candidate.failures += 1;
    candidate.readyAt = millis(now + this.#limits.retryMillis * 2 ** (candidate.failures - 1));
    if (candidate.failures >= this.#limits.maxFailures) this.#known.delete(address);
  }

  /** Dial it again at this time. */
  retryAt(when: Millis, address: Address): void {
    const candidate = this.#known.get(address);
    if (candidate !== undefined) candidate.readyAt = when;
  }

  /** A useful link ended, which showed whether the peer prefers encryption. */
  left(now: Millis, address: Address, prefersEncryption: boolean): void {
    const candidate = this.#known.get(address);
    if (candidate === undefined) return;
    candidate.isInUse = false;
    candidate.prefersEncryption = prefersEncryption;
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
