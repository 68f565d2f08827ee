import { type LinkId, type Millis, millis, type OfferId } from "../base/ids.ts";

export interface RelayLimits {
  /** Offers of one peer that wait for an answer. */
  readonly maxForAsker: number;
  /** Offers that wait for the answer of one peer. */
  readonly maxForTarget: number;
  /** All that wait. */
  readonly maxPending: number;
  /** An answer that comes later finds nobody who waits for it. So long one peer asks another one only once. */
  readonly answerMillis: number;
}

/** An offer that we forwarded a short while ago. */
interface Pending {
  readonly offerId: OfferId;
  readonly asker: LinkId;
  readonly target: LinkId;
  readonly endsAt: Millis;
  isAnswered: boolean;
}

/** What one peer has to do with them. */
interface Party {
  /** Those that it sent or got. */
  readonly offers: Set<Pending>;
  /** How many of them wait for an answer: for others to give, and for it. */
  asks: number;
  owes: number;
}

/** The offers that we carry between other peers: who asked, and who may answer. Knows nothing of what is in them. */
export class Relay {
  readonly #limits: RelayLimits;
  /** The oldest first. At most one for each two links. */
  readonly #pending = new Map<OfferId, Pending>();
  readonly #parties = new Map<LinkId, Party>();
  /** Asker and target of each. */
  readonly #pairs = new Set<string>();
  #waiting = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** An offer is to be forwarded. False: too many wait, or this one does, or the same peer asked the same one before. */
  forward(now: Millis, offerId: OfferId, asker: LinkId, target: LinkId): boolean {
    this.#expire(now);
    const { maxForAsker, maxForTarget, maxPending, answerMillis } = this.#limits;
    if (this.#pending.has(offerId) || this.#pairs.has(pairOf({ asker, target }))) return false;
    if (this.#waiting >= maxPending) return false;
    if ((this.#parties.get(asker)?.asks ?? 0) >= maxForAsker) return false;
    if ((this.#parties.get(target)?.owes ?? 0) >= maxForTarget) return false;
    this.#add({ offerId, asker, target, endsAt: millis(now + answerMillis), isAnswered: false });
    return true;
  }

  /** An answer came: who waits for it. Undefined: nobody, or the answer is not of the peer that was asked. */
  answer(now: Millis, offerId: OfferId, from: LinkId): LinkId | undefined {
    this.#expire(now);
    const pending = this.#pending.get(offerId);
    if (pending?.target !== from || pending.isAnswered) return undefined;
    this.#count(pending, -1);
    pending.isAnswered = true;
    return pending.asker;
  }

  /** A link ended. Returns the offers that its peer will not answer, and who waits for that. */
  left(link: LinkId): readonly Pick<Pending, "offerId" | "asker">[] {
    const ended = [...(this.#parties.get(link)?.offers ?? [])];
    for (const each of ended) this.#forget(each);
    return ended.filter(({ target, isAnswered }) => target === link && !isAnswered);
  }

  #expire(now: Millis): void {
    for (const pending of this.#pending.values()) {
      if (pending.endsAt > now) return;
      this.#forget(pending);
    }
  }

  #add(pending: Pending): void {
    this.#pending.set(pending.offerId, pending);
    this.#pairs.add(pairOf(pending));
    this.#party(pending.asker).offers.add(pending);
    this.#party(pending.target).offers.add(pending);
    this.#count(pending, 1);
  }

  #forget(pending: Pending): void {
    if (!pending.isAnswered) this.#count(pending, -1);
    this.#pending.delete(pending.offerId);
    this.#pairs.delete(pairOf(pending));
    for (const link of [pending.asker, pending.target]) {
      const { offers } = this.#party(link);
      offers.delete(pending);
      if (offers.size === 0) this.#parties.delete(link);
    }
  }

  /** One more or one fewer that waits. */
  #count({ asker, target }: Pending, by: 1 | -1): void {
    this.#waiting += by;
    this.#party(asker).asks += by;
    this.#party(target).owes += by;
  }

  #party(link: LinkId): Party {
    const known = this.#parties.get(link) ?? { offers: new Set(), asks: 0, owes: 0 };
    this.#parties.set(link, known);
    return known;
  }
}

function pairOf({ asker, target }: Pick<Pending, "asker" | "target">): string {
  return `${asker} ${target}`;
}
