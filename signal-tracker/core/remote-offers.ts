import type { Millis } from "#shared/base/ids.ts";
import type { MemberKey, OfferKey } from "./swarm-store.ts";

interface RemoteOffer {
  readonly offerer: MemberKey;
  readonly expiresAt: Millis;
}

/**
 * Offers of other nodes' members that wait for the answer of one of ours.
 *
 * Invariant: they are in the order in which they expire.
 */
export class RemoteOffers {
  readonly #maxOffers: number;
  readonly #offers = new Map<string, RemoteOffer>();

  /** Beyond `maxOffers` the oldest is dropped. */
  constructor(maxOffers: number) {
    this.#maxOffers = maxOffers;
  }

  /** False: the same offer of another member waits. */
  put(key: OfferKey, offerer: MemberKey, expiresAt: Millis, now: Millis): boolean {
    const id = idOf(key);
    const before = this.#offers.get(id);
    if (before !== undefined && before.expiresAt > now && before.offerer !== offerer) return false;
    this.#offers.delete(id);
    this.#offers.set(id, { offerer, expiresAt });
    for (const [oldest, { expiresAt: end }] of this.#offers) {
      if (end > now && this.#offers.size <= this.#maxOffers) break;
      this.#offers.delete(oldest);
    }
    return true;
  }

  /** Removes a waiting offer and returns its offerer. Undefined: no such offer waits. */
  take(key: OfferKey, now: Millis): MemberKey | undefined {
    const id = idOf(key);
    const offer = this.#offers.get(id);
    this.#offers.delete(id);
    return offer !== undefined && offer.expiresAt > now ? offer.offerer : undefined;
  }
}

function idOf({ answerer, infoHash, offerId, offererPeerId }: OfferKey): string {
  return `${answerer} ${infoHash} ${offerId} ${offererPeerId}`;
}
