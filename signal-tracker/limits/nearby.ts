import { MAX_NEARBY_PEOPLE } from "#shared/announce/nearby.ts";
import { MAX_TURN_MILLIS_PER_NETWORK } from "./turns.ts";

// People nearby.

/** What people may do who look for others nearby. */
export interface NearbyLimits {
  /** People in one room, at all nodes together. */
  readonly maxPeople: number;
  /** Rooms at one node: more than the sockets that it has at once could fill with two people each. */
  readonly maxRooms: number;
  /** Rooms with a code that one network has opened and that still exist. */
  readonly maxRoomsPerNetwork: number;
  /** How long a code opens its room. Whoever is in stays. */
  readonly codeMillis: number;
  /** How long an empty room waits: pages reload, phones lose their network. */
  readonly emptyMillis: number;
  /** How long a code that this node does not know is looked for at the others. */
  readonly seekMillis: number;
  /** How often whatever has changed in a room is told. */
  readonly tellMillis: number;
  /** Milliseconds of a turn of the event loop for telling it; announces come before the rest. */
  readonly turnMillis: number;
  /** How often a node tells the others once more who is in the rooms that they share. */
  readonly retellMillis: number;
  /** How long what another node told is believed: two of its messages may get lost. */
  readonly believeMillis: number;
  /** Wrong codes of one network in a minute: a class that mistypes. At that rate a room of 40 bits is found once in 200,000 years. */
  readonly maxWrongCodesPerMinute: number;
  /** Offers of one person in a minute: to everybody in a full room, twice. */
  readonly maxOffersPerMinute: number;
  /** Offers that somebody has not answered, or has just declined: of all others together, and of one of them. */
  readonly maxWaitingOffers: number;
  readonly maxWaitingOffersOfOne: number;
  /** How long an offer counts as waiting: by then they are not looking. */
  readonly offerMillis: number;
  /** How long one that they have declined counts as if it waited: a "no" frees no place for the next question. */
  readonly declinedMillis: number;
  /** Messages of one socket in a minute; one more closes it with code 1008. */
  readonly maxMessagesPerMinute: number;
  /** Sockets of one network: two full rooms. One more is refused. */
  readonly maxSocketsPerNetwork: number;
  /** Sockets of all networks. One more is refused. */
  readonly maxSockets: number;
  /** By then a socket must have said which room it wants. */
  readonly joinMillis: number;
  /** Bytes queued for somebody who does not read; beyond that, their socket is dropped. */
  readonly maxQueuedBytes: number;
  /** Between pings. A socket that has sent nothing since the last one is dropped. */
  readonly pingMillis: number;
}

/** The limits of a running tracker. */
export const NEARBY_LIMITS: NearbyLimits = {
  maxPeople: MAX_NEARBY_PEOPLE,
  maxRooms: 10_000,
  maxRoomsPerNetwork: 20,
  codeMillis: 3_600_000,
  emptyMillis: 120_000,
  seekMillis: 1_000,
  tellMillis: 500,
  turnMillis: MAX_TURN_MILLIS_PER_NETWORK,
  retellMillis: 20_000,
  believeMillis: 60_000,
  maxWrongCodesPerMinute: 10,
  maxOffersPerMinute: 2 * MAX_NEARBY_PEOPLE,
  maxWaitingOffers: 8,
  maxWaitingOffersOfOne: 2,
  offerMillis: 600_000,
  declinedMillis: 60_000,
  maxMessagesPerMinute: 240,
  maxSocketsPerNetwork: 2 * MAX_NEARBY_PEOPLE,
  maxSockets: 20_000,
  joinMillis: 10_000,
  maxQueuedBytes: 256 * 1024,
  pingMillis: 30_000,
};

/** Characters of what one node tells another about a room: a full one, every character of its names escaped. */
export const MAX_NEARBY_NEWS_CHARACTERS = 32 * 1024;
