import type { LinkId, Millis } from "../../base/ids.ts";
import type { Block, Layout } from "../../meta/layout.ts";
import type { BegunPiece, BegunPieces } from "./begun-pieces.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Offers, PieceOwners } from "./piece-owners.ts";
import type { Suspects } from "./suspects.ts";

/** The picker's state, as far as the end-game needs it. */
export interface EndGameParts {
  readonly layout: Layout;
  readonly begun: BegunPieces;
  readonly owners: PieceOwners;
  readonly suspects: Suspects;
  readonly deliveries: Deliveries;
  readonly isServing: (link: LinkId) => boolean;
}

/** Requests of others that one look considers: with 50 links of 500 requests each it must stay cheap. */
const MAX_LOOKED = 256;

/** Requests that one choice considers because they may be late. */
export const MAX_LATE = 256;

/** Another copy must be expected so many times sooner: what we expect is a guess, and a copy that barely wins is mostly waste. */
const TIMES_SOONER = 1.5;

/** Once so large a part of the blocks, and a few, are requested twice, a further copy must be expected so many times sooner. */
const SHARE_AGAIN = 1 / 4;
const FEW_AGAIN = 2;
const MUCH_SOONER = 4;

/**
 * The end-game: everything missing is requested, and some of it from peers that will be the last to send it. We ask another
 * peer, too, where its copy would come sooner; the copy that comes second is waste. Many copies under way compete for the same
 * lines, so more than a few of them must come much sooner.
 */
export class EndGame {
  readonly #parts: EndGameParts;
  /** How many peers we ask for the same block. */
  readonly #copies: number;

  constructor(parts: EndGameParts, copies: number) {
    this.#parts = parts;
    this.#copies = copies;
  }

  /** Asks the link for blocks that others owe until `picked` has `count`: first what would come last. */
  pick(link: LinkId, has: Offers, count: number, now: Millis, picked: Block[]): void {
    const { begun, deliveries } = this.#parts;
    let looked = 0;
    const { askedBlocks } = begun;
    const isEnough = () => begun.requestCount - askedBlocks >= Math.max(FEW_AGAIN, askedBlocks * SHARE_AGAIN);
    for (const other of this.#slowest(link, now)) {
      const requests = [...begun.requestsTo(other).values()];
      for (let ahead = requests.length - 1; ahead >= 0 && picked.length < count; ahead--) {
        const times = isEnough() && !this.#isSilent(other, now) ? MUCH_SOONER : TIMES_SOONER;
        const mine = deliveries.soonest(link, begun.requestsTo(link), now) * times;
        if (!this.#wins(mine, other, ahead, now) || looked >= MAX_LOOKED) break;
        looked += 1;
        const { block } = requests[ahead] as { readonly block: Block };
        if (!has.has(block.piece) || !this.#mayAsk(link, block, mine, now)) continue;
        begun.askAgain(block, link, now);
        picked.push(block);
      }
    }
  }

  /**
   * Asks the link for blocks of a piece that nobody asked will send within so many milliseconds, until `picked` has `count`. Looks
   * at `looks.requests` of them at most, and takes off what it has looked at.
   */
  pickLate(
    link: LinkId,
    { piece, askedOf, heldFrom }: BegunPiece,
    withinMillis: number,
    count: number,
    now: Millis,
    picked: Block[],
    looks: { requests: number },
  ): void {
    const { begun, deliveries } = this.#parts;
    for (let at = 0; at < askedOf.length && picked.length < count && looks.requests > 0; at++) {
      const asked = askedOf[at] as Set<LinkId>;
      if (heldFrom[at] !== undefined || asked.size === 0 || asked.has(link)) continue;
      looks.requests -= asked.size;
      const block = this.#parts.layout.block(piece, at);
      const isLate = (other: LinkId): boolean =>
        this.#remaining(other, begun.ahead(other, block), now) > withinMillis;
      const mine = deliveries.soonest(link, begun.requestsTo(link), now);
      if (![...asked].every(isLate) || !this.#mayAsk(link, block, mine, now)) continue;
      begun.askAgain(block, link, now);
      picked.push(block);
    }
  }

  #isSilent(link: LinkId, now: Millis): boolean {
    const { begun, deliveries, isServing } = this.#parts;
    return !isServing(link) || deliveries.isSilent(link, begun.requestsTo(link), now);
  }

  /** The links that owe us blocks, the one first that will need longest. */
  #slowest(link: LinkId, now: Millis): readonly LinkId[] {
    const { begun } = this.#parts;
    return begun
      .asked()
      .filter((other) => other !== link)
      .map((other) => ({ other, millis: this.#remaining(other, begun.requestsTo(other).size - 1, now) }))
      .sort((left, right) => right.millis - left.millis)
      .map(({ other }) => other);
  }

  #wins(mine: number, other: LinkId, ahead: number, now: Millis): boolean {
    return mine < this.#remaining(other, ahead, now);
  }

  /** A peer that does not serve us sends nothing. */
  #remaining(link: LinkId, ahead: number, now: Millis): number {
    const { begun, deliveries, isServing } = this.#parts;
    if (!isServing(link)) return Number.POSITIVE_INFINITY;
    return deliveries.remaining(link, begun.requestsTo(link), ahead, now);
  }

  /** Peers that send nothing must not use up all copies: for a proven peer only proven ones count. */
  #mayAsk(link: LinkId, block: Block, mine: number, now: Millis): boolean {
    const { begun, owners, suspects, isServing } = this.#parts;
    const askedOf = begun.askedOf(block);
    if (suspects.has(block.piece) || askedOf.has(link)) return false;
    const gives = (other: LinkId): boolean => owners.isProven(other) && isServing(other);
    const counts = gives(link) ? [...askedOf].filter(gives).length : askedOf.size;
    if (counts >= this.#copies) return false;
    return [...askedOf].every((other) => this.#wins(mine, other, begun.ahead(other, block), now));
  }
}
