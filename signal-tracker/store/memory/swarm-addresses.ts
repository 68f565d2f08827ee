import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  type CompactPeers,
  isIpv6Peer,
} from "#shared/announce/compact.ts";
import type { InfoHash, Millis, PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { LOADS, loadOf, sharesOfLoads } from "../../core/load.ts";
import type { AddressMember, AddressQuery, Holder } from "../../core/swarm-store.ts";
import { AddressPool, type Pooled } from "./address-pool.ts";
import type { Expiring } from "./expiry-queue.ts";

/** The entry of a member with an address: the same object for as long as the member stays in the swarm. */
export interface AddressEntry extends Pooled, Expiring<AddressEntry> {
  readonly infoHash: InfoHash;
  peerId: PeerId;
  seeding: boolean;
  hasFreeSlot: boolean | undefined;
  holder: Holder | undefined;
  expiresAt: Millis;
}

/** Neighbours in a pool. */
interface PoolRange {
  readonly pool: AddressPool<AddressEntry>;
  readonly from: number;
  readonly count: number;
}

/** Pools of one load: for each address family, leechers and seeders. */
const POOLS_OF_A_LOAD = 4;

/**
 * The members of one torrent that have addresses.
 *
 * Invariant: each entry is in the pool of its load, address family and role.
 */
export class SwarmAddresses {
  /** By `poolNumber`; each is created for its first member, as most swarms are small. */
  readonly #pools: (AddressPool<AddressEntry> | undefined)[] = [];
  readonly #membersIn = new Map<string, number>();

  /** How many members have addresses in that network. */
  networkCount(network: string): number {
    return this.#membersIn.get(network) ?? 0;
  }

  add(entry: AddressEntry): void {
    this.#poolOf(entry).add(entry);
    if (entry.network !== undefined) addTo(this.#membersIn, entry.network, 1);
  }

  update(entry: AddressEntry, { seeding, hasFreeSlot, holder, expiresAt }: AddressMember): void {
    entry.holder = holder;
    entry.expiresAt = expiresAt;
    if (seeding === entry.seeding && hasFreeSlot === entry.hasFreeSlot) return;
    this.#poolOf(entry).remove(entry);
    entry.seeding = seeding;
    entry.hasFreeSlot = hasFreeSlot;
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

  /** One load after the other, as far as the count goes. */
  #ranges(query: AddressQuery, own: AddressEntry | undefined, random: Random): readonly PoolRange[] {
    const ownPool = own === undefined ? undefined : this.#poolOf(own);
    if (own !== undefined) ownPool?.moveLast(own);
    const ranges: PoolRange[] = [];
    if (query.count === 0) return ranges;
    const pools = LOADS.map((load) => this.#poolsFor(query, load));
    const shares = sharesOfLoads(
      query.count,
      pools.map((ofLoad) => othersIn(ofLoad, ownPool)),
    );
    for (const load of LOADS) addRanges(ranges, shares[load] ?? 0, pools[load] ?? [], ownPool, random);
    return ranges;
  }

  #poolsFor({ family, requester }: AddressQuery, load: number): readonly AddressPool<AddressEntry>[] {
    const pools: AddressPool<AddressEntry>[] = [];
    for (let number = load * POOLS_OF_A_LOAD; number < (load + 1) * POOLS_OF_A_LOAD; number++) {
      const pool = this.#pools[number];
      if (pool === undefined || pool.length === 0) continue;
      if (requester.seeding && number % 2 === 1) continue;
      if (family === undefined || pool.addressBytes === ADDRESS_BYTES[family]) pools.push(pool);
    }
    return pools;
  }

  #poolOf(entry: AddressEntry): AddressPool<AddressEntry> {
    const number = poolNumber(entry);
    let pool = this.#pools[number];
    if (pool === undefined) {
      pool = new AddressPool(isIpv6Peer(entry.address) ? COMPACT_IPV6_BYTES : COMPACT_IPV4_BYTES);
      this.#pools[number] = pool;
    }
    return pool;
  }
}

const ADDRESS_BYTES = { 4: COMPACT_IPV4_BYTES, 6: COMPACT_IPV6_BYTES };

/** Odd for seeders. */
function poolNumber(entry: AddressEntry): number {
  return loadOf(entry) * POOLS_OF_A_LOAD + (isIpv6Peer(entry.address) ? 2 : 0) + (entry.seeding ? 1 : 0);
}

/** How many members of a pool may be sampled: without the last one of `ownPool`. */
const othersOf = (pool: AddressPool<AddressEntry>, ownPool: AddressPool<AddressEntry> | undefined): number =>
  pool.length - Number(pool === ownPool);

/**
 * Adds `wanted` neighbours (there must be that many), from a random start on, as if the pools were one ring: this takes one
 * random number and few ranges.
 */
function addRanges(
  ranges: PoolRange[],
  wanted: number,
  pools: readonly AddressPool<AddressEntry>[],
  ownPool: AddressPool<AddressEntry> | undefined,
  random: Random,
): void {
  let left = wanted;
  let from = left === 0 ? 0 : random.below(othersIn(pools, ownPool));
  for (let turn = 0; left > 0; turn++) {
    const pool = pools[turn % pools.length] as AddressPool<AddressEntry>;
    const taken = Math.min(left, othersOf(pool, ownPool) - from);
    if (taken > 0) ranges.push({ pool, from, count: taken });
    left -= Math.max(0, taken);
    from = Math.max(0, from - othersOf(pool, ownPool));
  }
}

function othersIn(
  pools: readonly AddressPool<AddressEntry>[],
  ownPool: AddressPool<AddressEntry> | undefined,
): number {
  return pools.reduce((sum, pool) => sum + othersOf(pool, ownPool), 0);
}

/** Counts up or down; a missing count is 0. */
export function addTo(counts: Map<string, number>, network: string, change: number): void {
  const count = (counts.get(network) ?? 0) + change;
  if (count === 0) counts.delete(network);
  else counts.set(network, count);
}
