import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { HandedOffer, Member, MemberKey, OfferKey, SwarmStore } from "../core/store.ts";
import { type Entry, Swarm } from "./swarm.ts";

/** Offers that may wait for an answer at once, in all swarms: about 100 MB. Beyond it the oldest is given up. */
const OFFERS_WAITING_MAX = 500_000;

interface WaitingOffer {
  /** The offerer as it was then. One that left the swarm and came back is another entry. */
  readonly offerer: Entry;
  readonly expiresAt: Millis;
}

const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloaded: 0 };

/**
 * Keeps everything in memory, for one process, until it ends.
 *
 * Invariant: no swarm is empty, and a member's set names exactly the swarms it is in. Offers stand in the order in
 * which they were handed out, which is the order in which they expire.
 */
export class MemorySwarmStore implements SwarmStore {
  readonly #swarms = new Map<InfoHash, Swarm>();
  readonly #swarmsOf = new Map<MemberKey, Set<InfoHash>>();
  readonly #offers = new Map<string, WaitingOffer>();
  readonly #offersWaitingMax: number;

  constructor(offersWaitingMax = OFFERS_WAITING_MAX) {
    this.#offersWaitingMax = offersWaitingMax;
  }

  put(infoHash: InfoHash, member: Member): Member | undefined {
    const swarm = this.#swarms.get(infoHash) ?? new Swarm();
    const before = swarm.put(member);
    if (before === undefined) {
      this.#swarms.set(infoHash, swarm);
      this.#swarmsOf.set(member.key, (this.#swarmsOf.get(member.key) ?? new Set()).add(infoHash));
    }
    return before;
  }

  remove(infoHash: InfoHash, key: MemberKey): void {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined) return;
    swarm.remove(key);
    if (swarm.isEmpty) this.#swarms.delete(infoHash);
    const swarms = this.#swarmsOf.get(key);
    swarms?.delete(infoHash);
    if (swarms?.size === 0) this.#swarmsOf.delete(key);
  }

  removeEverywhere(key: MemberKey): void {
    for (const infoHash of this.#swarmsOf.get(key) ?? []) this.remove(infoHash, key);
  }

  isMember(infoHash: InfoHash, key: MemberKey): boolean {
    return this.#entry(infoHash, key) !== undefined;
  }

  swarmCount(key: MemberKey): number {
    return this.#swarmsOf.get(key)?.size ?? 0;
  }

  counts(infoHash: InfoHash): SwarmCounts {
    return this.#swarms.get(infoHash)?.counts ?? NO_COUNTS;
  }

  countCompletion(infoHash: InfoHash): void {
    this.#swarms.get(infoHash)?.countCompletion();
  }

  sample(infoHash: InfoHash, count: number, except: MemberKey, random: Random): readonly Member[] {
    return this.#swarms.get(infoHash)?.sample(count, except, random) ?? [];
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

  #entry(infoHash: InfoHash, key: MemberKey): Entry | undefined {
    return this.#swarms.get(infoHash)?.entry(key);
  }

  #isAlive(waiting: WaitingOffer | undefined, infoHash: InfoHash, now: Millis): waiting is WaitingOffer {
    if (waiting === undefined || waiting.expiresAt <= now) return false;
    return this.#entry(infoHash, waiting.offerer.key) === waiting.offerer;
  }

  #expireOffers(now: Millis): void {
    for (const [name, { expiresAt }] of this.#offers) {
      if (expiresAt > now && this.#offers.size < this.#offersWaitingMax) return;
      this.#offers.delete(name);
    }
  }
}

function offerName({ answerer, infoHash, offerId, offererPeerId }: OfferKey): string {
  return `${answerer} ${infoHash} ${offerId} ${offererPeerId}`;
}
