import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { Millis, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { AddressMember, AddressQuery, Member, MemberKey, SocketMember } from "../core/store.ts";
import { EntryList, type Listed } from "./entry-list.ts";

/** A member where it stands: the same object for as long as the member stays in the swarm. */
export type Entry = SocketEntry | AddressEntry;

interface SocketEntry extends SocketMember, Listed {
  peerId: PeerId;
  seeding: boolean;
}

/** A member with an address where it stands. */
export interface AddressEntry extends AddressMember, Listed {
  peerId: PeerId;
  seeding: boolean;
  expiresAt: Millis;
}

/** How many members call themselves by one peer id. */
interface Namesakes {
  members: number;
  seeding: number;
}

/** Members that may be passed over for one sample, because they expired or are the asker's: a bound on its work. */
const PASSED_OVER_MAX = 100;

/**
 * The members of one torrent.
 *
 * Invariant: an entry stands in one list, a member with an address in that of the seeders if it is one, and each peer
 * id's namesakes are the entries that bear it.
 */
export class Swarm {
  readonly #sockets = new EntryList<SocketEntry>();
  readonly #leechers = new EntryList<AddressEntry>();
  readonly #seeders = new EntryList<AddressEntry>();
  readonly #byKey = new Map<MemberKey, Entry>();
  readonly #byPeerId = new Map<PeerId, Namesakes>();
  readonly #membersIn = new Map<string, number>();
  #seedingPeers = 0;
  #downloaded = 0;

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  get counts(): SwarmCounts {
    const leechers = this.#byPeerId.size - this.#seedingPeers;
    return { seeders: this.#seedingPeers, leechers, downloaded: this.#downloaded };
  }

  entry(key: MemberKey): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** How many members have addresses in that network. */
  networkCount(network: string): number {
    return this.#membersIn.get(network) ?? 0;
  }

  /** The member is not there yet. */
  add(member: Member): Entry {
    const entry: Entry = { ...member, at: 0 };
    this.#byKey.set(entry.key, entry);
    this.#list(entry);
    this.#count(entry, 1);
    if (entry.type === "address") this.#countNetwork(entry, 1);
    return entry;
  }

  /** The member is there and says something new of itself. */
  update(entry: Entry, member: Member): void {
    this.#count(entry, -1);
    const isMoved = entry.seeding !== member.seeding;
    if (isMoved) this.#unlist(entry);
    entry.peerId = member.peerId;
    entry.seeding = member.seeding;
    if (entry.type === "address" && member.type === "address") entry.expiresAt = member.expiresAt;
    if (isMoved) this.#list(entry);
    this.#count(entry, 1);
  }

  remove(entry: Entry): void {
    this.#unlist(entry);
    this.#byKey.delete(entry.key);
    this.#count(entry, -1);
    if (entry.type === "address") this.#countNetwork(entry, -1);
  }

  countCompletion(): void {
    this.#downloaded += 1;
  }

  sampleSockets(count: number, except: MemberKey, random: Random): readonly SocketMember[] {
    const excepted = this.#byKey.get(except);
    return this.#sockets.sample(count, excepted?.type === "socket" ? excepted : undefined, random);
  }

  /** Neighbours in the lists from a random start on, which costs one random number: leechers stand before seeders. */
  sampleAddresses({ count, asker }: AddressQuery, now: Millis, random: Random): readonly AddressMember[] {
    const all = this.#leechers.length + (asker.seeding ? 0 : this.#seeders.length);
    const ownPlace = this.#placeOf(asker.key);
    const others = ownPlace < all ? all - 1 : all;
    if (others === 0 || count === 0) return [];

    const chosen: AddressMember[] = [];
    const start = random.below(others);
    const stepsMax = Math.min(others, count + PASSED_OVER_MAX);
    for (let step = 0; step < stepsMax && chosen.length < count; step++) {
      const place = (start + step) % others;
      const entry = this.#atPlace(place < ownPlace ? place : place + 1);
      if (entry !== undefined && entry.expiresAt > now && entry.peerId !== asker.peerId) chosen.push(entry);
    }
    return chosen;
  }

  /** Infinity: it has none, as it has no address. */
  #placeOf(key: MemberKey): number {
    const entry = this.#byKey.get(key);
    if (entry?.type !== "address") return Number.POSITIVE_INFINITY;
    return entry.seeding ? this.#leechers.length + entry.at : entry.at;
  }

  #atPlace(place: number): AddressEntry | undefined {
    const { length } = this.#leechers;
    return place < length ? this.#leechers.entry(place) : this.#seeders.entry(place - length);
  }

  #list(entry: Entry): void {
    if (entry.type === "socket") this.#sockets.add(entry);
    else (entry.seeding ? this.#seeders : this.#leechers).add(entry);
  }

  #unlist(entry: Entry): void {
    if (entry.type === "socket") this.#sockets.remove(entry);
    else (entry.seeding ? this.#seeders : this.#leechers).remove(entry);
  }

  #countNetwork({ network }: AddressEntry, change: 1 | -1): void {
    if (network !== undefined) addTo(this.#membersIn, network, change);
  }

  #count({ peerId, seeding }: Entry, change: 1 | -1): void {
    const namesakes = this.#byPeerId.get(peerId) ?? { members: 0, seeding: 0 };
    const seededBefore = namesakes.seeding > 0;
    namesakes.members += change;
    if (seeding) namesakes.seeding += change;
    if (namesakes.members === 0) this.#byPeerId.delete(peerId);
    else this.#byPeerId.set(peerId, namesakes);
    this.#seedingPeers += Number(namesakes.seeding > 0) - Number(seededBefore);
  }
}

/** Counts up or down; what is not there is 0. */
export function addTo(counts: Map<string, number>, name: string, change: number): void {
  const count = (counts.get(name) ?? 0) + change;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
