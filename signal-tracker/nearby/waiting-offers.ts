import type { PersonId } from "#shared/announce/nearby.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { NearbyLimits } from "../limits/nearby.ts";

interface Waiting {
  readonly from: PersonId;
  readonly infoHash: InfoHash;
  readonly at: Millis;
  readonly isDeclined: boolean;
}

/**
 * The offers that somebody has not answered, or has just declined: bounded, so that nobody is flooded with questions, and nobody is
 * asked again at once.
 */
export class WaitingOffers {
  readonly #limits: NearbyLimits;
  #waiting: readonly Waiting[] = [];

  constructor(limits: NearbyLimits) {
    this.#limits = limits;
  }

  /** Keeps an offer. False: there are too many. The same offer once more takes the place of the first. */
  add(from: PersonId, infoHash: InfoHash, now: Millis): boolean {
    const { maxWaitingOffers, maxWaitingOffersOfOne, offerMillis, declinedMillis } = this.#limits;
    const counted = this.#waiting.filter(
      ({ at, isDeclined }) => now - at < (isDeclined ? declinedMillis : offerMillis),
    );
    const same = counted.find((one) => one.from === from && one.infoHash === infoHash);
    if (same?.isDeclined === true) return false;
    const others = counted.filter((one) => one !== same);
    const ofOne = others.filter((one) => one.from === from).length;
    if (others.length >= maxWaitingOffers || ofOne >= maxWaitingOffersOfOne) return false;
    this.#waiting = [...others, { from, infoHash, at: now, isDeclined: false }];
    return true;
  }

  /** Takes an answered offer out. False: there was none. */
  take(from: PersonId, infoHash: InfoHash, isAccepted: boolean, now: Millis): boolean {
    const taken = this.#waiting.find(
      (one) => one.from === from && one.infoHash === infoHash && !one.isDeclined,
    );
    if (taken === undefined) return false;
    const left = this.#waiting.filter((one) => one !== taken);
    this.#waiting = isAccepted ? left : [...left, { ...taken, at: now, isDeclined: true }];
    return true;
  }
}
