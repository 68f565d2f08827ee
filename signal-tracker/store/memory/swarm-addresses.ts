import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  type CompactPeers,
  isIpv6Peer,
} from "#shared/announce/compact.ts";
import type { InfoHash, Millis, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { AddressMember, AddressQuery } from "../../core/swarm-store.ts";
import { AddressPool, type Pooled } from "./address-pool.ts";
import type { Expiring } from "./expiry-queue.ts";

/** The entry of a member with an address: the same object for as long as the member stays in the swarm. */
export interface AddressEntry extends Pooled, Expiring<AddressEntry> {
  readonly infoHash: InfoHash;
  peerId: PeerId;
  seeding: boolean;
  expiresAt: Millis;
}

/** Neighbours in a pool. */
interface PoolRange {
  readonly pool: AddressPool<AddressEntry>;
  readonly from: number;
  readonly count: number;
}

/**
 * The members of one torrent that have addresses.
 *
 * Invariant: each entry is in the pool of its address family and role.
 */
export class SwarmAddresses {
  readonly #ipv4Leechers = new AddressPool<AddressEntry>(COMPACT_IPV4_BYTES);
  readonly #ipv4Seeders = new AddressPool<AddressEntry>(COMPACT_IPV4_BYTES);
  readonly #ipv6Leechers = new AddressPool<AddressEntry>(COMPACT_IPV6_BYTES);
  readonly #ipv6Seeders = new AddressPool<AddressEntry>(COMPACT_IPV6_BYTES);
  readonly #membersIn = new Map<string, number>();

  /** How many members have addresses in that network. */
  networkCount(network: string): number {
    return this.#membersIn.get(network) ?? 0;
  }

  add(entry: AddressEntry): void {
    this.#poolOf(entry).add(entry);
    if (entry.network !== undefined) addTo(this.#membersIn, entry.network, 1);
  }

  update(entry: AddressEntry, { seeding, expiresAt }: AddressMember): void {
    entry.expiresAt = expiresAt;
    if (seeding === entry.seeding) return;
    this.#poolOf(entry).remove(entry);
    entry.seeding = seeding;
    this.#poolOf(entry).add(entry);
  }

  remove(entry: AddressEntry): void {
    this.#poolOf(entry).remove(entry);
    if (entry.network !== undefined) addTo(this.#membersIn, entry.network, -1);
  }

  /** `own` is the requester's entry. */
  sample(query: AddressQuery, own: AddressEntry | undefined, random: Random): readonly AddressMember[] {
    return this.#ranges(query, own, random).flatMap(({ pool, from, count }) => pool.members(from, count));
  }

  sampleCompact(query: AddressQuery, own: AddressEntry | undefined, random: Random): CompactPeers {
    let ipv4 = "";
    let ipv6 = "";
    for (const { pool, from, count } of this.#ranges(query, own, random)) {
      if (pool.addressBytes === COMPACT_IPV4_BYTES) ipv4 += pool.addresses(from, count);
      else ipv6 += pool.addresses(from, count);
    }
    return { ipv4, ipv6 };
  }

  /** From a random start on, as if the pools were one ring: this takes one random number and few ranges. */
  #ranges(
    { count, requester }: AddressQuery,
    own: AddressEntry | undefined,
    random: Random,
  ): readonly PoolRange[] {
    const pools = requester.seeding
      ? [this.#ipv4Leechers, this.#ipv6Leechers]
      : [this.#ipv4Leechers, this.#ipv6Leechers, this.#ipv4Seeders, this.#ipv6Seeders];
    const ownPool = own === undefined ? undefined : this.#poolOf(own);
    if (own !== undefined) ownPool?.moveLast(own);
    const others = (pool: AddressPool<AddressEntry>): number => pool.length - (pool === ownPool ? 1 : 0);
    const all = pools.reduce((sum, pool) => sum + others(pool), 0);

    const ranges: PoolRange[] = [];
    let left = Math.min(count, all);
    let from = left === 0 ? 0 : random.below(all);
    for (let turn = 0; left > 0; turn++) {
      const pool = pools[turn % pools.length] as AddressPool<AddressEntry>;
      const taken = Math.min(left, others(pool) - from);
      if (taken > 0) ranges.push({ pool, from, count: taken });
      left -= Math.max(0, taken);
      from = Math.max(0, from - others(pool));
    }
    return ranges;
  }

  #poolOf({ address, seeding }: AddressEntry): AddressPool<AddressEntry> {
    if (isIpv6Peer(address)) return seeding ? this.#ipv6Seeders : this.#ipv6Leechers;
    return seeding ? this.#ipv4Seeders : this.#ipv4Leechers;
  }
}

/** Counts up or down; a missing count is 0. */
export function addTo(counts: Map<string, number>, network: string, change: number): void {
  const count = (counts.get(network) ?? 0) + change;
  if (count === 0) counts.delete(network);
  else counts.set(network, count);
}
