import { type Handle, type LinkId, type Millis, millis } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

export interface IntroducerLimits {
  /** Handles remembered of one introducer; we ignore further ones. */
  readonly maxHandles: number;
  /** Offers under way through one introducer, and through one of which no introduction has worked yet. */
  readonly maxAsked: number;
  readonly maxAskedUnproven: number;
  /** After a failure we leave a handle alone for this long. */
  readonly retryMillis: number;
  /** We forget a handle after this many failures. */
  readonly maxFailures: number;
  /** An introducer that is busy is left alone for this long. */
  readonly busyMillis: number;
  /** From so many links on, at most half of them come from one introducer. */
  readonly fairLinks: number;
  /** An introducer rests for this long if, of at least `attemptsJudged` attempts, less than `leastShare` worked. */
  readonly restMillis: number;
  readonly attemptsJudged: number;
  readonly leastShare: number;
  /** Handles and introducers that one choice looks at: to recognise a handle, we hash the peer id of each link. */
  readonly maxLooked: number;
}

/** How an attempt to meet a peer ended. `busy`: it was not made. */
export type Meeting = "met" | "failed" | "busy";

/** Our links as they count for the choice. */
export interface LinkCounts {
  /** Those that this introducer gave us, or is giving us. */
  readonly from: (introducer: LinkId) => number;
  /** Those that are open and came in another way, such as the one to the introducer. What may never open is no counterweight. */
  readonly others: (introducer: LinkId) => number;
  /** Those of them that are offered and not answered. */
  readonly askedOf: (introducer: LinkId) => number;
  /** Ask nobody else: one introducer's handles are different peers, those of two may be the same. Undefined: anybody. */
  readonly only: LinkId | undefined;
}

/** A peer to whom an introducer can introduce us. */
export interface Acquaintance {
  readonly introducer: LinkId;
  readonly handle: Handle;
}

interface Known {
  readonly handle: Handle;
  failures: number;
  readyAt: Millis;
}

/** How often attempts worked. */
interface Score {
  met: number;
  failed: number;
  restsUntil: Millis;
}

interface Introducer {
  readonly link: LinkId;
  readonly known: Map<Handle, Known>;
  /** Of our own offers. */
  readonly asked: Score;
  /** Of those of others that we answered: anybody can make some that fail, and they must not keep us from asking. */
  readonly answered: Score;
  busyUntil: Millis;
}

/** Whom others can introduce us to, how well each introducer's introductions work, and whom to ask for next. */
export class Introducers {
  readonly #limits: IntroducerLimits;
  readonly #random: Random;
  readonly #introducers = new Map<LinkId, Introducer>();

  constructor(limits: IntroducerLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** A peer takes part in introductions, perhaps again. */
  joined(link: LinkId): void {
    if (this.#introducers.has(link)) return;
    const [asked, answered] = [newScore(), newScore()];
    this.#introducers.set(link, { link, known: new Map(), asked, answered, busyUntil: millis(0) });
  }

  /** An introducer says to whom it can introduce us, and to whom no more. */
  named(
    now: Millis,
    link: LinkId,
    added: readonly { readonly handle: Handle }[],
    dropped: readonly Handle[],
  ): void {
    const known = this.#introducers.get(link)?.known;
    if (known === undefined) return;
    for (const handle of dropped) known.delete(handle);
    for (const { handle } of added) {
      if (known.has(handle)) continue;
      if (known.size >= this.#limits.maxHandles) return;
      known.set(handle, { handle, failures: 0, readyAt: now });
    }
  }

  /** An introducer takes part no more. We remember how its introductions worked, or it would announce itself anew after each failure. */
  withdrew(link: LinkId): void {
    this.#introducers.get(link)?.known.clear();
  }

  /** The link to an introducer ended. */
  left(link: LinkId): void {
    this.#introducers.delete(link);
  }

  /** An attempt through this introducer ended: ours for a handle, or, without one, somebody's that we answered. */
  ended(now: Millis, link: LinkId, handle: Handle | undefined, how: Meeting): void {
    const introducer = this.#introducers.get(link);
    if (introducer === undefined) return;
    const { retryMillis, maxFailures, busyMillis } = this.#limits;
    const known = handle === undefined ? undefined : introducer.known.get(handle);
    if (how === "busy") {
      introducer.busyUntil = millis(now + busyMillis);
      return;
    }
    if (known !== undefined) known.readyAt = millis(now + retryMillis);
    const score = handle === undefined ? introducer.answered : introducer.asked;
    if (how === "met") {
      score.met += 1;
      return;
    }
    score.failed += 1;
    if (known !== undefined && ++known.failures >= maxFailures) introducer.known.delete(known.handle);
    this.#judge(now, score);
  }

  /** Whether this introducer's introductions work often enough to answer offers that it forwards. */
  isTrusted(now: Millis, link: LinkId): boolean {
    const { asked, answered } = this.#introducers.get(link) ?? {};
    return Math.max(asked?.restsUntil ?? 0, answered?.restsUntil ?? 0) <= now;
  }

  /**
   * Whom to ask for next: introducers with good scores come first, by chance. `isOfUse` is asked once for a handle that is chosen;
   * if it says no, we leave the handle alone for a while. Undefined: nobody now, as far as we have looked.
   */
  choose(now: Millis, counts: LinkCounts, isOfUse: (handle: Handle) => boolean): Acquaintance | undefined {
    const ready = [...this.#introducers.values()].filter((each) => this.#mayAsk(now, each, counts));
    let looked = 0;
    while (ready.length > 0 && looked < this.#limits.maxLooked) {
      const [introducer] = ready.splice(this.#draw(ready), 1) as [Introducer];
      const handles = [...introducer.known.values()].filter(({ readyAt }) => readyAt <= now);
      looked += 1;
      while (handles.length > 0 && looked < this.#limits.maxLooked) {
        const [each] = handles.splice(this.#random.below(handles.length), 1) as [Known];
        each.readyAt = millis(now + this.#limits.retryMillis);
        looked += 1;
        if (isOfUse(each.handle)) return { introducer: introducer.link, handle: each.handle };
      }
    }
    return undefined;
  }

  /** The index of an introducer, by chance in proportion to how often its introductions worked. */
  #draw(introducers: readonly Introducer[]): number {
    const weights = introducers.map(({ asked: { met, failed } }) =>
      Math.ceil((100 * (met + 1)) / (met + failed + 1)),
    );
    let left = this.#random.below(weights.reduce((sum, weight) => sum + weight, 0));
    return weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
  }

  #mayAsk(now: Millis, { link, asked, answered, known, busyUntil }: Introducer, counts: LinkCounts): boolean {
    const { maxAskedUnproven, fairLinks } = this.#limits;
    const maxAsked = asked.met + answered.met > 0 ? this.#limits.maxAsked : maxAskedUnproven;
    if (counts.only !== undefined && counts.only !== link) return false;
    if (known.size === 0 || Math.max(asked.restsUntil, busyUntil) > now) return false;
    if (counts.askedOf(link) >= maxAsked) return false;
    const [from, others] = [counts.from(link), counts.others(link)];
    return from + others < fairLinks || from + 1 <= others;
  }

  #judge(now: Millis, score: Score): void {
    const { attemptsJudged, leastShare, restMillis } = this.#limits;
    const { met, failed } = score;
    if (met + failed < attemptsJudged || met / (met + failed) >= leastShare) return;
    score.restsUntil = millis(now + restMillis);
    score.met = 0; // Then it gets another chance.
    score.failed = 0;
  }
}

function newScore(): Score {
  return { met: 0, failed: 0, restsUntil: millis(0) };
}
