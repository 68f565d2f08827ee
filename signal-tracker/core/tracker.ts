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
import { OFFER_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { torrentNotAllowed } from "./refusals.ts";
import type { Member, MemberKey, SocketMember, SwarmStore } from "./swarm-store.ts";
import type { UpdateCounts } from "./update-counts.ts";

/** What the core needs to answer requests. */
export interface Tracker {
  readonly store: SwarmStore;
  readonly random: Random;
  /** This tracker's id in its replies. */
  readonly trackerId: string;
  /** Offers handed out per announce; the rest are ignored. */
  readonly maxOffersPerAnnounce: number;
  /** Swarms that a socket's member may be in. */
  readonly maxSwarmsPerMember: number;
  /** Peers with addresses in one reply. */
  readonly maxPeersPerReply: number;
  /** Members with addresses per network, in one swarm and in all. */
  readonly maxMembersPerNetworkInSwarm: number;
  readonly maxMembersPerNetwork: number;
  /** The same for each account, if there are accounts. */
  readonly maxMembersPerAccountInSwarm: number;
  readonly maxMembersPerAccount: number;
  /** Counts the announces of members with addresses. */
  readonly updateCounts: UpdateCounts;
  /** Whether the operator allows a torrent. Absent: all are allowed. */
  readonly isAllowed?: ((infoHash: InfoHash) => boolean) | undefined;
}

/** A message and the member it is for. The transport knows how to reach it, and what `Sdp` is: the core only passes it on. */
export interface Delivery<Sdp> {
  readonly to: MemberKey;
  readonly message: TrackerMessage<Sdp>;
}

/** Handles an announce over a socket: the member enters, stays or leaves, and its offers go to random others. */
export function announce<Sdp>(
  tracker: Tracker,
  now: Millis,
  from: MemberKey,
  request: Announce<Sdp>,
): readonly Delivery<Sdp>[] {
  const refusal = enterSwarm(tracker, now, from, request);
  return refusal === undefined ? answerAnnounce(tracker, now, from, request) : [refusal];
}

/** The first half of an announce: the member enters, stays or leaves. Returns the refusal if it may not enter. */
export function enterSwarm(
  tracker: Tracker,
  now: Millis,
  from: MemberKey,
  request: Announce<unknown>,
): Delivery<never> | undefined {
  const { store, maxSwarmsPerMember } = tracker;
  const { infoHash, event } = request;
  store.removeExpired(now);
  if (event === "stopped") {
    store.remove(infoHash, from);
    return undefined;
  }
  if (tracker.isAllowed?.(infoHash) === false) {
    store.remove(infoHash, from); // It may have been allowed before.
    return { to: from, message: torrentNotAllowed(infoHash) };
  }
  if (!store.isMember(infoHash, from) && store.swarmCount(from) >= maxSwarmsPerMember) {
    return refuse(from, infoHash, `too many torrents on this socket (limit: ${maxSwarmsPerMember})`);
  }
  enter(store, infoHash, socketMember(from, request), event);
  return undefined;
}

/** The second half: the reply, and the member's offers on their way to random others. */
export function answerAnnounce<Sdp>(
  tracker: Tracker,
  now: Millis,
  from: MemberKey,
  { infoHash, event, peerId, offers }: Announce<Sdp>,
): readonly Delivery<Sdp>[] {
  const isOffering = event !== "stopped" && offers.length > 0;
  const handed = isOffering ? handOut(tracker, now, infoHash, { key: from, peerId }, offers) : [];
  return [reply(tracker, from, infoHash, isOffering ? handed.length : undefined), ...handed];
}

/** The entry of a member that announces so. */
export function socketMember(key: MemberKey, request: Announce<unknown>): SocketMember {
  return {
    type: "socket",
    key,
    peerId: request.peerId,
    seeding: isSeeder(request),
    hasFreeSlot: hasFreeSlot(request),
  };
}

/** Relays an answer to the offerer if `from` got the offer and has not answered it yet; drops it otherwise. */
export function answer<Sdp>(
  { store }: Tracker,
  now: Millis,
  from: MemberKey,
  request: Answer<Sdp>,
): readonly Delivery<Sdp>[] {
  const { infoHash, peerId, toPeerId, offerId, sdp } = request;
  const to = store.takeOffer({ answerer: from, infoHash, offerId, offererPeerId: toPeerId }, now);
  return to === undefined ? [] : [{ to, message: { type: "answer", infoHash, peerId, offerId, sdp } }];
}

/** Returns the counts of the named swarms; those of an empty swarm are zero. */
export function scrape({ store }: Tracker, now: Millis, infoHashes: readonly InfoHash[]): ScrapeReply {
  store.removeExpired(now);
  const swarms = new Map(infoHashes.map((infoHash) => [infoHash, store.counts(infoHash)]));
  return { type: "scrapeReply", swarms };
}

/** The member's socket is closed: removes its entries. */
export function leave({ store }: Tracker, from: MemberKey): void {
  store.removeEverywhere(from);
}

/** Puts a member into the swarm, over whichever transport it came, or updates its entry. */
export function enter(store: SwarmStore, infoHash: InfoHash, member: Member, event: AnnounceEvent): void {
  const wasSeeding = store.put(infoHash, member);
  if (event === "completed" && !wasSeeding) store.countCompletion(infoHash);
}

/** Whether the announcing peer has everything. */
export function isSeeder({ left, event }: Pick<AddressAnnounce, "left" | "event">): boolean {
  return left === 0 || event === "completed";
}

/** Whether the announcing peer could upload to one more. Undefined: it does not say. */
export function hasFreeSlot({ freeSlots }: Pick<AddressAnnounce, "freeSlots">): boolean | undefined {
  return freeSlots === undefined ? undefined : freeSlots > 0;
}

function handOut<Sdp>(
  { store, random, maxOffersPerAnnounce }: Tracker,
  now: Millis,
  infoHash: InfoHash,
  { key: offerer, peerId }: Pick<SocketMember, "key" | "peerId">,
  offers: readonly Offer<Sdp>[],
): readonly Delivery<Sdp>[] {
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

function reply(
  { store, trackerId }: Tracker,
  to: MemberKey,
  infoHash: InfoHash,
  offersRelayed: number | undefined,
): Delivery<never> {
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
      offersRelayed,
      trackerId,
      warning: undefined,
    },
  };
}

function refuse(to: MemberKey, infoHash: InfoHash, reason: string): Delivery<never> {
  return { to, message: { type: "failure", action: "announce", infoHash, reason } };
}
