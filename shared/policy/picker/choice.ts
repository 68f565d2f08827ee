import type { LinkId, Millis, PieceIndex } from "../../base/ids.ts";
import { BLOCK_BYTES, type Block, type Layout } from "../../meta/layout.ts";
import type { BegunPiece } from "./begun-pieces.ts";
import type { Deadlines, Due } from "./deadlines.ts";
import { EndGame, type EndGameParts, MAX_LATE } from "./end-game.ts";
import type { Offers } from "./piece-owners.ts";
import type { PreferredOrder } from "./preferred-order.ts";

export interface ChoiceLimits {
  /** Most bytes of begun pieces at the same time; one piece is always allowed. */
  readonly openPiecesBytes: number;
  /** How many peers we ask for the same block in the end-game, or if it is late. */
  readonly endGameCopies: number;
  /** Requests to a peer that has sent no good piece yet, if a piece has fewer blocks. */
  readonly newcomerBlocks: number;
  /** Pieces picked at random before the rarest come first: a newcomer quickly needs something to give. */
  readonly randomPieces: number;
}

/** The picker's state, as far as a choice needs it. */
export interface ChoiceParts extends EndGameParts {
  readonly layout: Layout;
  readonly order: PreferredOrder;
  readonly deadlines: Deadlines;
  /** How many pieces we hold. */
  readonly heldCount: () => number;
  /** Ends a begun piece that nobody has any more. */
  readonly drop: (begun: BegunPiece) => void;
}

/** Where pieces are few and large, we need whole ones to give: newcomers help with begun ones once one of so many is begun. */
const MOST_OPEN = 64;

/** Pieces with a deadline are to be requested so long before it: long enough to ask somebody else if one falls silent. */
const BEHIND_MILLIS = 5_000;

/** Links that one choice looks at for pieces with deadlines: any message may lead to one, and so must stay cheap with 200 links. */
const MAX_LOOKED = 1_024;

/** What one peer is asked for in one go. */
interface Pick {
  readonly link: LinkId;
  readonly has: Offers;
  readonly count: number;
  readonly now: Millis;
  readonly picked: Block[];
  /** How many more links, and requests, it may look at. */
  readonly looks: Looks;
}

/** What one choice may still look at because of deadlines. */
interface Looks {
  links: number;
  requests: number;
}

/**
 * Chooses what to request from a peer: pieces with deadlines, begun pieces, the rarest piece, and in the end-game what others owe.
 */
export class Choice {
  readonly #parts: ChoiceParts;
  readonly #limits: ChoiceLimits;
  readonly #endGame: EndGame;

  constructor(parts: ChoiceParts, limits: ChoiceLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#endGame = new EndGame(parts, limits.endGameCopies);
  }

  /** We have requested everything missing, and wait for it. */
  get isEndGame(): boolean {
    const { begun, order } = this.#parts;
    return begun.count > 0 && begun.wantedBlocks === 0 && order.isEmpty;
  }

  /** How many more pieces we may begin. */
  get freePieces(): number {
    const { begun, layout } = this.#parts;
    return Math.max(1, Math.floor(this.#limits.openPiecesBytes / layout.pieceLength)) - begun.count;
  }

  /** At most `count` blocks of the pieces in `has`; they count as requested. */
  pick(link: LinkId, has: Offers, count: number, now: Millis): readonly Block[] {
    const isNewcomer = !this.#parts.owners.isProven(link);
    const most = isNewcomer ? Math.min(count, this.#trust(link)) : count;
    if (most <= 0) return [];
    const looks = { links: MAX_LOOKED, requests: MAX_LATE };
    const pick: Pick = { link, has, count: most, now, picked: [], looks };
    this.#pickUrgent(pick);
    if (this.#isBehind(pick)) return pick.picked;
    if (isNewcomer) this.#pickAlone(pick);
    if (this.#parts.begun.wantedBlocks > 0) this.#pickFromBegun(pick, () => true);
    this.#pickFromNew(pick);
    if (pick.picked.length < most && this.isEndGame) this.#endGame.pick(link, has, most, now, pick.picked);
    return pick.picked;
  }

  /**
   * A run of at most `count` adjoining blocks for a web seed; they count as requested. What peers deliver stays with them while there
   * is anything else, because a server's bytes cost its owner more than those of peers.
   */
  pickRun(link: LinkId, has: Offers, count: number, now: Millis): readonly Block[] {
    const looks = { links: MAX_LOOKED, requests: MAX_LATE };
    const pick: Pick = { link, has, count, now, picked: [], looks };
    const piece = this.#forRun(pick);
    if (piece === undefined) return this.isEndGame ? this.#pickRunAgain(pick) : [];
    this.#parts.suspects.askOnly(piece.piece, link);
    this.#parts.begun.askRun(piece, link, count, now, pick.picked);
    this.#extendRun(pick);
    return pick.picked;
  }

  /** Where to begin: a piece that somebody waits for, one that nobody delivers, a new one, or at last one that others deliver. */
  #forRun({ link, has, now }: Pick): BegunPiece | undefined {
    const { begun, deadlines, suspects } = this.#parts;
    const fits = (piece: BegunPiece): boolean =>
      piece.wantedCount > 0 && has.has(piece.piece) && suspects.mayAsk(piece.piece, link);
    for (const due of deadlines.urgent(now)) {
      const piece = begun.at(due.piece) ?? (has.has(due.piece) ? this.#begin(due.piece) : undefined);
      if (piece !== undefined && fits(piece)) return piece;
    }
    const open = begun.wantedBlocks === 0 ? [] : [...begun.all()].filter(fits);
    const free = open.find((piece) => !begun.isAskedOfOthers(piece, link));
    if (free !== undefined) return free;
    const next = this.#next(has);
    return next === undefined ? open[0] : begun.begin(next);
  }

  /** Goes on into the pieces that follow, as long as nobody has begun them. */
  #extendRun({ link, has, count, now, picked }: Pick): void {
    const { layout, begun, order } = this.#parts;
    for (let last = picked.at(-1); last !== undefined && picked.length < count; last = picked.at(-1)) {
      const next = layout.piece(last.piece + 1);
      const isEnd = last.begin + last.length === layout.pieceBytes(last.piece);
      if (!isEnd || next === undefined || !has.has(next) || !this.#hasRoom() || !order.remove(next)) return;
      begun.askRun(begun.begin(next), link, count, now, picked);
    }
  }

  /** In the end-game: of what others owe, the first run. */
  #pickRunAgain({ link, has, count, now, picked }: Pick): readonly Block[] {
    const { begun } = this.#parts;
    this.#endGame.pick(link, has, count, now, picked);
    picked.sort((left, right) => left.piece - right.piece || left.begin - right.begin);
    const gap = picked.findIndex((block, at) => {
      const before = picked[at - 1];
      return (
        before !== undefined && (block.piece !== before.piece || block.begin !== before.begin + before.length)
      );
    });
    const run = gap < 0 ? picked : picked.slice(0, gap);
    for (const block of picked.slice(run.length)) {
      const piece = begun.at(block.piece);
      if (piece !== undefined) begun.release(piece, block.begin / BLOCK_BYTES, link);
    }
    return run;
  }

  /** How many more requests a peer may have that has sent no good piece yet. */
  #trust(link: LinkId): number {
    const { layout, begun } = this.#parts;
    const blocks = Math.ceil(layout.pieceLength / BLOCK_BYTES);
    return Math.max(this.#limits.newcomerBlocks, blocks) - begun.requestsTo(link).size;
  }

  /**
   * A peer that has sent no good piece yet gets one piece to itself: it proves the peer, or convicts it, and little comes in vain.
   */
  #pickAlone(pick: Pick): void {
    const { begun, layout } = this.#parts;
    this.#pickFromBegun(pick, ({ askers }) => askers.size === 1 && askers.has(pick.link));
    if (begun.count * MOST_OPEN <= layout.pieceCount) this.#pickFromNew(pick);
  }

  /** Pieces that somebody waits for, in order of time. A block that will be late is requested from a second peer. */
  #pickUrgent(pick: Pick): void {
    const { begun, deadlines } = this.#parts;
    const { link, has, count, now, picked, looks } = pick;
    for (const due of deadlines.urgent(now)) {
      if (picked.length >= count) return;
      if (!has.has(due.piece) || this.#isForFaster(pick, due)) continue;
      const piece = begun.at(due.piece) ?? this.#begin(due.piece);
      if (piece === undefined || piece.isFull) continue;
      if (piece.wantedCount > 0) this.#pickFrom(piece, pick);
      this.#endGame.pickLate(link, piece, due.at - now, count, now, picked, looks);
    }
  }

  /**
   * Somebody serves a piece that is wanted very soon, and we have not requested all of it: other pieces would fill our line. Nothing
   * waits for whoever is silent, perhaps on purpose.
   */
  #isBehind({ now, looks }: Pick): boolean {
    const { begun, deadlines, deliveries, isServing } = this.#parts;
    const sends = (other: LinkId): boolean =>
      isServing(other) && !deliveries.isSilent(other, begun.requestsTo(other), now);
    for (const due of deadlines.urgent(now)) {
      if (due.at > now + BEHIND_MILLIS) return false;
      const piece = begun.at(due.piece);
      const canAsk = piece === undefined ? this.#hasRoom() : piece.wantedCount > 0;
      if (canAsk && this.#hasSome(due.piece, looks, sends)) return true;
    }
    return false;
  }

  /** This peer would be late, and another one would not. */
  #isForFaster({ link, now, looks }: Pick, due: Due): boolean {
    return !this.#isInTime(link, due, now) && this.#comesInTime(due, now, looks);
  }

  /** Somebody who serves us could send a block of the piece before it is wanted. */
  #comesInTime(due: Due, now: Millis, looks: Looks): boolean {
    const { isServing } = this.#parts;
    return this.#hasSome(due.piece, looks, (other) => isServing(other) && this.#isInTime(other, due, now));
  }

  /** Whether a link that `fits` has the piece, as far as we may look. */
  #hasSome(piece: PieceIndex, looks: Looks, fits: (link: LinkId) => boolean): boolean {
    const { owners } = this.#parts;
    if (looks.links < owners.size) return false;
    looks.links -= owners.size;
    return owners.some(piece, fits);
  }

  #isInTime(link: LinkId, { at }: Due, now: Millis): boolean {
    const { begun, deliveries } = this.#parts;
    return deliveries.soonest(link, begun.requestsTo(link), now) <= at - now;
  }

  #begin(piece: PieceIndex): BegunPiece | undefined {
    const { begun, order } = this.#parts;
    if (!this.#hasRoom() && !this.#dropOrphan()) return undefined;
    order.remove(piece);
    return begun.begin(piece);
  }

  #pickFromNew(pick: Pick): void {
    while (pick.picked.length < pick.count) {
      const piece = this.#next(pick.has);
      if (piece === undefined) return;
      this.#pickFrom(this.#parts.begun.begin(piece), pick);
    }
  }

  #pickFromBegun(pick: Pick, fits: (begun: BegunPiece) => boolean): void {
    for (const begun of this.#parts.begun.all()) {
      if (pick.picked.length >= pick.count) return;
      if (begun.wantedCount > 0 && pick.has.has(begun.piece) && fits(begun)) this.#pickFrom(begun, pick);
    }
  }

  #pickFrom(piece: BegunPiece, { link, count, now, picked }: Pick): void {
    const { begun, suspects } = this.#parts;
    if (!suspects.mayAsk(piece.piece, link)) return;
    suspects.askOnly(piece.piece, link);
    begun.askWanted(piece, link, count, now, picked);
  }

  /** The next piece to begin, of those in `has`. */
  #next(has: Offers): PieceIndex | undefined {
    const { begun, order, heldCount } = this.#parts;
    if (!this.#hasRoom() && !this.#dropOrphan()) return undefined;
    return order.take(has, heldCount() + begun.count < this.#limits.randomPieces);
  }

  #hasRoom(): boolean {
    return this.freePieces > 0;
  }

  /** Begun pieces that nobody has any more must not keep us from available ones. */
  #dropOrphan(): boolean {
    const { begun, owners, drop } = this.#parts;
    for (const each of begun.all()) {
      if (each.isFull || owners.counts.of(each.piece) > 0) continue;
      drop(each);
      return true;
    }
    return false;
  }
}
