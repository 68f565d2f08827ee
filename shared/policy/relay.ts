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

/** The offers that we carry between other peers: who asked, and who may answer. Knows nothing of what is in them. */
export class Relay {
  readonly #limits: RelayLimits;
  /** The oldest first. At most one for each two links. */
  readonly #pending = new Map<OfferId, Pending>();

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** An offer is to be forwarded. False: too many wait, or this one does, or the same peer asked the same one before. */
  forward(now: Millis, offerId: OfferId, asker: LinkId, target: LinkId): boolean {
    this.#expire(now);
    const { maxForAsker, maxForTarget, maxPending, answerMillis } = this.#limits;
    const recent = [...this.#pending.values()];
    const isSamePair = (each: Pending): boolean => each.asker === asker && each.target === target;
    if (this.#pending.has(offerId) || recent.some(isSamePair)) return false;
    const pending = recent.filter(({ isAnswered }) => !isAnswered);
    if (pending.length >= maxPending) return false;
    if (pending.filter((each) => each.asker === asker).length >= maxForAsker) return false;
    if (pending.filter((each) => each.target === target).length >= maxForTarget) return false;
    const endsAt = millis(now + answerMillis);
    this.#pending.set(offerId, { offerId, asker, target, endsAt, isAnswered: false });
    return true;
  }

  /** An answer came: who waits for it. Undefined: nobody, or the answer is not of the peer that was asked. */
  answer(now: Millis, offerId: OfferId, from: LinkId): LinkId | undefined {
    this.#expire(now);
    const pending = this.#pending.get(offerId);
    if (pending?.target !== from || pending.isAnswered) return undefined;
    pending.isAnswered = true;
    return pending.asker;
  }

  /** A link ended. Returns the offers that its peer will not answer, and who waits for that. */
  left(link: LinkId): readonly Pick<Pending, "offerId" | "asker">[] {
    const ended = [...this.#pending.values()].filter(
      ({ asker, target }) => asker === link || target === link,
    );
    for (const { offerId } of ended) this.#pending.delete(offerId);
    return ended.filter(({ target, isAnswered }) => target === link && !isAnswered);
  }

  #expire(now: Millis): void {
    for (const { offerId, endsAt } of this.#pending.values()) {
      if (endsAt > now) return;
      this.#pending.delete(offerId);
    }
  }
}
