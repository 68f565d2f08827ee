import type { LinkId } from "../base/ids.ts";
import { Turns } from "./turns.ts";

/** What the choker asks about a peer when it has to choose. */
export interface Contender {
  /** Whoever has the higher one is served first. */
  readonly claim: number;
  /** It keeps us waiting or gives nothing back: it gets a slot only when its turn for a chance has come. */
  readonly isOnlyLucky: boolean;
  /** It has had a slot for a while and requests nothing. */
  readonly isIdle: boolean;
}

/** Looks at one peer. */
export type Look = (link: LinkId) => Contender;

/** The peers to tell that something is different for them now. */
export interface Choice {
  readonly choke: readonly LinkId[];
  readonly unchoke: readonly LinkId[];
}

const ROUNDS_A_CHANCE = 3; // An optimistic slot lasts three rounds of 10 s (BEP 3).

/** What a peer that gives nothing back may take during its chance: enough to see that we serve it. */
const GIFT_BYTES = 256 * 1024;

interface Taker {
  readonly link: LinkId;
  readonly contender: Contender;
}

/**
 * Decides which peers of a torrent to unchoke: those with the highest claims, and one whose turn it is for a chance, so that
 * newcomers can show what they give (BEP 3). It alone knows who is interested and who is served.
 *
 * A peer that wants nothing stays unchoked until another needs the slot: it need not wait when it wants something again.
 *
 * Between two rounds it looks only at peers that wait for a slot, and at none while no slot is free.
 *
 * Invariant: no more peers are served than there are slots, and nobody waits for a slot that is free except peers that are only lucky.
 */
export class Choker {
  /** When each interested peer had its turn. */
  readonly #turns = new Turns();
  /** When each peer that had not earned a slot was lucky. */
  readonly #chances = new Turns();
  readonly #served = new Set<LinkId>();
  /** Interested and not served. */
  readonly #waiting = new Set<LinkId>();
  /** Served, and wants nothing; the longest first. */
  readonly #resting = new Set<LinkId>();
  #slots = 0;
  #round = 0;
  #lucky: LinkId | undefined;
  /** What the lucky peer may still take. */
  #giftBytes = Number.POSITIVE_INFINITY;

  /** How many peers want a slot or have one that they use. */
  get takers(): number {
    return this.#waiting.size + this.busy;
  }

  /** How many slots are in use. */
  get busy(): number {
    return this.#served.size - this.#resting.size;
  }

  get isAnybodyWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  serves(link: LinkId): boolean {
    return this.#served.has(link);
  }

  /** The peer wants something. `origin`: where it comes from. No origin gets more than its share while others wait. */
  interested(link: LinkId, origin: string): void {
    this.#turns.joined(link, origin);
    this.#chances.joined(link, origin);
    if (!this.#resting.delete(link) && !this.#served.has(link)) this.#waiting.add(link);
  }

  /** The peer wants nothing now. */
  uninterested(link: LinkId): void {
    this.#waiting.delete(link);
    if (this.#served.has(link)) this.#resting.add(link);
    if (this.#lucky === link) this.#lucky = undefined;
  }

  left(link: LinkId): void {
    this.uninterested(link);
    this.#turns.left(link);
    this.#chances.left(link);
    this.#served.delete(link);
    this.#resting.delete(link);
  }

  /** We sent a block to the peer. True: that was all it may have. */
  sent(link: LinkId, bytes: number): boolean {
    if (link !== this.#lucky) return false;
    this.#giftBytes -= bytes;
    return this.#giftBytes <= 0;
  }

  /** Chooses anew, for the ten seconds until the next round. */
  nextRound(slots: number, look: Look): Choice {
    this.#slots = slots;
    const takers = this.#look([...this.#busyOnes(), ...this.#waiting], look);
    const deserving = takers.filter(({ contender }) => !contender.isOnlyLucky).sort(byClaim);
    const inOrder = this.#turns.shared(linksOf(deserving), slots - 1);
    const earned = new Set(inOrder.slice(0, Math.max(0, slots - 1)));
    this.#passChance(takers, earned);
    const chosen = new Set(earned);
    if (this.#lucky !== undefined && slots > 0) chosen.add(this.#lucky);
    for (const link of inOrder) if (chosen.size < slots) chosen.add(link);
    return this.#serve(chosen);
  }

  /** Something changed between two rounds: gives free slots to those who wait, and takes back what is too much. */
  refill(slots: number, look: Look): Choice {
    this.#slots = slots;
    const isSpent = this.#lucky !== undefined && this.#giftBytes <= 0;
    if (!isSpent && this.busy <= slots && (this.#waiting.size === 0 || this.busy === slots))
      return this.#trim();
    const waiting = this.#deserving(look);
    const dropped = isSpent && this.#lucky !== undefined ? [this.#lucky] : [];
    const tooMany = this.busy - dropped.length - slots;
    if (tooMany > 0) {
      const busy = this.#busyOnes().filter((link) => !dropped.includes(link));
      dropped.push(...this.#best(busy, look).slice(-tooMany));
    }
    return this.#replace(dropped, waiting);
  }

  /** The lucky one first, then those with the highest claims. */
  #best(links: readonly LinkId[], look: Look): readonly LinkId[] {
    const takers = this.#look(links, look);
    return linksOf(
      takers.sort((left, right) => this.#luckOf(right) - this.#luckOf(left) || byClaim(left, right)),
    );
  }

  /**
   * A while has passed: gives slots that nobody uses to those who wait, and slots of peers whose claims are lower by more than
   * `muchLower`.
   */
  giveOn(look: Look, muchLower: number): Choice {
    if (this.#waiting.size === 0) return this.#trim();
    const waiting = this.#deserving(look);
    const busy = this.#look(this.#busyOnes(), look).sort(
      (left, right) => useOf(left) - useOf(right) || byClaim(right, left),
    );
    const given = new Set<LinkId>();
    for (const { link, contender } of busy) {
      const next = waiting[given.size];
      if (next === undefined) break;
      const isLower = link !== this.#lucky && next.contender.claim - contender.claim > muchLower;
      if (contender.isIdle || isLower) given.add(link);
    }
    return this.#replace([...given], waiting);
  }

  /** Takes the slots of these peers, and fills what is free with those that wait. The last slot goes by luck, as at a round. */
  #replace(dropped: readonly LinkId[], waiting: readonly Taker[]): Choice {
    this.#drop(dropped);
    const free = this.#slots - this.busy;
    if (free <= 0 || waiting.length === 0) return { choke: [...dropped, ...this.#trim().choke], unchoke: [] };
    const unchoke: LinkId[] = [];
    const links = linksOf(waiting);
    if (this.#lucky === undefined && links.length >= free) {
      this.#lucky = this.#chances.next(links);
      this.#giftBytes = Number.POSITIVE_INFINITY;
      if (this.#lucky !== undefined) unchoke.push(this.#lucky);
    }
    for (const link of this.#turns.shared(links, free))
      if (unchoke.length < free && link !== this.#lucky) unchoke.push(link);
    this.#take(unchoke);
    return { choke: [...dropped, ...this.#trim().choke], unchoke };
  }

  /** Those who wait and may have a slot without luck. */
  #deserving(look: Look): readonly Taker[] {
    return this.#look(this.#waiting, look)
      .filter(({ contender }) => !contender.isOnlyLucky)
      .sort(byClaim);
  }

  #luckOf({ link }: Taker): number {
    return link === this.#lucky ? 1 : 0;
  }

  #busyOnes(): LinkId[] {
    return [...this.#served].filter((link) => !this.#resting.has(link));
  }

  #look(links: Iterable<LinkId>, look: Look): Taker[] {
    return Array.from(links, (link) => ({ link, contender: look(link) }));
  }

  /** At each chance, or between two of them when the lucky peer left or earned a slot. */
  #passChance(takers: readonly Taker[], earned: ReadonlySet<LinkId>): void {
    const isChance = this.#round % ROUNDS_A_CHANCE === 0;
    this.#round += 1;
    if (this.#slots === 0 || (!isChance && this.#lucky !== undefined && !earned.has(this.#lucky))) return;
    const free = isChance ? this.#turnOfFreeRider(takers) : undefined;
    const others = takers.filter(({ link, contender }) => !contender.isOnlyLucky && !earned.has(link));
    this.#giftBytes = free === undefined ? Number.POSITIVE_INFINITY : GIFT_BYTES;
    this.#lucky = free ?? this.#chances.next(linksOf(others));
  }

  /**
   * Everybody takes part in these turns, and most let them pass: so a peer that is only lucky has the lucky slot as rarely as if
   * nobody else had earned one, and however many links it has, they bring it no more.
   */
  #turnOfFreeRider(takers: readonly Taker[]): LinkId | undefined {
    const turn = this.#turns.next(linksOf(takers));
    return takers.find(({ link, contender }) => link === turn && contender.isOnlyLucky)?.link;
  }

  /** Serves these, and lets as many others that want nothing keep their slots as are left. */
  #serve(chosen: ReadonlySet<LinkId>): Choice {
    const choke = this.#busyOnes().filter((link) => !chosen.has(link));
    const unchoke = [...chosen].filter((link) => !this.#served.has(link));
    this.#drop(choke);
    this.#take(unchoke);
    return { choke: [...choke, ...this.#trim().choke], unchoke };
  }

  #drop(links: readonly LinkId[]): void {
    for (const link of links) {
      if (link === this.#lucky) this.#lucky = undefined;
      this.#served.delete(link);
      this.#waiting.add(link);
    }
  }

  #take(links: readonly LinkId[]): void {
    for (const link of links) {
      this.#served.add(link);
      this.#waiting.delete(link);
    }
  }

  #trim(): Choice {
    const choke: LinkId[] = [];
    for (const link of this.#resting) {
      if (this.#served.size <= this.#slots) break;
      this.#resting.delete(link);
      this.#served.delete(link);
      choke.push(link);
    }
    return choke.length === 0 ? NOTHING : { choke, unchoke: [] };
  }
}

const NOTHING: Choice = { choke: [], unchoke: [] };

function useOf({ contender }: Taker): number {
  return contender.isIdle ? 0 : 1;
}

function byClaim(left: Taker, right: Taker): number {
  return right.contender.claim - left.contender.claim;
}

function linksOf(takers: readonly Taker[]): LinkId[] {
  return takers.map(({ link }) => link);
}
