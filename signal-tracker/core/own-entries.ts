import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Member, MemberKey } from "./swarm-store.ts";

/** An entry that this node has put into a shared swarm. */
export interface OwnEntry {
  readonly infoHash: InfoHash;
  readonly member: Member;
  readonly putAt: Millis;
}

/**
 * The entries that this node has put into the shared swarms, so that it can renew them, put them again if they were lost, and
 * take them away.
 *
 * Invariant: each map is in the order in which its entries were last put.
 */
export class OwnEntries {
  readonly #maxAddresses: number;
  readonly #sockets = new Map<string, OwnEntry>();
  readonly #addresses = new Map<string, OwnEntry>();
  readonly #swarmsOf = new Map<MemberKey, Set<InfoHash>>();
  readonly #inSwarm = new Map<InfoHash, Set<MemberKey>>();

  /** Beyond `maxAddresses` the member with an address that was put first is forgotten. */
  constructor(maxAddresses: number) {
    this.#maxAddresses = maxAddresses;
  }

  get size(): number {
    return this.#sockets.size + this.#addresses.size;
  }

  get(infoHash: InfoHash, key: MemberKey): OwnEntry | undefined {
    return this.#sockets.get(infoHash + key) ?? this.#addresses.get(infoHash + key);
  }

  /** Whether any member of this node is in that swarm. */
  has(infoHash: InfoHash): boolean {
    return this.#inSwarm.has(infoHash);
  }

  put(infoHash: InfoHash, member: Member, now: Millis): void {
    const entries = member.type === "socket" ? this.#sockets : this.#addresses;
    const id = infoHash + member.key;
    entries.delete(id);
    entries.set(id, { infoHash, member, putAt: now });
    addTo(this.#inSwarm, infoHash, member.key);
    if (member.type === "socket") addTo(this.#swarmsOf, member.key, infoHash);
    else if (entries.size > this.#maxAddresses) this.#removeOldestAddress();
  }

  /** Does nothing if there is no such entry. */
  remove(infoHash: InfoHash, key: MemberKey): void {
    const id = infoHash + key;
    if (!this.#sockets.delete(id) && !this.#addresses.delete(id)) return;
    removeFrom(this.#inSwarm, infoHash, key);
    removeFrom(this.#swarmsOf, key, infoHash);
  }

  /** The swarms that a socket's member is in. */
  swarmsOf(key: MemberKey): readonly InfoHash[] {
    return [...(this.#swarmsOf.get(key) ?? [])];
  }

  /** All entries. */
  all(): readonly OwnEntry[] {
    return [...this.#sockets.values(), ...this.#addresses.values()];
  }

  /** The entry of a socket that was put first. */
  oldestSocket(): OwnEntry | undefined {
    const [oldest] = this.#sockets.values();
    return oldest;
  }

  /** Entries of sockets in that swarm that were put before then, up to so many. */
  socketsIn(infoHash: InfoHash, before: Millis, count: number): readonly OwnEntry[] {
    const entries: OwnEntry[] = [];
    for (const key of this.#inSwarm.get(infoHash) ?? []) {
      if (entries.length === count) break;
      const entry = this.#sockets.get(infoHash + key);
      if (entry !== undefined && entry.putAt < before) entries.push(entry);
    }
    return entries;
  }

  /** Forgets members with addresses whose time is up. */
  removeExpired(now: Millis): void {
    for (const { infoHash, member } of this.#addresses.values()) {
      if (member.type === "address" && member.expiresAt > now) return;
      this.remove(infoHash, member.key);
    }
  }

  #removeOldestAddress(): void {
    for (const { infoHash, member } of this.#addresses.values()) return this.remove(infoHash, member.key);
  }
}

function addTo<Key, Item>(sets: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

function removeFrom<Key, Item>(sets: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const set = sets.get(key);
  set?.delete(item);
  if (set?.size === 0) sets.delete(key);
}
