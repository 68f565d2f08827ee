import type { SwarmCounts } from "#shared/announce/announce.ts";
import { type CompactPeers, packPeers } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import { type Random, shuffle } from "#shared/base/random.ts";
import { LOADS, loadOf, sharesOfLoads } from "./load.ts";
import type { AccountId } from "./record-store.ts";
import type { SwarmLook } from "./shared-swarms.ts";
import type {
  AddressMember,
  HandedOffer,
  Member,
  MemberKey,
  OfferKey,
  SocketMember,
  SwarmMember,
  SwarmStore,
  SwarmSummary,
} from "./swarm-store.ts";

/**
 * A store that shows one swarm as all nodes have made it, and leaves everything else to this node's own: changes, limits and
 * waiting offers.
 */
export class SwarmView implements SwarmStore {
  readonly #own: SwarmStore;
  readonly #look: SwarmLook;

  constructor(own: SwarmStore, look: SwarmLook) {
    this.#own = own;
    this.#look = look;
  }

  counts(): SwarmCounts {
    return this.#look.counts;
  }

  /** The look may hold more than are wanted. */
  sampleSockets(_: InfoHash, count: number, except: MemberKey, random: Random): readonly SocketMember[] {
    const others = this.#look.sockets.filter(({ key }) => key !== except);
    const byLoad = LOADS.map((load) => others.filter((member) => loadOf(member) === load));
    const shares = sharesOfLoads(
      count,
      byLoad.map(({ length }) => length),
    );
    return byLoad.flatMap((equal, load) => {
      const share = shares[load] ?? 0;
      return equal.length <= share ? equal : shuffle(equal, random).slice(0, share);
    });
  }

  sampleAddresses(): readonly AddressMember[] {
    return this.#look.addresses.map((member) => ({ ...member, network: undefined, expiresAt: UNKNOWN }));
  }

  sampleCompact(): CompactPeers {
    return packPeers(this.#look.addresses.map(({ address }) => address));
  }

  put(infoHash: InfoHash, member: Member): boolean {
    return this.#own.put(infoHash, member);
  }

  remove(infoHash: InfoHash, key: MemberKey): void {
    this.#own.remove(infoHash, key);
  }

  removeSwarm(infoHash: InfoHash): readonly MemberKey[] {
    return this.#own.removeSwarm(infoHash);
  }
  removeEverywhere(key: MemberKey): void {
    this.#own.removeEverywhere(key);
  }

  removeExpired(now: Millis): void {
    this.#own.removeExpired(now);
  }

  isMember(infoHash: InfoHash, key: MemberKey): boolean {
    return this.#own.isMember(infoHash, key);
  }

  swarmCount(key: MemberKey): number {
    return this.#own.swarmCount(key);
  }

  networkCounts(infoHash: InfoHash, network: string): { readonly inSwarm: number; readonly inAll: number } {
    return this.#own.networkCounts(infoHash, network);
  }

  accounts(): readonly AccountId[] {
    return this.#own.accounts();
  }

  membersOf(account: AccountId): readonly SwarmMember[] {
    return this.#own.membersOf(account);
  }

  summaries(): Iterable<SwarmSummary> {
    return this.#own.summaries();
  }

  countCompletion(infoHash: InfoHash): void {
    this.#own.countCompletion(infoHash);
  }

  handOffer(offer: HandedOffer, now: Millis): boolean {
    return this.#own.handOffer(offer, now);
  }

  takeOffer(key: OfferKey, now: Millis): MemberKey | undefined {
    return this.#own.takeOffer(key, now);
  }
}

/** Other nodes see to their members' expiry. */
const UNKNOWN = millis(Number.POSITIVE_INFINITY);
