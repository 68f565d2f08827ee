import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { CompactPeers, PeerAddress } from "#shared/announce/compact.ts";
import type { InfoHash, Millis, OfferId, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";

/** Names one member at the tracker: its socket, or its address. Never its peer id, because peer ids are public. */
export type MemberKey = string & { readonly memberKey: unique symbol };

/** One entry in one swarm. */
export type Member = SocketMember | AddressMember;

interface MemberBase {
  readonly key: MemberKey;
  /** As the member calls itself. Two members may say the same; they are two members and count as one peer. */
  readonly peerId: PeerId;
  readonly seeding: boolean;
}

/** Is reached over WebRTC by offers through its socket, and stays until it is removed. */
export interface SocketMember extends MemberBase {
  readonly type: "socket";
}

/** Listens for TCP, and stays until it is removed or expires. */
export interface AddressMember extends MemberBase {
  readonly type: "address";
  readonly address: PeerAddress;
  /** Under what its limits are counted. Undefined: it has none. */
  readonly network: string | undefined;
  readonly expiresAt: Millis;
}

/** Which members somebody who asks may be told of. */
export interface AddressQuery {
  readonly count: number;
  /** Who asks. It is not told of itself, and as a seeder of no seeders. */
  readonly asker: Pick<AddressMember, "key" | "seeding">;
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
 * Every store passes the suite in `store/store-contract.test-support.ts`.
 */
export interface SwarmStore {
  /**
   * Puts a member into a swarm in place of its former entry, and says whether that one was a seeder's. Of members with
   * addresses the last to be put is the last to expire.
   */
  put(infoHash: InfoHash, member: Member): boolean;
  /** Nothing happens where there is no such entry. */
  remove(infoHash: InfoHash, key: MemberKey): void;
  /** The member's socket is gone: so are all its entries, and no offer of its own is answered any more. */
  removeEverywhere(key: MemberKey): void;
  /** Removes members that have expired, the oldest first; how many at once is bounded. */
  removeExpired(now: Millis): void;

  isMember(infoHash: InfoHash, key: MemberKey): boolean;
  /** In how many swarms the socket's member is. */
  swarmCount(key: MemberKey): number;
  /** How many members with addresses in that network are in the swarm, and in all swarms. */
  networkCounts(infoHash: InfoHash, network: string): { readonly inSwarm: number; readonly inAll: number };
  /** Members that call themselves the same count once, as a seeder if any of them is one. */
  counts(infoHash: InfoHash): SwarmCounts;
  /** One more download was completed. Forgotten when the swarm is empty. */
  countCompletion(infoHash: InfoHash): void;
  /** At most `count` sockets' members other than `except`, each set of them equally likely, in no order. */
  sampleSockets(
    infoHash: InfoHash,
    count: number,
    except: MemberKey,
    random: Random,
  ): readonly SocketMember[];
  /** Members with addresses, each as likely as the next to be among them. */
  sampleAddresses(infoHash: InfoHash, query: AddressQuery, random: Random): readonly AddressMember[];
  /** The same, but the addresses alone and packed: for the many who want no more. */
  sampleCompact(infoHash: InfoHash, query: AddressQuery, random: Random): CompactPeers;

  /** Notes an offer until it expires. False: the same key waits for an answer to somebody else, and goes on to do so. */
  handOffer(offer: HandedOffer, now: Millis): boolean;
  /** Who made the offer, if it waits for an answer. It waits no more. */
  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined;
}
