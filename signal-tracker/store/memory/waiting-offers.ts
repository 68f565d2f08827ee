import type { Millis } from "#shared/base/ids.ts";
import type { OfferKey } from "../../core/swarm-store.ts";
import { type Expiring, ExpiryQueue } from "./expiry-queue.ts";
import type { Entry } from "./swarm.ts";

/** An offer's key as text: long, so whoever needs it several times makes it once. */
export type OfferText = string & { readonly offerText: unique symbol };

/** An offer that was handed out and has no answer yet. */
interface WaitingOffer extends Expiring<WaitingOffer> {
  readonly key: OfferText;
  /** The offerer's entry at that time. If it leaves the swarm and comes back, it gets a new one. */
  readonly offerer: Entry;
}

/**
 * Offers that wait for their answers.
 *
 * Invariant: the offers in the queue are those in the map.
 */
export class WaitingOffers {
  readonly #maxOffers: number;
  readonly #byKey = new Map<OfferText, WaitingOffer>();
  readonly #queue = new ExpiryQueue<WaitingOffer>();

  /** Beyond `maxOffers` the oldest is dropped. */
  constructor(maxOffers: number) {
    this.#maxOffers = maxOffers;
  }

  /** The offerer, unless the offer has expired. */
  offerer(key: OfferText, now: Millis): Entry | undefined {
    const waiting = this.#byKey.get(key);
    return waiting === undefined || waiting.expiresAt <= now ? undefined : waiting.offerer;
  }

  /** Replaces the offer with the same key. */
  put(key: OfferText, offerer: Entry, expiresAt: Millis): void {
    this.remove(key);
    const offer: WaitingOffer = { key, offerer, expiresAt, older: undefined, newer: undefined };
    this.#byKey.set(key, offer);
    this.#queue.put(offer);
    if (this.#queue.size > this.#maxOffers) this.#removeOldest();
  }

  remove(key: OfferText): void {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) return;
    this.#byKey.delete(key);
    this.#queue.remove(waiting);
  }

  removeExpired(now: Millis): void {
    while ((this.#queue.oldest?.expiresAt ?? Number.POSITIVE_INFINITY) <= now) this.#removeOldest();
  }

  #removeOldest(): void {
    const { oldest } = this.#queue;
    if (oldest === undefined) return;
    this.#byKey.delete(oldest.key);
    this.#queue.remove(oldest);
  }
}

/** The ids have one length each, so only the first needs an end. */
export function offerText({ answerer, infoHash, offerId, offererPeerId }: OfferKey): OfferText {
  return `${answerer} ${infoHash}${offerId}${offererPeerId}` as OfferText;
}
