import type { LinkId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

/** What the choker needs to know about a peer. */
export interface Contender {
  readonly link: LinkId;
  readonly isInterested: boolean;
  /** While downloading: what it gives us. While seeding: what it takes from us. Bytes a second. */
  readonly bytesPerSecond: number;
  /** It keeps us waiting for blocks: it gets a slot by luck only. */
  readonly isSnubbing: boolean;
  /** Where it comes from: no origin gets more than its share of the slots while others wait. */
  readonly origin: string;
  /** It has never had a slot. */
  readonly isNew: boolean;
  /** It has a slot and takes nothing. */
  readonly isIdle: boolean;
}

const ROUNDS_A_CHANCE = 3; // An optimistic slot lasts three rounds of 10 s (BEP 3).

/**
 * Decides which peers to unchoke: the interested ones that give (when seeding: take) most, and one by luck, so that
 * newcomers can show what they give (BEP 3).
 */
export class Choker {
  /** How many peers it serves at once, the lucky one included. */
  readonly slots: number;
  readonly #random: Random;
  #round = 0;
  #lucky: LinkId | undefined;

  constructor(slots: number, random: Random) {
    this.slots = slots;
    this.#random = random;
  }

  /** The links to serve until the next round, ten seconds later. */
  nextRound(contenders: readonly Contender[]): ReadonlySet<LinkId> {
    const isChance = this.#round % ROUNDS_A_CHANCE === 0;
    this.#round += 1;
    return this.#choose(contenders, isChance);
  }

  /** A peer became interested, lost interest or left between two rounds: fills free slots, moves nobody who is still interested. */
  refill(interested: readonly LinkId[], served: ReadonlySet<LinkId>): ReadonlySet<LinkId> {
    const chosen = new Set(interested.filter((link) => served.has(link)));
    for (const link of interested) if (chosen.size < this.slots) chosen.add(link);
    return chosen;
  }

  #choose(contenders: readonly Contender[], isChance: boolean): ReadonlySet<LinkId> {
    const interested = contenders.filter((contender) => contender.isInterested);
    const deserving = interested
      .filter((contender) => !contender.isSnubbing)
      .sort((left, right) => right.bytesPerSecond - left.bytesPerSecond || claim(right) - claim(left));
    const chosen = new Set(shared(deserving, this.slots - 1));

    const others = interested.filter(({ link }) => !chosen.has(link));
    const keepsLuck = !isChance && others.some(({ link }) => link === this.#lucky);
    if (!keepsLuck) this.#lucky = this.#draw(others);
    if (this.#lucky !== undefined) chosen.add(this.#lucky);
    return chosen;
  }

  /** Each origin has the same chance, however many peers it has; new peers come first (BEP 3). */
  #draw(others: readonly Contender[]): LinkId | undefined {
    const isAnyNew = others.some(({ isNew }) => isNew);
    const drawn = new Map<string, LinkId[]>();
    for (const { link, origin, isNew } of others) {
      if (isNew === isAnyNew) drawn.set(origin, [...(drawn.get(origin) ?? []), link]);
    }
    const links = pick([...drawn.values()], this.#random) ?? [];
    return pick(links, this.#random);
  }
}

/** Breaks a tie between two equal rates. */
function claim({ isNew, isIdle }: Contender): number {
  return isNew ? 1 : isIdle ? -1 : 0;
}

/** The first ones, but no more than its share from one origin while others remain. */
function shared(deserving: readonly Contender[], slots: number): readonly LinkId[] {
  const counts = new Map<string, number>();
  const share = Math.ceil(slots / Math.max(1, new Set(deserving.map(({ origin }) => origin)).size));
  const isWithin = ({ origin }: Contender): boolean => {
    const count = (counts.get(origin) ?? 0) + 1;
    counts.set(origin, count);
    return count <= share;
  };
  const within = new Set(deserving.filter(isWithin));
  const inOrder = [...within, ...deserving.filter((contender) => !within.has(contender))];
  return inOrder.slice(0, slots).map(({ link }) => link);
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[random.below(Math.max(1, items.length))];
}
