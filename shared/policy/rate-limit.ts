import { type InfoHash, type LinkId, type Millis, millis } from "../base/ids.ts";
import { FairLine } from "./fair-line.ts";

/** How long a pause we make up for: a late timer must cost nothing, and nobody must see us break the limit. */
const BURST_MILLIS = 100;

/** A slower slot, in bytes a second, is useless to its peer: this is a block in two seconds. */
const MIN_SLOT_RATE = 10_000;

/** The longest that traffic nobody waits for can hold up the others. */
const DEBT_MILLIS = 30_000;

/** Enough for a round trip to the far side of the world; a peer that never answers takes this much from the others. */
const LINK_AHEAD_MILLIS = 2_000;

/** One earned slot and one lucky one. */
const MIN_SLOTS = 2;

/**
 * Limits the rate of all links together, in one direction: says whose turn it is to send or request a block. Every byte
 * on a link counts, but only blocks wait.
 *
 * Before changing this, think of: granted bytes that come late or never; late timers; bytes spent without a turn, which
 * leave a debt; one link among many that always wants more; links that end while they wait.
 *
 * Invariant: spending never exceeds rate times time by more than the last turn, bytes spent without a turn, and what
 * `BURST_MILLIS` brings.
 */
export class RateLimit {
  readonly #bytesPerMilli: number;
  readonly #aheadMillis: number;
  /** The waiting links. */
  readonly #line = new FairLine();
  /** Negative: a debt. */
  #allowance = 0;
  #at = 0;

  /** Grants no more while `aheadMillis` of the full rate is under way. */
  constructor(bytesPerSecond: number, aheadMillis: number) {
    this.#bytesPerMilli = bytesPerSecond / 1_000;
    this.#aheadMillis = aheadMillis;
  }

  /** How many peers, at most `most`, we can serve at a time at a useful rate. */
  slots(most: number): number {
    return Math.min(most, Math.max(MIN_SLOTS, Math.floor((this.#bytesPerMilli * 1_000) / MIN_SLOT_RATE)));
  }

  /** Whether one link has so many granted bytes under way that more would only wait. */
  isEnoughAhead(bytes: number): boolean {
    return bytes >= this.#bytesPerMilli * LINK_AHEAD_MILLIS;
  }

  /** Bytes went over a link. */
  spent(bytes: number): void {
    this.#allowance -= bytes;
  }

  /** The link wants a turn. If it already waits for one, it keeps its place. */
  queue(link: LinkId, torrent: InfoHash): void {
    this.#line.join(link, torrent);
  }

  get hasWaiting(): boolean {
    return !this.#line.isEmpty;
  }

  leave(link: LinkId): void {
    this.#line.leave(link);
  }

  /**
   * The link whose turn it is: it leaves the line and may have one block. Undefined: nobody waits, or it is too early.
   * `aheadBytes` are granted and not yet spent.
   */
  next(now: Millis, aheadBytes: number): LinkId | undefined {
    const accrued = this.#allowance + (now - this.#at) * this.#bytesPerMilli;
    const owed = Math.max(accrued, -this.#bytesPerMilli * DEBT_MILLIS);
    this.#allowance = Math.min(owed, this.#most(aheadBytes));
    this.#at = now;
    return this.#allowance <= aheadBytes ? undefined : this.#line.next();
  }

  /** When the next turn is due. Undefined: nobody waits, or something under way must end first. */
  nextAt(aheadBytes: number): Millis | undefined {
    if (this.#line.isEmpty || this.#most(aheadBytes) <= aheadBytes) return undefined;
    const wait = (aheadBytes - this.#allowance) / this.#bytesPerMilli;
    return millis(Math.floor(this.#at + wait) + 1); // By then the allowance is positive, however it rounds.
  }

  /** The most a pause can save up, beyond what is under way. */
  #most(aheadBytes: number): number {
    return this.#bytesPerMilli * BURST_MILLIS + Math.min(aheadBytes, this.#bytesPerMilli * this.#aheadMillis);
  }
}
