import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { CompactPeers } from "#shared/announce/compact.ts";
import type { InfoHash, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { LOADS, loadOf, sharesOfLoads } from "../../core/load.ts";
import type {
  AddressMember,
  AddressQuery,
  Member,
  MemberKey,
  SocketMember,
  SwarmSummary,
} from "../../core/swarm-store.ts";
import { EntryList, type Listed } from "./entry-list.ts";
import { type AddressEntry, SwarmAddresses } from "./swarm-addresses.ts";

/** A member's entry: the same object for as long as the member stays in the swarm. */
export type Entry = SocketEntry | AddressEntry;

interface SocketEntry extends SocketMember, Listed {
  peerId: PeerId;
  seeding: boolean;
  hasFreeSlot: boolean | undefined;
}

/** The members that share a peer id: how many they are, and how many of them seed. */
interface Namesakes {
  members: number;
  seeding: number;
}

/**
 * The members of one torrent.
 *
 * Invariant: each entry is in the list of its type and load, and each peer id's namesakes count the entries with that id.
 */
export class Swarm {
  /** The same string for all its members: many copies of it would take memory. */
  readonly infoHash: InfoHash;
  /** By load; each is created for its first member. */
  readonly #sockets: (EntryList<SocketEntry> | undefined)[] = [];
  /** Created for the first address: most swarms have none. */
  #addresses: SwarmAddresses | undefined;
  readonly #byKey = new Map<MemberKey, Entry>();
  readonly #byPeerId = new Map<PeerId, Namesakes>();
  #seeders = 0;
  #downloaded: number;

  constructor(infoHash: InfoHash, downloaded: number) {
    this.infoHash = infoHash;
    this.#downloaded = downloaded;
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  get counts(): SwarmCounts {
    const leechers = this.#byPeerId.size - this.#seeders;
    return { seeders: this.#seeders, leechers, downloaded: this.#downloaded };
  }

  get summary(): SwarmSummary {
    const { seeders, leechers } = this.counts;
    const sockets = this.#sockets.reduce((sum, list) => sum + (list?.length ?? 0), 0);
    return { infoHash: this.infoHash, seeders, leechers, sockets, addresses: this.#byKey.size - sockets };
  }

  entry(key: MemberKey): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** Of all its members. */
  keys(): readonly MemberKey[] {
    return [...this.#byKey.keys()];
  }

  /** How many members have addresses in that network. */
  networkCount(network: string): number {
    return this.#addresses?.networkCount(network) ?? 0;
  }

  /** The member must not be in the swarm yet. */
  add(member: Member): Entry {
    const entry = this.#entered(member);
    this.#byKey.set(entry.key, entry);
    this.#count(entry, 1);
    return entry;
  }

  /** Updates the entry of a member that has announced again. */
  update(entry: Entry, member: Member): void {
    const isRecounted = entry.peerId !== member.peerId || entry.seeding !== member.seeding;
    if (isRecounted) this.#count(entry, -1);
    if (entry.type === "socket") this.#updateLoad(entry, member);
    else if (member.type === "address") this.#addressesMade().update(entry, member);
    entry.peerId = member.peerId;
    entry.seeding = member.seeding;
    if (isRecounted) this.#count(entry, 1);
  }

  remove(entry: Entry): void {
    if (entry.type === "socket") this.#socketsLike(entry).remove(entry);
    else this.#addressesMade().remove(entry);
    this.#byKey.delete(entry.key);
    this.#count(entry, -1);
  }

  countCompletion(): void {
    this.#downloaded += 1;
  }

  sampleSockets(count: number, except: MemberKey, random: Random): readonly SocketMember[] {
    const excepted = this.#byKey.get(except);
    const own = excepted?.type === "socket" ? excepted : undefined;
    const ownLoad = own && loadOf(own);
    const others = LOADS.map((load) => (this.#sockets[load]?.length ?? 0) - Number(load === ownLoad));
    let chosen: readonly SocketMember[] = [];
    for (const [load, share] of sharesOfLoads(count, others).entries()) {
      if (share === 0) continue;
      const sample = this.#sockets[load]?.sample(share, load === ownLoad ? own : undefined, random) ?? [];
      chosen = chosen.length === 0 ? sample : [...chosen, ...sample];
    }
    return chosen;
  }

  sampleAddresses(query: AddressQuery, random: Random): readonly AddressMember[] {
    return this.#addresses?.sample(query, this.#addressEntry(query.requester.key), random) ?? [];
  }

  sampleCompact(query: AddressQuery, random: Random): CompactPeers | undefined {
    return this.#addresses?.sampleCompact(query, this.#addressEntry(query.requester.key), random);
  }

  /** Lists every field: objects made by spreading each get a hidden class, which is slow and takes 400 bytes. */
  #entered(member: Member): Entry {
    const { key, peerId, seeding, hasFreeSlot } = member;
    if (member.type === "socket") {
      const entry: SocketEntry = { type: "socket", key, peerId, seeding, hasFreeSlot, at: 0 };
      this.#socketsLike(entry).add(entry);
      return entry;
    }
    const { address, network, holder, expiresAt } = member;
    const entry: AddressEntry = {
      type: "address",
      key,
      peerId,
      seeding,
      hasFreeSlot,
      address,
      network,
      holder,
      expiresAt,
      infoHash: this.infoHash,
      at: 0,
      older: undefined,
      newer: undefined,
    };
    this.#addressesMade().add(entry);
    return entry;
  }

  #updateLoad(entry: SocketEntry, { hasFreeSlot }: Member): void {
    if (entry.hasFreeSlot === hasFreeSlot) return;
    this.#socketsLike(entry).remove(entry);
    entry.hasFreeSlot = hasFreeSlot;
    this.#socketsLike(entry).add(entry);
  }

  #socketsLike(entry: SocketEntry): EntryList<SocketEntry> {
    const load = loadOf(entry);
    this.#sockets[load] ??= new EntryList();
    return this.#sockets[load];
  }

  #addressEntry(key: MemberKey): AddressEntry | undefined {
    const entry = this.#byKey.get(key);
    return entry?.type === "address" ? entry : undefined;
  }

  #addressesMade(): SwarmAddresses {
    this.#addresses ??= new SwarmAddresses();
    return this.#addresses;
  }

  #count({ peerId, seeding }: Entry, change: 1 | -1): void {
    const namesakes = this.#byPeerId.get(peerId) ?? { members: 0, seeding: 0 };
    const seededBefore = namesakes.seeding > 0;
    namesakes.members += change;
    if (seeding) namesakes.seeding += change;
    if (namesakes.members === 0) this.#byPeerId.delete(peerId);
    else this.#byPeerId.set(peerId, namesakes);
    this.#seeders += Number(namesakes.seeding > 0) - Number(seededBefore);
  }
}
