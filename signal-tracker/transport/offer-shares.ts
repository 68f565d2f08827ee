import type { Millis } from "#shared/base/ids.ts";
import {
  MAX_OFFERS_PER_NETWORK_AND_MINUTE,
  MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE,
} from "../limits/swarms.ts";
import { MinuteCounts } from "./minute-counts.ts";
import type { SocketDelivery } from "./socket-answers.ts";

/** Keeps one network's offers from pushing out those of others: while they wait for answers, and on their way to one client. */
export class OfferShares {
  readonly #fromNetworks: MinuteCounts;
  readonly #toMembers: MinuteCounts;

  constructor(
    maxPerNetwork = MAX_OFFERS_PER_NETWORK_AND_MINUTE,
    maxToMember = MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE,
  ) {
    this.#fromNetworks = new MinuteCounts(maxPerNetwork);
    this.#toMembers = new MinuteCounts(maxToMember);
  }

  /** Whether the network's offers may be handed out. Without a network there is no limit. */
  mayOffer(network: string | undefined, now: Millis): boolean {
    if (network === undefined) return true;
    return this.#fromNetworks.of(network, now) < this.#fromNetworks.maxPerMinute;
  }

  /** Counts the offers, and leaves out those for clients that have got enough from this network. */
  within(
    network: string | undefined,
    deliveries: readonly SocketDelivery[],
    now: Millis,
  ): readonly SocketDelivery[] {
    const offers = deliveries.length - 1;
    if (network === undefined || offers < 1) return deliveries;
    // No client can have got more than all of them.
    if (this.#fromNetworks.add(network, offers, now) <= this.#toMembers.maxPerMinute) return deliveries;
    return deliveries.filter(
      ({ to, message }) => message.type !== "offer" || this.#toMembers.allows(`${to} ${network}`, now),
    );
  }
}
