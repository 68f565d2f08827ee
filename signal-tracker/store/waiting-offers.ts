import type { Millis } from "#shared/base/ids.ts";
import type { OfferKey } from "../core/store.ts";
import { type Expiring, ExpiryQueue } from "./expiry-queue.ts";
import type { Entry } from "./swarm.ts";

/** An offer that was handed out and has not been answered. */
interface WaitingOffer extends Expiring<WaitingOffer> {
  readonly name: string;
  /** The offerer as it was then. One that left the swarm and came back is another entry. */
  readonly offerer: Entry;
}

/**
 * Offers that wait for an answer.
 *
 * Invariant: the offers in the queue are those in the map.
 */
export class WaitingOffers {
  readonly #most: number;
  readonly #byName = new Map<string, WaitingOffer>();
  readonly #queue = new ExpiryQueue<WaitingOffer>();

  /** `most`: how many may wait at once. Beyond it the oldest is given up. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Who made the offer, unless it has expired. */
  offerer(key: OfferKey, now: Millis): Entry | undefined {
    const waiting = this.#byName.get(nameOf(key));
    return waiting === undefined || waiting.expiresAt <= now ? undefined : waiting.offerer;
  }

  /** In place of the one with the same key. */
  put(key: OfferKey, offerer: Entry, expiresAt: Millis): void {
    this.remove(key);
    const offer: WaitingOffer = { name: nameOf(key), offerer, expiresAt, older: undefined, newer: undefined };
    this.#byName.set(offer.name, offer);
    this.#queue.put(offer);
    if (this.#queue.size > this.#most) this.#removeOldest();
  }

  remove(key: OfferKey): void {
    const waiting = this.#byName.get(nameOf(key));
    if (waiting === undefined) return;
    this.#byName.delete(waiting.name);
    this.#queue.remove(waiting);
  }

  removeExpired(now: Millis): void {
    while ((this.#queue.oldest?.expiresAt ?? Number.POSITIVE_INFINITY) <= now) this.#removeOldest();
  }

  #removeOldest(): void {
    const { oldest } = this.#queue;
    if (oldest === undefined) return;
    this.#byName.delete(oldest.name);
    this.#queue.remove(oldest);
  }
}

function nameOf({ answerer, infoHash, offerId, offererPeerId }: OfferKey): string {
  return `${answerer} ${infoHash} ${offerId} ${offererPeerId}`;
}
