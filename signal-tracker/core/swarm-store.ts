import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { CompactPeers, PeerAddress } from "#shared/announce/compact.ts";
import type { InfoHash, Millis, OfferId, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { AccountId, KeyId } from "./record-store.ts";

/** Identifies a member at the tracker, by its socket or its address. Never by its peer id: peer ids are public. */
export type MemberKey = string & { readonly memberKey: unique symbol };

/** The key of no member: whoever asks with it is left out of no sample. */
export const NO_MEMBER = "" as MemberKey;

/** One entry in one swarm. */
export type Member = SocketMember | AddressMember;

interface MemberBase {
  readonly key: MemberKey;
  /** What the member calls itself. Two members may use the same one: they stay two members and count as one peer. */
  readonly peerId: PeerId;
  readonly seeding: boolean;
  /** Whether it can upload to one more peer, as of its last announce. Absent: it does not say. */
  readonly hasFreeSlot?: boolean | undefined;
}

/** A member that takes WebRTC offers over its socket. It stays until it is removed. */
export interface SocketMember extends MemberBase {
  readonly type: "socket";
}

/** Whoever announces with an account. */
export interface Holder {
  readonly account: AccountId;
  /** The key that it announces with. Undefined: a session. */
  readonly key: KeyId | undefined;
}

/** A member that listens for TCP. It stays until it is removed or expires. */
export interface AddressMember extends MemberBase {
  readonly type: "address";
  readonly address: PeerAddress;
  /** The network, or with accounts the account, whose limits it counts towards. Undefined: no limits apply. */
  readonly network: string | undefined;
  /** Absent: there are no accounts. */
  readonly holder?: Holder | undefined;
  readonly expiresAt: Millis;
}

/** A member with an address, in its swarm. */
export interface SwarmMember extends AddressMember {
  readonly infoHash: InfoHash;
}

/** Which members to send to a peer that asks. */
export interface AddressQuery {
  readonly count: number;
  /** Send only addresses of this family. Absent: of both. */
  readonly family?: 4 | 6 | undefined;
  /** The peer that asks. It does not get itself and, if it seeds, no seeders. */
  readonly requester: Pick<AddressMember, "key" | "seeding">;
}

/** What there is to say of a swarm as a whole. */
export interface SwarmSummary {
  readonly infoHash: InfoHash;
  readonly seeders: number;
  readonly leechers: number;
  /** Members with a socket: browsers, and desktops that speak WebRTC. */
  readonly sockets: number;
  /** Members with an address. */
  readonly addresses: number;
}

/** Identifies the one answer that an offer may get. */
export interface OfferKey {
  /** The member that got the offer. */
  readonly answerer: MemberKey;
  readonly infoHash: InfoHash;
  readonly offerId: OfferId;
  /** What the offerer calls itself. */
  readonly offererPeerId: PeerId;
}

/** An offer that was handed to a member and waits for its answer. */
export interface HandedOffer {
  readonly key: OfferKey;
  readonly offerer: MemberKey;
  readonly expiresAt: Millis;
}

/**
 * What the tracker remembers: which members are in which swarm, and which offers wait for an answer.
 * It passes the suites in `store/swarm-contract.test-support.ts`, which `SharedSwarms` passes as well, and `store/own-swarms.test-support.ts`.
 */
export interface SwarmStore {
  /**
   * Puts a member into a swarm, replaces its earlier entry, and returns whether that was a seeder. Members with addresses
   * must be put in the order in which they expire.
   */
  put(infoHash: InfoHash, member: Member): boolean;
  /** Does nothing if there is no such entry. */
  remove(infoHash: InfoHash, key: MemberKey): void;
  /** Removes all members of a swarm, and returns their keys. */
  removeSwarm(infoHash: InfoHash): readonly MemberKey[];
  /** Removes all entries of a member whose socket is closed. Its own offers no longer get an answer. */
  removeEverywhere(key: MemberKey): void;
  /** Removes expired members, the oldest first, up to a bounded number. */
  removeExpired(now: Millis): void;

  isMember(infoHash: InfoHash, key: MemberKey): boolean;
  /** How many swarms a socket's member is in. */
  swarmCount(key: MemberKey): number;
  /** How many members with addresses count towards the limits of that network or account, in this swarm and in all swarms. */
  networkCounts(infoHash: InfoHash, network: string): { readonly inSwarm: number; readonly inAll: number };
  /** The accounts whose members have addresses. */
  accounts(): readonly AccountId[];
  /** Those members of an account. */
  membersOf(account: AccountId): readonly SwarmMember[];
  /** Members with the same peer id count once, as a seeder if any of them seeds. */
  counts(infoHash: InfoHash): SwarmCounts;
  /** All swarms, in no order. They may change while somebody looks through them. */
  summaries(): Iterable<SwarmSummary>;
  /** Counts one more completed download. The count outlives the swarm's members as far as the store has room. */
  countCompletion(infoHash: InfoHash): void;
  /**
   * At most `count` socket members other than `except`: those with free upload slots first, then those that do not say, then the
   * rest, in the shares of `sharesOfLoads`. Of members alike in this, every such set is equally likely, and the order means nothing.
   */
  sampleSockets(
    infoHash: InfoHash,
    count: number,
    except: MemberKey,
    random: Random,
  ): readonly SocketMember[];
  /** Members with addresses, in the same order; of members alike, all are equally likely to be among them. */
  sampleAddresses(infoHash: InfoHash, query: AddressQuery, random: Random): readonly AddressMember[];
  /** The same, but only the addresses, packed: most clients want no more. */
  sampleCompact(infoHash: InfoHash, query: AddressQuery, random: Random): CompactPeers;

  /** Keeps an offer until it expires. False: another member's offer waits under the same key, or the offerer has left. */
  handOffer(offer: HandedOffer, now: Millis): boolean;
  /** Removes a waiting offer and returns its offerer. Undefined: no such offer waits. */
  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined;
}
