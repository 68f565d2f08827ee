import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Member, MemberKey } from "./swarm-store.ts";
import { Tally } from "./tally.ts";

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
  readonly #inSwarm = new Tally<InfoHash>();

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
    return this.#inSwarm.of(infoHash) > 0;
  }

  put(infoHash: InfoHash, member: Member, now: Millis): void {
    const entries = member.type === "socket" ? this.#sockets : this.#addresses;
    const id = infoHash + member.key;
    if (!entries.delete(id)) this.#inSwarm.add(infoHash);
    entries.set(id, { infoHash, member, putAt: now });
    if (member.type === "socket") {
      const swarms = this.#swarmsOf.get(member.key);
      if (swarms === undefined) this.#swarmsOf.set(member.key, new Set([infoHash]));
      else swarms.add(infoHash);
    } else if (entries.size > this.#maxAddresses) this.#removeOldestAddress();
  }

  /** Does nothing if there is no such entry. */
  remove(infoHash: InfoHash, key: MemberKey): void {
    const id = infoHash + key;
    if (!this.#sockets.delete(id) && !this.#addresses.delete(id)) return;
    this.#inSwarm.remove(infoHash);
    const swarms = this.#swarmsOf.get(key);
    swarms?.delete(infoHash);
    if (swarms?.size === 0) this.#swarmsOf.delete(key);
  }

  /** The swarms that a socket's member is in. */
  swarmsOf(key: MemberKey): readonly InfoHash[] {
    return [...(this.#swarmsOf.get(key) ?? [])];
  }

  /** All entries. */
  all(): readonly OwnEntry[] {
    return [...this.#sockets.values(), ...this.#addresses.values()];
  }

  /** Entries of sockets that were put before then, up to so many, the oldest first. */
  socketsBefore(time: Millis, count: number): readonly OwnEntry[] {
    const entries: OwnEntry[] = [];
    for (const entry of this.#sockets.values()) {
      if (entry.putAt >= time || entries.length === count) break;
      entries.push(entry);
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
