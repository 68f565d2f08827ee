import type { Answer, RelayedSdp } from "#shared/announce/announce.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import { MEMORY_LIMITS } from "../limits/memory.ts";
import { OFFER_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { RemoteOffers } from "./remote-offers.ts";
import type { SharedEntries } from "./shared-entries.ts";
import type { MemberKey } from "./swarm-store.ts";
import { answer, type Delivery, type Tracker } from "./tracker.ts";

/** How offers and answers reach members of other nodes. Nothing is certain to arrive. */
export interface Relay<Sdp> {
  /** Whether the member has its socket at another node. */
  isRemote(key: MemberKey): boolean;
  offer(offerer: MemberKey, to: MemberKey, offer: RelayedSdp<Sdp>): void;
  answer(answerer: MemberKey, to: MemberKey, answer: Answer<Sdp>): void;
}

/** What relaying needs. */
export interface RelayPorts<Sdp> {
  readonly tracker: Tracker;
  readonly relay: Relay<Sdp>;
  readonly now: () => Millis;
  /** Reaches a member with a socket at this node. */
  readonly deliver: (delivery: Delivery<Sdp>) => void;
}

/** An offer that did not reach the node of its target. */
export interface LostOffer<Sdp> {
  readonly offerer: MemberKey;
  readonly offer: RelayedSdp<Sdp>;
}

/** Offers and answers between members of this node and those of others. */
export class OfferRelay<Sdp> {
  readonly #ports: RelayPorts<Sdp>;
  readonly #entries: SharedEntries;
  readonly #offers = new RemoteOffers(MEMORY_LIMITS.maxWaitingOffers);

  constructor(ports: RelayPorts<Sdp>, entries: SharedEntries) {
    this.#ports = ports;
    this.#entries = entries;
  }

  /** Takes a delivery from `announce` to a member of another node, or does nothing. */
  offer(offerer: MemberKey, { to, message }: Delivery<Sdp>): void {
    if (message.type === "offer" && this.#ports.relay.isRemote(to))
      this.#ports.relay.offer(offerer, to, message);
  }

  /** Relays an answer to the node of the offerer. False: no such offer waits. */
  answer(from: MemberKey, request: Answer<Sdp>): boolean {
    const { relay, now } = this.#ports;
    const { infoHash, offerId, toPeerId } = request;
    const key = { answerer: from, infoHash, offerId, offererPeerId: toPeerId };
    const offerer = this.#offers.take(key, now());
    if (offerer === undefined) return false;
    relay.answer(from, offerer, request);
    return true;
  }

  /** Another node has handed an offer to a member of ours. */
  offerArrived(offerer: MemberKey, to: MemberKey, offer: RelayedSdp<Sdp>): void {
    const { tracker, now, deliver } = this.#ports;
    const { infoHash, offerId, peerId } = offer;
    if (!tracker.store.isMember(infoHash, to)) return; // It has just left.
    const at = now();
    const key = { answerer: to, infoHash, offerId, offererPeerId: peerId };
    if (this.#offers.put(key, offerer, millis(at + OFFER_LIFETIME_MILLIS), at))
      deliver({ to, message: offer });
  }

  /** A member of another node answers an offer of ours. */
  answerArrived(answerer: MemberKey, request: Answer<Sdp>): void {
    const { tracker, now, deliver } = this.#ports;
    for (const delivery of answer(tracker, now(), answerer, request)) deliver(delivery);
  }

  /** These offers did not reach the node of their target: they go to other members. */
  async handAgain(offers: readonly LostOffer<Sdp>[]): Promise<void> {
    await Promise.all(offers.map((lost) => this.#handAgain(lost)));
  }

  async #handAgain({ offerer, offer }: LostOffer<Sdp>): Promise<void> {
    const { tracker, now, deliver } = this.#ports;
    const { infoHash, offerId, peerId } = offer;
    const look = await this.#entries.look({ infoHash, change: { type: "look", key: offerer }, sockets: 1 });
    const to = look?.sockets[0]?.key;
    if (to === undefined) return;
    const key = { answerer: to, infoHash, offerId, offererPeerId: peerId };
    const at = now();
    const expiresAt = millis(at + OFFER_LIFETIME_MILLIS);
    if (!tracker.store.handOffer({ key, offerer, expiresAt }, at)) return;
    if (this.#ports.relay.isRemote(to)) this.#ports.relay.offer(offerer, to, offer);
    else deliver({ to, message: offer });
  }
}
