import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { CompactPeers } from "#shared/announce/compact.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { AccountId } from "../../core/record-store.ts";
import type {
  AddressMember,
  AddressQuery,
  HandedOffer,
  Holder,
  Member,
  MemberKey,
  OfferKey,
  SocketMember,
  SwarmMember,
  SwarmStore,
  SwarmSummary,
} from "../../core/swarm-store.ts";
import { MEMORY_LIMITS, type MemoryLimits } from "../../limits/memory.ts";
import { MAX_EXPIRED_AT_ONCE } from "../../limits/swarms.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import { type Entry, Swarm } from "./swarm.ts";
import { type AddressEntry, addTo } from "./swarm-addresses.ts";
import { SwarmsOfMembers } from "./swarms-of-members.ts";
import { type OfferText, offerText, WaitingOffers } from "./waiting-offers.ts";

const NO_PEERS: CompactPeers = { ipv4: "", ipv6: "" };
const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloaded: 0 };

/**
 * Keeps everything in the memory of one process.
 *
 * Invariant: no swarm is empty, a socket's set holds exactly the swarms it is in, and the queue holds every member with
 * an address, as
 * its account's set does if it has one.
 */
export class MemorySwarmStore implements SwarmStore {
  readonly #limits: MemoryLimits;
  readonly #swarms = new Map<InfoHash, Swarm>();
  readonly #swarmsOf = new SwarmsOfMembers();
  readonly #addressMembers = new ExpiryQueue<AddressEntry>();
  readonly #membersIn = new Map<string, number>();
  readonly #ofAccounts = new Map<AccountId, Set<AddressEntry>>();
  /** Completed downloads in swarms that are empty now, in the order in which they became so. */
  readonly #pastDownloads = new Map<InfoHash, number>();
  readonly #offers: WaitingOffers;

  constructor(limits: Partial<MemoryLimits> = {}) {
    this.#limits = { ...MEMORY_LIMITS, ...limits };
    this.#offers = new WaitingOffers(this.#limits.maxWaitingOffers);
  }

  put(infoHash: InfoHash, member: Member): boolean {
    const known = this.#swarms.get(infoHash);
    const before = known?.entry(member.key);
    if (known !== undefined && before !== undefined) {
      const wasSeeding = before.seeding;
      if (isOfOther(before, member)) {
        this.remove(infoHash, member.key);
        this.put(infoHash, member);
        return wasSeeding;
      }
      known.update(before, member);
      if (before.type === "address") this.#expireLast(before);
      return wasSeeding;
    }
    const swarm = known ?? this.#newSwarm(infoHash);
    this.#added(swarm.add(member), swarm.infoHash);
    return false;
  }

  /** Members with addresses, in the order in which they expire. They may change while one caller looks through them. */
  addressMembers(): Iterable<Readonly<AddressEntry>> {
    return this.#addressMembers.items();
  }

  /** The completed downloads of every swarm that has had some, whether or not anybody is in it. */
  *downloads(): Iterable<readonly [InfoHash, number]> {
    yield* this.#pastDownloads;
    for (const [infoHash, { counts }] of this.#swarms)
      if (counts.downloaded > 0) yield [infoHash, counts.downloaded];
  }

  /** Takes up a count of completed downloads from before a restart. Nobody may be in the swarm yet. */
  restoreDownloads(infoHash: InfoHash, downloaded: number): void {
    this.#pastDownloads.delete(infoHash);
    this.#pastDownloads.set(infoHash, downloaded);
    if (this.#pastDownloads.size <= this.#limits.maxPastDownloads) return;
    for (const oldest of this.#pastDownloads.keys()) {
      this.#pastDownloads.delete(oldest);
      return;
    }
  }

  remove(infoHash: InfoHash, key: MemberKey): void {
    const swarm = this.#swarms.get(infoHash);
    const entry = swarm?.entry(key);
    if (swarm === undefined || entry === undefined) return;
    swarm.remove(entry);
    if (swarm.isEmpty) this.#forget(infoHash, swarm);
    this.#removed(entry, infoHash);
  }

  removeSwarm(infoHash: InfoHash): readonly MemberKey[] {
    const keys = this.#swarms.get(infoHash)?.keys() ?? [];
    for (const key of keys) this.remove(infoHash, key);
    return keys;
  }

  removeEverywhere(key: MemberKey): void {
    for (const infoHash of this.#swarmsOf.all(key)) this.remove(infoHash, key);
  }

  removeExpired(now: Millis): void {
    for (let removed = 0; removed < MAX_EXPIRED_AT_ONCE; removed++) {
      const { oldest } = this.#addressMembers;
      if (oldest === undefined || oldest.expiresAt > now) return;
      this.remove(oldest.infoHash, oldest.key);
    }
  }

  isMember(infoHash: InfoHash, key: MemberKey): boolean {
    return this.#entry(infoHash, key) !== undefined;
  }

  swarmCount(key: MemberKey): number {
    return this.#swarmsOf.count(key);
  }

  networkCounts(infoHash: InfoHash, network: string): { readonly inSwarm: number; readonly inAll: number } {
    const inSwarm = this.#swarms.get(infoHash)?.networkCount(network) ?? 0;
    return { inSwarm, inAll: this.#membersIn.get(network) ?? 0 };
  }

  accounts(): readonly AccountId[] {
    return [...this.#ofAccounts.keys()];
  }

  membersOf(account: AccountId): readonly SwarmMember[] {
    return [...(this.#ofAccounts.get(account) ?? [])];
  }

  counts(infoHash: InfoHash): SwarmCounts {
    const swarm = this.#swarms.get(infoHash);
    if (swarm !== undefined) return swarm.counts;
    const downloaded = this.#pastDownloads.get(infoHash);
    return downloaded === undefined ? NO_COUNTS : { ...NO_COUNTS, downloaded };
  }

  *summaries(): Iterable<SwarmSummary> {
    for (const swarm of this.#swarms.values()) yield swarm.summary;
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

  sampleAddresses(infoHash: InfoHash, query: AddressQuery, random: Random): readonly AddressMember[] {
    return this.#swarms.get(infoHash)?.sampleAddresses(query, random) ?? [];
  }

  sampleCompact(infoHash: InfoHash, query: AddressQuery, random: Random): CompactPeers {
    return this.#swarms.get(infoHash)?.sampleCompact(query, random) ?? NO_PEERS;
  }

  handOffer({ key, offerer, expiresAt }: HandedOffer, now: Millis): boolean {
    this.#offers.removeExpired(now);
    const text = offerText(key);
    const before = this.#offerer(text, key.infoHash, now);
    const entry = this.#entry(key.infoHash, offerer);
    if (entry === undefined || (before !== undefined && before !== entry)) return false;
    this.#offers.put(text, entry, expiresAt);
    return true;
  }

  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined {
    const text = offerText(key);
    const offerer = this.#offerer(text, key.infoHash, now);
    this.#offers.remove(text);
    return offerer?.key;
  }

  /** The offerer of a waiting offer, if it has not left the swarm since. */
  #offerer(text: OfferText, infoHash: InfoHash, now: Millis): Entry | undefined {
    const offerer = this.#offers.offerer(text, now);
    return offerer !== undefined && this.#entry(infoHash, offerer.key) === offerer ? offerer : undefined;
  }

  #newSwarm(infoHash: InfoHash): Swarm {
    const swarm = new Swarm(infoHash, this.#pastDownloads.get(infoHash) ?? 0);
    this.#pastDownloads.delete(infoHash);
    this.#swarms.set(infoHash, swarm);
    return swarm;
  }

  #forget(infoHash: InfoHash, { counts }: Swarm): void {
    this.#swarms.delete(infoHash);
    if (counts.downloaded > 0) this.restoreDownloads(infoHash, counts.downloaded);
  }

  #added(entry: Entry, infoHash: InfoHash): void {
    if (entry.type === "socket") {
      this.#swarmsOf.add(entry.key, infoHash);
      return;
    }
    this.#addressMembers.put(entry);
    if (entry.network !== undefined) addTo(this.#membersIn, entry.network, 1);
    if (entry.holder !== undefined) this.#membersMade(entry.holder).add(entry);
    const { size, oldest } = this.#addressMembers;
    if (size > this.#limits.maxAddressMembers && oldest !== undefined)
      this.remove(oldest.infoHash, oldest.key);
  }

  #removed(entry: Entry, infoHash: InfoHash): void {
    if (entry.type === "address") {
      this.#addressMembers.remove(entry);
      if (entry.network !== undefined) addTo(this.#membersIn, entry.network, -1);
      if (entry.holder !== undefined) this.#removeHeld(entry, entry.holder);
      return;
    }
    this.#swarmsOf.remove(entry.key, infoHash);
  }

  #membersMade({ account }: Holder): Set<AddressEntry> {
    const known = this.#ofAccounts.get(account);
    if (known !== undefined) return known;
    const made = new Set<AddressEntry>();
    this.#ofAccounts.set(account, made);
    return made;
  }

  #removeHeld(entry: AddressEntry, { account }: Holder): void {
    const members = this.#ofAccounts.get(account);
    members?.delete(entry);
    if (members?.size === 0) this.#ofAccounts.delete(account);
  }

  #expireLast(entry: AddressEntry): void {
    this.#addressMembers.remove(entry);
    this.#addressMembers.put(entry);
  }

  #entry(infoHash: InfoHash, key: MemberKey): Entry | undefined {
    return this.#swarms.get(infoHash)?.entry(key);
  }
}

/** Whether another account announces from the same place, with what belongs to the one before. */
function isOfOther(entry: Entry, member: Member): boolean {
  return (
    entry.type === "address" && member.type === "address" && entry.holder?.account !== member.holder?.account
  );
}
