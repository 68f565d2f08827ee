import type { Announce, Answer, Offer, TrackerMessage } from "#shared/announce/announce.ts";
import { ANNOUNCE_INTERVAL_SECONDS } from "#shared/announce/websocket.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { Member, MemberKey, SwarmStore } from "./store.ts";

/** An unanswered offer is worthless by then: WebTorrent gives one up after 50 s, libtorrent after 120 s. */
export const OFFER_LIFETIME_MILLIS = 120_000;

/** What the core needs to answer anybody. */
export interface Tracker {
  readonly store: SwarmStore;
  readonly random: Random;
  /** Names this tracker in its replies. */
  readonly trackerId: string;
  /** Offers of one announce that are handed out; further ones are left aside. */
  readonly offersPerAnnounceMax: number;
  /** Swarms one member may be in. */
  readonly swarmsPerMemberMax: number;
}

/** A message and the member it is for. How to reach it is the transport's business. */
export interface Delivery {
  readonly to: MemberKey;
  readonly message: TrackerMessage;
}

/** Takes one announce: the member enters, stays in or leaves the swarm, and its offers go to others at random. */
export function announce(
  tracker: Tracker,
  now: Millis,
  from: MemberKey,
  asked: Announce,
): readonly Delivery[] {
  const { store } = tracker;
  const { infoHash, event, peerId, left, offers } = asked;
  if (event === "stopped") {
    store.remove(infoHash, from);
    return [reply(tracker, from, infoHash)];
  }
  if (!store.isMember(infoHash, from) && store.swarmCount(from) >= tracker.swarmsPerMemberMax) {
    return [
      refuse(from, infoHash, `this socket has the most torrents it may have: ${tracker.swarmsPerMemberMax}`),
    ];
  }
  const member: Member = { key: from, peerId, seeding: left === 0 || event === "completed" };
  const before = store.put(infoHash, member);
  if (event === "completed" && before?.seeding !== true) store.countCompletion(infoHash);
  return [reply(tracker, from, infoHash), ...handOut(tracker, now, infoHash, member, offers)];
}

/** Takes one answer: to whoever made the offer, if `from` was handed it and has not answered yet; else to nobody. */
export function answer({ store }: Tracker, now: Millis, from: MemberKey, given: Answer): readonly Delivery[] {
  const { infoHash, peerId, toPeerId, offerId, sdp } = given;
  const to = store.takeOffer({ answerer: from, infoHash, offerId, offererPeerId: toPeerId }, now);
  return to === undefined ? [] : [{ to, message: { type: "answer", infoHash, peerId, offerId, sdp } }];
}

/** Tells the counts of the named swarms; of a swarm nobody is in they are zero. */
export function scrape({ store }: Tracker, from: MemberKey, infoHashes: readonly InfoHash[]): Delivery {
  const swarms = new Map(infoHashes.map((infoHash) => [infoHash, store.counts(infoHash)]));
  return { to: from, message: { type: "scrapeReply", swarms } };
}

/** The member's socket is closed: its entries die with it. */
export function leave({ store }: Tracker, from: MemberKey): void {
  store.removeEverywhere(from);
}

function handOut(
  { store, random, offersPerAnnounceMax }: Tracker,
  now: Millis,
  infoHash: InfoHash,
  { key: offerer, peerId }: Member,
  offers: readonly Offer[],
): readonly Delivery[] {
  const count = Math.min(offers.length, offersPerAnnounceMax);
  const chosen = count === 0 ? [] : store.sample(infoHash, count, offerer, random);
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
