import type {
  AddressAnnounce,
  Announce,
  AnnounceEvent,
  Answer,
  Offer,
  ScrapeReply,
  TrackerMessage,
} from "#shared/announce/announce.ts";
import { ANNOUNCE_INTERVAL_SECONDS } from "#shared/announce/websocket.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { OFFER_LIFETIME_MILLIS } from "../limits.ts";
import type { Member, MemberKey, SwarmStore } from "./store.ts";

/** What the core needs to answer anybody. */
export interface Tracker {
  readonly store: SwarmStore;
  readonly random: Random;
  /** Names this tracker in its replies. */
  readonly trackerId: string;
  /** Offers of one announce that are handed out; further ones are left aside. */
  readonly maxOffersPerAnnounce: number;
  /** Swarms one socket's member may be in. */
  readonly maxSwarmsPerMember: number;
  /** Peers with addresses that one reply tells of. */
  readonly maxPeersPerReply: number;
  /** Members with addresses in one network, in one swarm and in all. */
  readonly maxMembersPerNetworkInSwarm: number;
  readonly maxMembersPerNetwork: number;
}

/** A message and the member it is for. How to reach it is the transport's business. */
export interface Delivery {
  readonly to: MemberKey;
  readonly message: TrackerMessage;
}

/** Takes one announce over a socket: the member enters, stays or leaves, and its offers go to others at random. */
export function announce(
  tracker: Tracker,
  now: Millis,
  from: MemberKey,
  asked: Announce,
): readonly Delivery[] {
  const { store } = tracker;
  const { infoHash, event, peerId, offers } = asked;
  store.removeExpired(now);
  if (event === "stopped") {
    store.remove(infoHash, from);
    return [reply(tracker, from, infoHash)];
  }
  if (!store.isMember(infoHash, from) && store.swarmCount(from) >= tracker.maxSwarmsPerMember) {
    return [
      refuse(from, infoHash, `this socket has the most torrents it may have: ${tracker.maxSwarmsPerMember}`),
    ];
  }
  const member: Member = { type: "socket", key: from, peerId, seeding: isSeeder(asked) };
  enter(store, infoHash, member, event);
  return [reply(tracker, from, infoHash), ...handOut(tracker, now, infoHash, member, offers)];
}

/** Takes one answer: to whoever made the offer, if `from` was handed it and has not answered yet; else to nobody. */
export function answer({ store }: Tracker, now: Millis, from: MemberKey, given: Answer): readonly Delivery[] {
  const { infoHash, peerId, toPeerId, offerId, sdp } = given;
  const to = store.takeOffer({ answerer: from, infoHash, offerId, offererPeerId: toPeerId }, now);
  return to === undefined ? [] : [{ to, message: { type: "answer", infoHash, peerId, offerId, sdp } }];
}

/** Tells the counts of the named swarms; of a swarm nobody is in they are zero. */
export function scrape({ store }: Tracker, now: Millis, infoHashes: readonly InfoHash[]): ScrapeReply {
  store.removeExpired(now);
  const swarms = new Map(infoHashes.map((infoHash) => [infoHash, store.counts(infoHash)]));
  return { type: "scrapeReply", swarms };
}

/** The member's socket is closed: its entries die with it. */
export function leave({ store }: Tracker, from: MemberKey): void {
  store.removeEverywhere(from);
}

/** Puts a member into the swarm, by whatever transport it came, or notes what it says of itself now. */
export function enter(store: SwarmStore, infoHash: InfoHash, member: Member, event: AnnounceEvent): void {
  const wasSeeding = store.put(infoHash, member);
  if (event === "completed" && !wasSeeding) store.countCompletion(infoHash);
}

/** Whether who announces this has everything. */
export function isSeeder({ left, event }: Announce | AddressAnnounce): boolean {
  return left === 0 || event === "completed";
}

function handOut(
  { store, random, maxOffersPerAnnounce }: Tracker,
  now: Millis,
  infoHash: InfoHash,
  { key: offerer, peerId }: Member,
  offers: readonly Offer[],
): readonly Delivery[] {
  const count = Math.min(offers.length, maxOffersPerAnnounce);
  const chosen = count === 0 ? [] : store.sampleSockets(infoHash, count, offerer, random);
  const expiresAt = millis(now + OFFER_LIFETIME_MILLIS);
  return chosen.flatMap(({ key: to }, at) => {
    const offer = offers[at];
    if (offer === undefined) return [];
    const key = { answerer: to, infoHash, offerId: offer.offerId, offererPeerId: peerId };
    if (!store.handOffer({ key, offerer, expiresAt }, now)) return [];
    return [{ to, message: { type: "offer", infoHash, peerId, offerId: offer.offerId, sdp: offer.sdp } }];
  });
}

function reply({ store, trackerId }: Tracker, to: MemberKey, infoHash: InfoHash): Delivery {
  const { seeders, leechers } = store.counts(infoHash);
  return {
    to,
    message: {
      type: "announceReply",
      infoHash,
      intervalSeconds: ANNOUNCE_INTERVAL_SECONDS,
      minIntervalSeconds: undefined,
      seeders,
      leechers,
      trackerId,
      warning: undefined,
    },
  };
}

function refuse(to: MemberKey, infoHash: InfoHash, reason: string): Delivery {
  return { to, message: { type: "failure", action: "announce", infoHash, reason } };
}
