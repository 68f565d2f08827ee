import type {
  NearbyDevice,
  NearbyMessage,
  NearbyPerson,
  NearbyRefusal,
  PersonId,
} from "#shared/announce/nearby.ts";
import type { Millis } from "#shared/base/ids.ts";
import type { NearbyLimits } from "../limits/nearby.ts";
import { WaitingOffers } from "./waiting-offers.ts";

/** Who comes, as far as the transport knows. */
export interface Visitor {
  /** Whose limits they count towards. */
  readonly network: string;
  readonly tell: (message: NearbyMessage) => void;
  /** Says why they may not join, and closes. */
  readonly refuse: (why: NearbyRefusal) => void;
}

const MINUTE_MILLIS = 60_000;

/** Somebody with a socket at this node. */
export class Guest {
  readonly id: PersonId;
  readonly visitor: Visitor;
  /** The offers that they have not answered. */
  readonly waiting: WaitingOffers;
  device: NearbyDevice = { name: undefined, kind: undefined };
  /** They have asked for a room. */
  hasAsked = false;
  hasLeft = false;
  #minuteStartedAt: Millis;
  #offersInMinute = 0;

  constructor(id: PersonId, visitor: Visitor, limits: NearbyLimits, now: Millis) {
    this.id = id;
    this.visitor = visitor;
    this.waiting = new WaitingOffers(limits);
    this.#minuteStartedAt = now;
  }

  /** As others in the room read of them. */
  get person(): NearbyPerson {
    return { id: this.id, ...this.device };
  }

  /** Counts an offer that they make, and returns how many there were in this minute. */
  countOffer(now: Millis): number {
    if (now - this.#minuteStartedAt >= MINUTE_MILLIS) {
      this.#minuteStartedAt = now;
      this.#offersInMinute = 0;
    }
    this.#offersInMinute += 1;
    return this.#offersInMinute;
  }
}
