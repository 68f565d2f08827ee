import type { Bitfield } from "../../base/bitfield.ts";
import type { LinkId, Millis, PieceIndex } from "../../base/ids.ts";
import type { Random } from "../../base/random.ts";
import { BLOCK_BYTES, type Block, type Layout } from "../../meta/layout.ts";
import { type BegunPiece, BegunPieces, type Request } from "./begun-pieces.ts";
import { Choice, type ChoiceLimits } from "./choice.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";
import { Deliveries } from "./deliveries.ts";
import { PieceOwners } from "./piece-owners.ts";
import { PreferredOrder } from "./preferred-order.ts";
import { type AskedBlock, surplusRequests } from "./surplus.ts";
import { type SuspectLimits, Suspects } from "./suspects.ts";

/** What a block's arrival did to its piece. */
export type Arrival = "pieceOpen" | "pieceFull" | "notWanted";

export interface PickerLimits extends SuspectLimits, ChoiceLimits {}

/** What the picker asks and tells its session. */
export interface PickerPorts {
  /** We give up a begun piece, because nobody has it any more or it is not wanted: its blocks can be forgotten. */
  readonly dropped: (piece: PieceIndex) => void;
  /** The peer has unchoked us and sends what we request. */
  readonly isServing: (link: LinkId) => boolean;
  /** We take back a request, though the peer may still answer it. */
  readonly withdrawn: (link: LinkId, block: Block) => void;
}

const NOBODY: readonly LinkId[] = [];

/**
 * Decides which blocks to request from a peer, as `Choice` chooses. What we hold, what each peer has and what we asked it for is kept here alone. Knows
 * no clock, link or storage.
 *
 * Invariant: a wanted piece is still to come, begun, or held.
 *
 * Before changing this, think of: peers that leave with requests outstanding, pieces that fail their check, peers that
 * reject, duplicates in the end-game, files that are not selected, memory for begun pieces.
 */
export class PiecePicker {
  readonly #held: Bitfield;
  #wanted: Bitfield;
  readonly #layout: Layout;
  readonly #owners: PieceOwners;
  readonly #order: PreferredOrder;
  readonly #begun: BegunPieces;
  readonly #suspects: Suspects;
  readonly #deliveries = new Deliveries();
  readonly #deadlines: Deadlines;
  readonly #choice: Choice;
  #missingCount: number;
  readonly #ports: PickerPorts;

  constructor(
    layout: Layout,
    held: Bitfield,
    wanted: Bitfield,
    limits: PickerLimits,
    random: Random,
    ports: PickerPorts,
  ) {
    this.#ports = ports;
    this.#layout = layout;
    this.#held = held.copy();
    this.#wanted = wanted;
    const missing = this.#missing();
    this.#missingCount = missing.length;
    this.#begun = new BegunPieces(layout, ports.withdrawn);
    const isMissing = (piece: PieceIndex): boolean => this.#wanted.has(piece) && !this.#held.has(piece);
    const countChanged = (piece: PieceIndex): void => this.#order.countChanged(piece);
    this.#owners = new PieceOwners(layout.pieceCount, isMissing, countChanged);
    this.#order = new PreferredOrder(missing, layout.pieceCount, this.#owners.counts, random);
    this.#deadlines = new Deadlines(layout.pieceCount, isMissing);
    this.#suspects = new Suspects(limits, this.#owners, ports.isServing);
    this.#choice = new Choice(
      {
        layout,
        order: this.#order,
        begun: this.#begun,
        owners: this.#owners,
        suspects: this.#suspects,
        deliveries: this.#deliveries,
        deadlines: this.#deadlines,
        isServing: ports.isServing,
        heldCount: () => this.#held.count,
        drop: (begun) => this.#drop(begun),
      },
      limits,
    );
  }

  /** Every wanted piece is held. */
  get isComplete(): boolean {
    return this.#missingCount === 0;
  }

  /** Somebody waits for blocks that we have requested: another peer may be sooner by now. */
  isPressed(now: Millis): boolean {
    return this.#choice.isEndGame || this.#deadlines.urgent(now).length > 0;
  }

  /** Somebody waits for pieces that we lack. */
  get hasDeadlines(): boolean {
    return this.#deadlines.isAny;
  }

  /** Whether one of these pieces is missing and wanted soon. */
  isAnyUrgent(pieces: readonly PieceIndex[], now: Millis): boolean {
    return this.#deadlines.urgent(now).some(({ piece }) => pieces.includes(piece));
  }

  /** Requests to take back, with room for `room` more: see `surplusRequests`. */
  surplus(room: number, now: Millis): readonly AskedBlock[] {
    const parts = {
      begun: this.#begun,
      deadlines: this.#deadlines,
      owners: this.#owners,
      suspects: this.#suspects,
      layout: this.#layout,
      freePieces: this.#choice.freePieces,
    };
    return surplusRequests(parts, room, now);
  }

  /** Pieces that are wanted at certain times, in place of all those before. */
  setDeadlines(deadlines: readonly Deadline[]): void {
    this.#deadlines.set(deadlines);
  }

  /**
   * Only these pieces are wanted from now on, `preferred` ones first. Gives up begun pieces that are not, except those that are
   * being hashed.
   */
  want(wanted: Bitfield, preferred: Bitfield | undefined): void {
    this.#wanted = wanted;
    for (const begun of [...this.#begun.all()]) {
      if (!wanted.has(begun.piece) && !begun.isFull) this.#giveUp(begun);
    }
    const missing = this.#missing();
    this.#missingCount = missing.length;
    this.#order.reset(
      missing.filter((piece) => this.#begun.at(piece) === undefined),
      preferred,
    );
    this.#owners.allMissingChanged();
    this.#deadlines.missingChanged();
  }

  /** New pieces come in the order of the torrent from now on, preferred ones first, or the rarest first. */
  takeInOrder(isInOrder: boolean): void {
    this.#order.takeInOrder(isInOrder);
  }

  /** Verified pieces that can be read. */
  get held(): Bitfield {
    return this.#held;
  }

  /** The pieces that the peer says it has. Undefined: it has said nothing. */
  piecesOf(link: LinkId): Bitfield | undefined {
    return this.#owners.piecesOf(link);
  }

  /** The unanswered requests to the peer, the oldest first. */
  requestsTo(link: LinkId): ReadonlyMap<number, Request> {
    return this.#begun.requestsTo(link);
  }

  /** Unanswered requests to all peers. */
  get requestCount(): number {
    return this.#begun.requestCount;
  }

  /** An unanswered request to the peer. The numbers may come from outside. */
  requestTo(link: LinkId, piece: number, begin: number): Request | undefined {
    return this.#begun.requestTo(link, piece, begin);
  }

  /** The peer has this piece. False: it had said so before. */
  peerHas(link: LinkId, piece: PieceIndex): boolean {
    return this.#owners.has(link, piece);
  }

  /** The same for every set bit. Returns those that are news. */
  peerHasThese(link: LinkId, pieces: Bitfield): readonly PieceIndex[] {
    return this.#owners.hasThese(link, pieces);
  }

  /** The peer lacks this piece after all: it rejected a request for it. False: we knew that. */
  peerLacks(link: LinkId, piece: PieceIndex): boolean {
    const isNews = this.#owners.lacks(link, piece);
    if (isNews) this.#askOthers(link, piece);
    return isNews;
  }

  /** Forgets the peer. Blocks requested from nobody else are wanted again. */
  peerLeft(link: LinkId): void {
    this.releaseAll(link);
    this.#owners.left(link);
    this.#deliveries.left(link);
    this.#suspects.left(link);
  }

  /** See `PieceOrder`. */
  shareWith(place: number, leechers: number): void {
    this.#order.shareWith(place, leechers);
  }

  /** What we have of a piece. `begun`: we have requested blocks of it. */
  stateOf(piece: PieceIndex): "missing" | "begun" | "held" | "notWanted" {
    if (this.#held.has(piece)) return "held";
    if (!this.#wanted.has(piece)) return "notWanted";
    return this.#begun.at(piece) === undefined ? "missing" : "begun";
  }

  /** How many of the peers here have this piece. */
  availability(piece: PieceIndex): number {
    return this.#owners.counts.of(piece);
  }

  /** Whether the peer has anything we lack. */
  isInteresting(link: LinkId): boolean {
    return this.#owners.isInteresting(link);
  }

  /** At most `count` blocks to request from this peer; they count as requested. Empty: it has none that we want. */
  pick(link: LinkId, count: number, now: Millis): readonly Block[] {
    const has = this.#owners.offersOf(link);
    if (has === undefined || !this.isInteresting(link) || count <= 0) return [];
    return this.#choice.pick(link, has, count, now);
  }

  /** A run of at most `count` adjoining blocks to fetch from a web seed; they count as requested. Empty: it has none that we want. */
  pickRun(link: LinkId, count: number, now: Millis): readonly Block[] {
    const has = this.#owners.offersOf(link);
    if (has === undefined || !this.isInteresting(link) || count <= 0) return [];
    return this.#choice.pickRun(link, has, count, now);
  }

  /** Takes the block, if we want it. Its requests have ended: this peer's, and if we take it, those to `othersAsked`. */
  blockArrived(link: LinkId, block: Block, now: Millis): Arrival {
    const { piece, begin } = block;
    const request = this.requestTo(link, piece, begin);
    if (request !== undefined) this.#deliveries.arrived(link, now, request.at);
    const begun = this.#begun.at(piece);
    const at = begin / BLOCK_BYTES;
    if (begun === undefined || begun.isFull || at >= begun.askedOf.length) return "notWanted";
    if (begun.heldFrom[at] !== undefined || !this.#suspects.takesFrom(piece, link)) {
      this.release(link, block);
      return "notWanted";
    }
    this.#begun.hold(begun, at, link);
    this.#suspects.gave(piece);
    return begun.isFull ? "pieceFull" : "pieceOpen";
  }

  /** The other links asked for this block, so that the session can cancel those requests when it arrives. */
  othersAsked(link: LinkId, block: Block): readonly LinkId[] {
    const askedOf = this.#begun.at(block.piece)?.askedOf[block.begin / BLOCK_BYTES];
    if (askedOf === undefined || askedOf.size === 0 || (askedOf.size === 1 && askedOf.has(link)))
      return NOBODY;
    return [...askedOf].filter((other) => other !== link);
  }

  /** Who sent each block of a full piece. */
  senders(piece: PieceIndex): readonly (LinkId | undefined)[] {
    return this.#begun.at(piece)?.heldFrom ?? [];
  }

  /** The peer will not send this block: it rejected, choked or kept us waiting. */
  release(link: LinkId, block: Block): void {
    const begun = this.#begun.at(block.piece);
    if (begun !== undefined) this.#begun.release(begun, block.begin / BLOCK_BYTES, link);
  }

  /** The peer will send none of the blocks we requested; a piece that we asked it alone for starts over. */
  releaseAll(link: LinkId): void {
    this.#begun.releaseAll(link);
    for (const begun of this.#begun.all()) this.#askOthers(link, begun.piece);
  }

  /** Frees failed pieces that a link asked alone lets wait while others could send them. Returns both. */
  takeFromLate(now: Millis): readonly { readonly piece: PieceIndex; readonly link: LinkId }[] {
    const late = this.#suspects.late(now);
    for (const { piece, link } of late) this.#askOthers(link, piece);
    return late;
  }

  /** The peer sends bad data: drops what it sent, which would spoil the pieces that others complete. */
  disbelieve(link: LinkId): void {
    this.#begun.disbelieve(link);
  }

  /**
   * A full piece was hashed. If it is bad, every block of it is wanted again, from one peer alone. True: we hold it from now
   * on.
   */
  pieceChecked(piece: PieceIndex, good: boolean): boolean {
    const begun = this.#begun.at(piece);
    if (begun === undefined) return false;
    if (good) {
      this.#owners.proved(begun.heldFrom);
      this.#end(begun);
      return this.#hold(piece);
    }
    if (!this.#wanted.has(piece) || this.#held.has(piece)) this.#giveUp(begun);
    else {
      this.#suspects.failed(piece);
      this.#begun.wantAgain(begun);
    }
    return false;
  }

  /** A full piece could not be stored: every block of it is wanted again, and nobody is to blame. */
  retry(piece: PieceIndex): void {
    const begun = this.#begun.at(piece);
    if (begun === undefined) return;
    if (!this.#wanted.has(piece) || this.#held.has(piece)) return this.#giveUp(begun);
    this.#suspects.askAnybody(piece);
    this.#begun.wantAgain(begun);
  }

  /** A held piece can no longer be read: it is missing again. False: we did not hold it. */
  pieceLost(piece: PieceIndex): boolean {
    if (!this.#held.clear(piece)) return false;
    if (!this.#wanted.has(piece)) return true;
    this.#order.add(piece);
    this.#deadlines.missingChanged();
    this.#missingCount += 1;
    this.#owners.missingChanged(piece, true);
    return true;
  }

  /** A piece turned out to be in the storage already: nobody need send it, unless it is being hashed. False: we held it. */
  pieceFound(piece: PieceIndex): boolean {
    const begun = this.#begun.at(piece);
    if (begun !== undefined && !begun.isFull) this.#giveUp(begun);
    this.#order.remove(piece);
    return this.#hold(piece);
  }

  /** In ascending order. */
  #missing(): PieceIndex[] {
    const missing: PieceIndex[] = [];
    for (const piece of this.#layout.pieces())
      if (this.#wanted.has(piece) && !this.#held.has(piece)) missing.push(piece);
    return missing;
  }

  #hold(piece: PieceIndex): boolean {
    if (!this.#held.set(piece)) return false;
    if (!this.#wanted.has(piece)) return true;
    this.#missingCount -= 1;
    this.#owners.missingChanged(piece, false);
    return true;
  }

  #end(begun: BegunPiece): void {
    this.#begun.end(begun);
    this.#suspects.cleared(begun.piece);
  }

  /** Nobody has the piece any more: it is still to come. */
  #drop(begun: BegunPiece): void {
    this.#giveUp(begun);
    this.#order.add(begun.piece);
  }

  #giveUp(begun: BegunPiece): void {
    this.#end(begun);
    this.#ports.dropped(begun.piece);
  }

  /** We asked the peer alone for this piece, and it does not send it: start over with others. */
  #askOthers(link: LinkId, piece: PieceIndex): void {
    const begun = this.#begun.at(piece);
    if (begun === undefined || begun.isFull || !this.#suspects.letWait(piece, link)) return;
    this.#begun.wantAgain(begun);
  }
}
