import type { LinkId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

/** What the choker must know of a peer. */
export interface ChokeCandidate {
  readonly link: LinkId;
  readonly isInterested: boolean;
  /** While downloading: what it gives us. While seeding: what it takes from us. Bytes a second. */
  readonly bytesPerSecond: number;
  /** It keeps us waiting for blocks it owes: no slot as a reward, only by luck. */
  readonly isSnubbing: boolean;
}

const ROUNDS_A_CHANCE = 3; // An optimistic slot lasts three rounds of 10 s (BEP 3).

/**
 * Decides whom to serve: the interested peers that give (or, when seeding, take) most, and one chosen by luck
 * so that newcomers can show what they have to give (BEP 3).
 */
export class Choker {
  readonly #slots: number;
  readonly #random: Random;
  #round = 0;
  #lucky: LinkId | undefined;

  /** `slots` counts the lucky one in. */
  constructor(slots: number, random: Random) {
    this.#slots = slots;
    this.#random = random;
  }

  /** The links to serve until the next round, ten seconds later. */
  nextRound(candidates: readonly ChokeCandidate[]): ReadonlySet<LinkId> {
    const isChance = this.#round % ROUNDS_A_CHANCE === 0;
    this.#round += 1;
    return this.#choose(candidates, isChance);
  }

  /** Someone became interested, lost interest or left between two rounds: fills what is free, moves nobody else. */
  refill(candidates: readonly ChokeCandidate[], served: ReadonlySet<LinkId>): ReadonlySet<LinkId> {
    const interested = candidates.filter((candidate) => candidate.isInterested);
    const chosen = new Set(interested.map(({ link }) => link).filter((link) => served.has(link)));
    for (const { link } of interested) if (chosen.size < this.#slots) chosen.add(link);
    return chosen;
  }

  #choose(candidates: readonly ChokeCandidate[], isChance: boolean): ReadonlySet<LinkId> {
    const interested = candidates.filter((candidate) => candidate.isInterested);
    const deserving = interested
      .filter((candidate) => !candidate.isSnubbing)
      .sort((left, right) => right.bytesPerSecond - left.bytesPerSecond);
    const chosen = new Set(deserving.slice(0, this.#slots - 1).map(({ link }) => link));

    const others = interested.map(({ link }) => link).filter((link) => !chosen.has(link));
    const keepsLuck = !isChance && this.#lucky !== undefined && others.includes(this.#lucky);
    if (!keepsLuck) this.#lucky = others[this.#random.below(Math.max(1, others.length))];
    if (this.#lucky !== undefined) chosen.add(this.#lucky);
    return chosen;
  }
}
