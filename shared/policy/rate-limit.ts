import { type LinkId, type Millis, millis } from "../base/ids.ts";

/** A lower limit is refused, in bytes a second: a block took longer than the few seconds that peers wait without doubt. */
export const MIN_RATE = 5_000;

/** What a pause may be made up for: a clock that wakes late shall cost nothing, and nobody shall see the limit broken. */
const BURST_MILLIS = 100;

/** A slot that gives less is of no use to the peer in it, in bytes a second: a block in two seconds. */
const MIN_SLOT_RATE = 10_000;

/** Who sends or makes us send what nobody waits for holds up the others for so long at the most. */
const DEBT_MILLIS = 30_000;

/** Enough for the way to the far side of the world and back; a peer that never answers takes so much from the others. */
const LINK_AHEAD_MILLIS = 2_000;

/** One slot for those who deserve it, one for luck. */
const MIN_SLOTS = 2;

/**
 * Holds the bytes of all links together to a rate, one direction of them: says whose turn it is to have a block sent or
 * asked for. Whatever goes over a link is counted, and only blocks are held back for it.
 *
 * Think of these before changing it: bytes that are granted and come later or never; clocks that wake late; bytes that
 * nobody asked about and that leave a debt; a link among many that always wants more; links that end while they wait.
 *
 * Invariant: what was spent never exceeds the rate since the start by more than the last turn, what nobody asked about,
 * and what `BURST_MILLIS` bring.
 */
export class RateLimit {
  readonly #bytesPerMilli: number;
  readonly #aheadMillis: number;
  /** Those that wait, the next one first. */
  readonly #line = new Set<LinkId>();
  /** Negative: a debt. */
  #allowance = 0;
  #at = 0;

  /** No more is granted while what `aheadMillis` bring at the full rate is under way. */
  constructor(bytesPerSecond: number, aheadMillis: number) {
    this.#bytesPerMilli = bytesPerSecond / 1_000;
    this.#aheadMillis = aheadMillis;
  }

  /** So many peers, of `most`, can be served at a time with a rate that is of use to them. */
  slots(most: number): number {
    return Math.min(most, Math.max(MIN_SLOTS, Math.floor((this.#bytesPerMilli * 1_000) / MIN_SLOT_RATE)));
  }

  /** Whether this much of what was granted to one link is under way, so that more of it would only wait. */
  isEnoughAhead(bytes: number): boolean {
    return bytes >= this.#bytesPerMilli * LINK_AHEAD_MILLIS;
  }

  /** Bytes went over a link. */
  spent(bytes: number): void {
    this.#allowance -= bytes;
  }

  /** The link would like a turn. If it waits for one already, it keeps its place. */
  queue(link: LinkId): void {
    this.#line.add(link);
  }

  leave(link: LinkId): void {
    this.#line.delete(link);
  }

  /**
   * Whose turn it is: the link has left the line, and may have one block. Undefined: nobody waits, or not now.
   * `aheadBytes` were granted and have not been spent yet.
   */
  next(now: Millis, aheadBytes: number): LinkId | undefined {
    const accrued = this.#allowance + (now - this.#at) * this.#bytesPerMilli;
    const owed = Math.max(accrued, -this.#bytesPerMilli * DEBT_MILLIS);
    this.#allowance = Math.min(owed, this.#most(aheadBytes));
    this.#at = now;
    const [first] = this.#line;
    if (first === undefined || this.#allowance <= aheadBytes) return undefined;
    this.#line.delete(first);
    return first;
  }

  /** When the next turn is due. Undefined: nobody waits, or first something that is under way has to end. */
  nextAt(aheadBytes: number): Millis | undefined {
    if (this.#line.size === 0 || this.#most(aheadBytes) <= aheadBytes) return undefined;
    const wait = (aheadBytes - this.#allowance) / this.#bytesPerMilli;
    return millis(Math.floor(this.#at + wait) + 1); // By then there is more than nothing, however it is rounded.
  }

  /** A pause is made up for by so much, beyond what is under way. */
  #most(aheadBytes: number): number {
    return this.#bytesPerMilli * BURST_MILLIS + Math.min(aheadBytes, this.#bytesPerMilli * this.#aheadMillis);
  }
}
