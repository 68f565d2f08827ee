import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type {
  AddressMember,
  AddressQuery,
  HandedOffer,
  Member,
  MemberKey,
  OfferKey,
  SocketMember,
  SwarmStore,
} from "../core/store.ts";
import { type AddressEntry, addTo, type Entry, Swarm } from "./swarm.ts";

/** How much is kept at most, in all swarms. */
export interface MemoryLimits {
  /** Offers that wait for an answer at once. Beyond it the oldest is given up. */
  readonly offersWaiting: number;
  /** Members with addresses. Beyond it the one that would expire next is given up. */
  readonly addressMembers: number;
}

const MEMORY_LIMITS: MemoryLimits = {
  offersWaiting: 500_000, // About 100 MB.
  addressMembers: 500_000, // About 250 MB.
};

/** Expired members that are removed at once: a millisecond's work. More come only after a time without any announce. */
const EXPIRED_AT_ONCE_MAX = 1_000;

interface WaitingOffer {
  /** The offerer as it was then. One that left the swarm and came back is another entry. */
  readonly offerer: Entry;
  readonly expiresAt: Millis;
}

const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloaded: 0 };

/**
 * Keeps everything in memory, for one process, until it ends.
 *
 * Invariant: no swarm is empty, and a socket's set names exactly the swarms it is in. Offers stand in the order in which
 * they were handed out, and members with addresses in the order in which they were put: both is the order in which they
 * expire.
 */
export class MemorySwarmStore implements SwarmStore {
  readonly #limits: MemoryLimits;
  readonly #swarms = new Map<InfoHash, Swarm>();
  readonly #swarmsOf = new Map<MemberKey, Set<InfoHash>>();
  readonly #addressMembers = new Map<AddressEntry, InfoHash>();
  readonly #membersIn = new Map<string, number>();
  readonly #offers = new Map<string, WaitingOffer>();

  constructor(limits: Partial<MemoryLimits> = {}) {
    this.#limits = { ...MEMORY_LIMITS, ...limits };
  }

  put(infoHash: InfoHash, member: Member): boolean {
    const known = this.#swarms.get(infoHash);
    const before = known?.entry(member.key);
    if (known !== undefined && before !== undefined) {
      const wasSeeding = before.seeding;
      known.update(before, member);
      if (before.type === "address") this.#expireLast(before, infoHash);
      return wasSeeding;
    }
    const swarm = known ?? new Swarm();
    this.#swarms.set(infoHash, swarm);
    this.#added(swarm.add(member), infoHash);
    return false;
  }

  remove(infoHash: InfoHash, key: MemberKey): void {
    const swarm = this.#swarms.get(infoHash);
    const entry = swarm?.entry(key);
    if (swarm === undefined || entry === undefined) return;
    swarm.remove(entry);
    if (swarm.isEmpty) this.#swarms.delete(infoHash);
    this.#removed(entry, infoHash);
  }

  removeEverywhere(key: MemberKey): void {
    for (const infoHash of this.#swarmsOf.get(key) ?? []) this.remove(infoHash, key);
  }

  removeExpired(now: Millis): void {
    let removed = 0;
    for (const [{ key, expiresAt }, infoHash] of this.#addressMembers) {
      if (expiresAt > now || removed === EXPIRED_AT_ONCE_MAX) return;
      this.remove(infoHash, key);
      removed += 1;
    }
  }

  isMember(infoHash: InfoHash, key: MemberKey): boolean {
    return this.#entry(infoHash, key) !== undefined;
  }

  swarmCount(key: MemberKey): number {
    return this.#swarmsOf.get(key)?.size ?? 0;
  }

  networkCounts(infoHash: InfoHash, network: string): { readonly inSwarm: number; readonly inAll: number } {
    const inSwarm = this.#swarms.get(infoHash)?.networkCount(network) ?? 0;
    return { inSwarm, inAll: this.#membersIn.get(network) ?? 0 };
  }

  counts(infoHash: InfoHash): SwarmCounts {
    return this.#swarms.get(infoHash)?.counts ?? NO_COUNTS;
  }

  countCompletion(infoHash: InfoHash): void {
    this.#swarms.get(infoHash)?.countCompletion();
  }

  sampleSockets(
    infoHash: InfoHash,
    count: number,
    except: MemberKey,
    random: Random,
  ): readonly SocketMember[] {
    return this.#swarms.get(infoHash)?.sampleSockets(count, except, random) ?? [];
  }

  sampleAddresses(
    infoHash: InfoHash,
    query: AddressQuery,
    now: Millis,
    random: Random,
  ): readonly AddressMember[] {
    return this.#swarms.get(infoHash)?.sampleAddresses(query, now, random) ?? [];
  }

  handOffer({ key, offerer, expiresAt }: HandedOffer, now: Millis): boolean {
    this.#expireOffers(now);
    const name = offerName(key);
    const waiting = this.#offers.get(name);
    if (waiting?.offerer.key !== offerer && this.#isAlive(waiting, key.infoHash, now)) return false;
    const entry = this.#entry(key.infoHash, offerer);
    if (entry === undefined) return false;
    this.#offers.delete(name);
    this.#offers.set(name, { offerer: entry, expiresAt });
    return true;
  }

  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined {
    const name = offerName(key);
    const waiting = this.#offers.get(name);
    this.#offers.delete(name);
    return this.#isAlive(waiting, key.infoHash, now) ? waiting.offerer.key : undefined;
  }

  #added(entry: Entry, infoHash: InfoHash): void {
    if (entry.type === "socket") {
      this.#swarmsOf.set(entry.key, (this.#swarmsOf.get(entry.key) ?? new Set()).add(infoHash));
      return;
    }
    this.#expireLast(entry, infoHash);
    if (entry.network !== undefined) addTo(this.#membersIn, entry.network, 1);
    if (this.#addressMembers.size <= this.#limits.addressMembers) return;
    const [oldest] = this.#addressMembers;
    if (oldest !== undefined) this.remove(oldest[1], oldest[0].key);
  }

  #removed(entry: Entry, infoHash: InfoHash): void {
    if (entry.type === "address") {
      this.#addressMembers.delete(entry);
      if (entry.network !== undefined) addTo(this.#membersIn, entry.network, -1);
      return;
    }
    const swarms = this.#swarmsOf.get(entry.key);
    swarms?.delete(infoHash);
    if (swarms?.size === 0) this.#swarmsOf.delete(entry.key);
  }

  #expireLast(entry: AddressEntry, infoHash: InfoHash): void {
    this.#addressMembers.delete(entry);
    this.#addressMembers.set(entry, infoHash);
  }

  #entry(infoHash: InfoHash, key: MemberKey): Entry | undefined {
    return this.#swarms.get(infoHash)?.entry(key);
  }

  #isAlive(waiting: WaitingOffer | undefined, infoHash: InfoHash, now: Millis): waiting is WaitingOffer {
    if (waiting === undefined || waiting.expiresAt <= now) return false;
    return this.#entry(infoHash, waiting.offerer.key) === waiting.offerer;
  }

  #expireOffers(now: Millis): void {
    for (const [name, { expiresAt }] of this.#offers) {
      if (expiresAt > now && this.#offers.size < this.#limits.offersWaiting) return;
      this.#offers.delete(name);
    }
  }
}

function offerName({ answerer, infoHash, offerId, offererPeerId }: OfferKey): string {
  return `${answerer} ${infoHash} ${offerId} ${offererPeerId}`;
}
