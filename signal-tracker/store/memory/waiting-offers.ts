import type { Millis } from "#shared/base/ids.ts";
import type { OfferKey } from "../../core/swarm-store.ts";
import { type Expiring, ExpiryQueue } from "./expiry-queue.ts";
import type { Entry } from "./swarm.ts";

/** An offer that was handed out and has no answer yet. */
interface WaitingOffer extends Expiring<WaitingOffer> {
  /** The key as text. */
  readonly id: string;
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
  readonly #byId = new Map<string, WaitingOffer>();
  readonly #queue = new ExpiryQueue<WaitingOffer>();

  /** Beyond `maxOffers` the oldest is dropped. */
  constructor(maxOffers: number) {
    this.#maxOffers = maxOffers;
  }

  /** The offerer, unless the offer has expired. */
  offerer(key: OfferKey, now: Millis): Entry | undefined {
    const waiting = this.#byId.get(idOf(key));
    return waiting === undefined || waiting.expiresAt <= now ? undefined : waiting.offerer;
  }

  /** Replaces the offer with the same key. */
  put(key: OfferKey, offerer: Entry, expiresAt: Millis): void {
    this.remove(key);
    const offer: WaitingOffer = { id: idOf(key), offerer, expiresAt, older: undefined, newer: undefined };
    this.#byId.set(offer.id, offer);
    this.#queue.put(offer);
    if (this.#queue.size > this.#maxOffers) this.#removeOldest();
  }

  remove(key: OfferKey): void {
    const waiting = this.#byId.get(idOf(key));
    if (waiting === undefined) return;
    this.#byId.delete(waiting.id);
    this.#queue.remove(waiting);
  }

  removeExpired(now: Millis): void {
    while ((this.#queue.oldest?.expiresAt ?? Number.POSITIVE_INFINITY) <= now) this.#removeOldest();
  }

  #removeOldest(): void {
    const { oldest } = this.#queue;
    if (oldest === undefined) return;
    this.#byId.delete(oldest.id);
    this.#queue.remove(oldest);
  }
}

function idOf({ answerer, infoHash, offerId, offererPeerId }: OfferKey): string {
  return `${answerer} ${infoHash} ${offerId} ${offererPeerId}`;
}
