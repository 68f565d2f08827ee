import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { InfoHash, Millis, OfferId, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";

/** Names one member at the tracker: its socket, never its peer id, because peer ids are public. */
export type MemberKey = string & { readonly memberKey: unique symbol };

/** One socket's entry in one swarm. */
export interface Member {
  readonly key: MemberKey;
  /** As the member calls itself. Two members may say the same; they are two members and count as one peer. */
  readonly peerId: PeerId;
  readonly seeding: boolean;
}

/** Names the one answer that an offer may get. */
export interface OfferKey {
  /** Who was handed the offer. */
  readonly answerer: MemberKey;
  readonly infoHash: InfoHash;
  readonly offerId: OfferId;
  /** Who made it, as it calls itself. */
  readonly offererPeerId: PeerId;
}

/** An offer that was handed to a member and waits for its answer. */
export interface HandedOffer {
  readonly key: OfferKey;
  readonly offerer: MemberKey;
  readonly expiresAt: Millis;
}

/**
 * What the tracker remembers: who is in which swarm, and which offers wait for an answer.
 * Every store passes the suite in `store/contract.ts`.
 */
export interface SwarmStore {
  /** Puts a member into a swarm in place of its former entry, which is returned. */
  put(infoHash: InfoHash, member: Member): Member | undefined;
  /** Nothing happens where there is no such entry. */
  remove(infoHash: InfoHash, key: MemberKey): void;
  /** The member is gone: so are all its entries, and no offer of its own is answered any more. */
  removeEverywhere(key: MemberKey): void;

  isMember(infoHash: InfoHash, key: MemberKey): boolean;
  /** In how many swarms the member is. */
  swarmCount(key: MemberKey): number;
  /** Members that call themselves the same count once, as a seeder if any of them is one. */
  counts(infoHash: InfoHash): SwarmCounts;
  /** One more download was completed. Forgotten when the swarm is empty. */
  countCompletion(infoHash: InfoHash): void;
  /** At most `count` members other than `except`, each set of them equally likely, in no order. */
  sample(infoHash: InfoHash, count: number, except: MemberKey, random: Random): readonly Member[];

  /** Notes an offer until it expires. False: the same key waits for an answer to somebody else, and goes on to do so. */
  handOffer(offer: HandedOffer, now: Millis): boolean;
  /** Who made the offer, if it waits for an answer. It waits no more. */
  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined;
}
