import { Bitfield } from "../base/bitfield.ts";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { BLOCK_BYTES, type Block, type Layout } from "../meta/layout.ts";

/** What a block's arrival did to its piece. */
export type Arrival = "pieceOpen" | "pieceFull" | "notWanted";

export interface PickerLimits {
  /** Bytes of pieces that may be begun at the same time; one piece always may. */
  readonly openPiecesBytes: number;
  /** Of how many peers one block may be asked in the end-game. */
  readonly endGameCopies: number;
  /** Pieces taken at random before the rarest come first: a newcomer needs something to give quickly. */
  readonly randomPieces: number;
}

interface OpenPiece {
  readonly piece: PieceIndex;
  readonly askedOf: Set<LinkId>[];
  readonly heldFrom: (LinkId | undefined)[];
  wantedCount: number;
  heldCount: number;
  /** All blocks are here and the piece is being hashed. */
  isFull: boolean;
}

/** A piece that failed its check is asked of one peer alone, so that the next failure names its culprit. */
interface Suspicion {
  readonly earlierSenders: Set<LinkId>;
  onlyFrom: LinkId | undefined;
}

const NOBODY: readonly LinkId[] = [];
const FIRST_TURN = 1; // None is rarer than a piece that only one peer has.

/**
 * Decides which blocks to ask a peer for: blocks of begun pieces first, then the rarest piece, and at the
 * very end the last few blocks from several peers at once. Holds no clock, no link and no storage.
 *
 * Invariant: every block of a wanted piece is in exactly one state: wanted, asked (of at least one link) or
 * held; a piece is untouched, open, or held as a whole.
 *
 * To think of before a change: peers that leave with blocks asked, pieces that fail their check, peers that
 * reject, duplicates in the end-game, files that are not selected, memory for open pieces.
 */
export class PiecePicker {
  readonly #layout: Layout;
  readonly #limits: PickerLimits;
  readonly #held: Bitfield;
  readonly #wanted: Bitfield;
  readonly #availability: Uint16Array;
  readonly #peers = new Map<LinkId, { readonly has: Bitfield; missingHere: number }>();
  /** Wanted pieces that are neither held nor open, in an order of this picker's own: ties are broken by it. */
  readonly #untouched: PieceIndex[] = [];
  readonly #open = new Map<PieceIndex, OpenPiece>();
  readonly #suspicions = new Map<PieceIndex, Suspicion>();
  #wantedBlocks = 0;
  #missingCount = 0;
  #place = 0;
  #leechers = 1;
  readonly #dropped: (piece: PieceIndex) => void;

  /** `dropped` is told of begun pieces that are given up because nobody has them any more: their blocks can be forgotten. */
  constructor(
    layout: Layout,
    held: Bitfield,
    wanted: Bitfield,
    limits: PickerLimits,
    random: Random,
    dropped: (piece: PieceIndex) => void,
  ) {
    this.#layout = layout;
    this.#limits = limits;
    this.#dropped = dropped;
    this.#held = held.copy();
    this.#wanted = wanted;
    this.#availability = new Uint16Array(layout.pieceCount);
    for (let index = 0; index < layout.pieceCount; index++) {
      if (wanted.has(index) && !held.has(index)) this.#untouched.push(index as PieceIndex);
    }
    this.#missingCount = this.#untouched.length;
    shuffle(this.#untouched, random);
  }

  /** Every wanted piece is held. */
  get isComplete(): boolean {
    return this.#missingCount === 0;
  }

  /** The peer has this piece. Said once for each bit of its bitfield and each `have`. */
  peerHas(link: LinkId, piece: PieceIndex): void {
    const peer = this.#peer(link);
    if (!peer.has.set(piece)) return;
    this.#availability[piece] = (this.#availability[piece] ?? 0) + 1;
    if (this.#isMissing(piece)) peer.missingHere += 1;
  }

  /** The peer does not have this piece after all: it rejected a request for it. False: that was known. */
  peerLacks(link: LinkId, piece: PieceIndex): boolean {
    const peer = this.#peer(link);
    if (!peer.has.clear(piece)) return false;
    this.#availability[piece] = (this.#availability[piece] ?? 1) - 1;
    if (this.#isMissing(piece)) peer.missingHere -= 1;
    this.#excuse(link, piece);
    return true;
  }

  /** Forgets the peer. Blocks asked of nobody else are wanted again. */
  peerLeft(link: LinkId): void {
    this.releaseAll(link);
    const peer = this.#peers.get(link);
    if (peer === undefined) return;
    this.#peers.delete(link);
    for (let index = 0; index < peer.has.length; index++) {
      if (peer.has.has(index)) this.#availability[index] = (this.#availability[index] ?? 1) - 1;
    }
  }

  /**
   * We are the `place`th (from 0) of so many leechers here. Each begins with its own share of the pieces that only
   * one peer has, so that this peer need not send them twice: the leechers have them from each other afterwards.
   */
  shareWith(place: number, leechers: number): void {
    this.#place = place;
    this.#leechers = leechers;
  }

  /** How many of the peers here have this piece. */
  availability(piece: PieceIndex): number {
    return this.#availability[piece] ?? 0;
  }

  /** Whether the peer has anything that is missing here. */
  isInteresting(link: LinkId): boolean {
    return (this.#peers.get(link)?.missingHere ?? 0) > 0;
  }

  /** At most `count` blocks to ask this peer for; each is asked from now on. Empty: it has nothing wanted. */
  pick(link: LinkId, count: number): readonly Block[] {
    const peer = this.#peers.get(link);
    if (peer === undefined || peer.missingHere === 0 || count <= 0) return [];
    const picked: Block[] = [];
    if (this.#wantedBlocks > 0) this.#pickFromOpen(link, peer.has, count, picked);
    while (picked.length < count) {
      const piece = this.#rarest(peer.has);
      if (piece === undefined) break;
      this.#takeWanted(this.#begin(piece), link, count, picked);
    }
    if (picked.length < count && this.#wantedBlocks === 0 && this.#untouched.length === 0) {
      this.#pickAgain(link, peer.has, count, picked);
    }
    return picked;
  }

  /** The block is held from now on. */
  blockArrived(link: LinkId, block: Block): Arrival {
    const open = this.#open.get(block.piece);
    const at = block.begin / BLOCK_BYTES;
    if (open === undefined || open.isFull || open.heldFrom[at] !== undefined) return "notWanted";
    const askedOf = open.askedOf[at];
    const suspicion = this.#suspicions.get(block.piece);
    if (askedOf === undefined || (suspicion !== undefined && suspicion.onlyFrom !== link)) return "notWanted";
    if (askedOf.size === 0) {
      open.wantedCount -= 1;
      this.#wantedBlocks -= 1;
    }
    askedOf.clear();
    open.heldFrom[at] = link;
    open.heldCount += 1;
    open.isFull = open.heldCount === open.heldFrom.length;
    return open.isFull ? "pieceFull" : "pieceOpen";
  }

  /** Who else was asked for this block, so that the session can cancel those requests when it arrives. */
  othersAsked(link: LinkId, block: Block): readonly LinkId[] {
    const askedOf = this.#open.get(block.piece)?.askedOf[block.begin / BLOCK_BYTES];
    if (askedOf === undefined || askedOf.size === 0 || (askedOf.size === 1 && askedOf.has(link)))
      return NOBODY;
    return [...askedOf].filter((other) => other !== link);
  }

  /** Who sent each block of a full piece. */
  senders(piece: PieceIndex): readonly (LinkId | undefined)[] {
    return this.#open.get(piece)?.heldFrom ?? [];
  }

  /** The peer will not send this block: it rejected, choked or kept us waiting. */
  release(link: LinkId, block: Block): void {
    const open = this.#open.get(block.piece);
    const askedOf = open?.askedOf[block.begin / BLOCK_BYTES];
    if (open !== undefined && askedOf !== undefined) this.#takeBack(link, open, askedOf);
  }

  /** The peer will send none of the blocks it was asked for; what it alone was to send is begun anew. */
  releaseAll(link: LinkId): void {
    for (const open of this.#open.values()) {
      for (const askedOf of open.askedOf) this.#takeBack(link, open, askedOf);
      this.#excuse(link, open.piece);
    }
  }

  /** A full piece was hashed. If it is bad, every block of it is wanted again, from one peer alone. */
  pieceChecked(piece: PieceIndex, good: boolean): void {
    const open = this.#open.get(piece);
    if (open === undefined) return;
    if (good) {
      this.#open.delete(piece);
      this.#suspicions.delete(piece);
      this.#hold(piece);
      return;
    }
    const suspicion = this.#suspicions.get(piece) ?? { earlierSenders: new Set(), onlyFrom: undefined };
    for (const link of open.heldFrom) if (link !== undefined) suspicion.earlierSenders.add(link);
    suspicion.onlyFrom = undefined;
    this.#suspicions.set(piece, suspicion);
    open.isFull = false;
    this.#wantAgain(open);
  }

  /** A full piece could not be stored: every block of it is wanted again, and nobody is to blame. */
  retry(piece: PieceIndex): void {
    const open = this.#open.get(piece);
    if (open === undefined) return;
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) suspicion.onlyFrom = undefined;
    open.isFull = false;
    this.#wantAgain(open);
  }

  /** A held piece can no longer be read: it is missing again. */
  pieceLost(piece: PieceIndex): void {
    if (!this.#held.clear(piece) || !this.#wanted.has(piece)) return;
    this.#untouched.push(piece);
    this.#missingCount += 1;
    for (const peer of this.#peers.values()) if (peer.has.has(piece)) peer.missingHere += 1;
  }

  /** A piece turned out to lie in the storage already. */
  pieceFound(piece: PieceIndex): void {
    const at = this.#untouched.indexOf(piece);
    if (at >= 0) this.#untouched.splice(at, 1);
    this.#hold(piece);
  }

  #hold(piece: PieceIndex): void {
    if (!this.#held.set(piece) || !this.#wanted.has(piece)) return;
    this.#missingCount -= 1;
    for (const peer of this.#peers.values()) if (peer.has.has(piece)) peer.missingHere -= 1;
  }

  #isMissing(piece: PieceIndex): boolean {
    return this.#wanted.has(piece) && !this.#held.has(piece);
  }

  #peer(link: LinkId): { readonly has: Bitfield; missingHere: number } {
    const known = this.#peers.get(link);
    if (known !== undefined) return known;
    const peer = { has: new Bitfield(this.#layout.pieceCount), missingHere: 0 };
    this.#peers.set(link, peer);
    return peer;
  }

  #pickFromOpen(link: LinkId, has: Bitfield, count: number, picked: Block[]): void {
    for (const open of this.#open.values()) {
      if (picked.length >= count) return;
      if (open.wantedCount > 0 && has.has(open.piece)) this.#takeWanted(open, link, count, picked);
    }
  }

  #takeWanted(open: OpenPiece, link: LinkId, count: number, picked: Block[]): void {
    if (!this.#mayServe(open.piece, link)) return;
    const suspicion = this.#suspicions.get(open.piece);
    if (suspicion !== undefined) suspicion.onlyFrom = link;
    for (let at = 0; at < open.askedOf.length && picked.length < count && open.wantedCount > 0; at++) {
      const askedOf = open.askedOf[at] as Set<LinkId>;
      if (askedOf.size > 0 || open.heldFrom[at] !== undefined) continue;
      askedOf.add(link);
      open.wantedCount -= 1;
      this.#wantedBlocks -= 1;
      picked.push(this.#layout.block(open.piece, at));
    }
  }

  /** End-game: everything missing has been asked for; ask others too, so that no slow peer holds up the end. */
  #pickAgain(link: LinkId, has: Bitfield, count: number, picked: Block[]): void {
    for (const open of this.#open.values()) {
      if (open.isFull || !has.has(open.piece) || this.#suspicions.has(open.piece)) continue;
      for (let at = 0; at < open.askedOf.length; at++) {
        if (picked.length >= count) return;
        const askedOf = open.askedOf[at] as Set<LinkId>;
        if (open.heldFrom[at] !== undefined || askedOf.has(link)) continue;
        if (askedOf.size >= this.#limits.endGameCopies) continue;
        askedOf.add(link);
        picked.push(this.#layout.block(open.piece, at));
      }
    }
  }

  /** A suspect piece comes from one peer, and from one that has not yet sent a bad copy while there is one. */
  #mayServe(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined) return true;
    if (suspicion.onlyFrom !== undefined) return suspicion.onlyFrom === link;
    if (!suspicion.earlierSenders.has(link)) return true;
    for (const [other, peer] of this.#peers) {
      if (!suspicion.earlierSenders.has(other) && peer.has.has(piece)) return false;
    }
    return true;
  }

  #rarest(has: Bitfield): PieceIndex | undefined {
    if (!this.#hasRoom() && !this.#dropOrphan()) return undefined;
    const takesAny = this.#held.count + this.#open.size < this.#limits.randomPieces;
    let best = -1;
    let bestTurn = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#untouched.length; at++) {
      const piece = this.#untouched[at] as PieceIndex;
      const turn = this.#turn(piece);
      if (turn >= bestTurn || !has.has(piece)) continue;
      best = at;
      bestTurn = turn;
      if (takesAny || turn === FIRST_TURN) break;
    }
    return best < 0 ? undefined : this.#takeUntouched(best);
  }

  /** Lower comes first: the rarer the sooner, but another leecher's share of what one peer alone has comes after ours. */
  #turn(piece: PieceIndex): number {
    const availability = this.#availability[piece] ?? 0;
    const isOurs = this.#leechers === 1 || scatter(piece) % this.#leechers === this.#place;
    return availability > FIRST_TURN || isOurs ? availability : FIRST_TURN + 0.5;
  }

  #hasRoom(): boolean {
    return (
      this.#open.size === 0 ||
      (this.#open.size + 1) * this.#layout.pieceLength <= this.#limits.openPiecesBytes
    );
  }

  /** Begun pieces that nobody has any more must not keep us from those that somebody has. */
  #dropOrphan(): boolean {
    for (const { piece, isFull } of this.#open.values()) {
      if (isFull || (this.#availability[piece] ?? 0) > 0) continue;
      this.#wantedBlocks -= this.#open.get(piece)?.wantedCount ?? 0;
      this.#open.delete(piece);
      this.#suspicions.delete(piece);
      this.#untouched.push(piece);
      this.#dropped(piece);
      return true;
    }
    return false;
  }

  #takeUntouched(at: number): PieceIndex {
    const piece = this.#untouched[at] as PieceIndex;
    const last = this.#untouched.pop() as PieceIndex;
    if (at < this.#untouched.length) this.#untouched[at] = last;
    return piece;
  }

  #begin(piece: PieceIndex): OpenPiece {
    const blockCount = this.#layout.blockCount(piece);
    const open: OpenPiece = {
      piece,
      askedOf: Array.from({ length: blockCount }, () => new Set<LinkId>()),
      heldFrom: new Array<LinkId | undefined>(blockCount).fill(undefined),
      wantedCount: blockCount,
      heldCount: 0,
      isFull: false,
    };
    this.#open.set(piece, open);
    this.#wantedBlocks += blockCount;
    return open;
  }

  #takeBack(link: LinkId, open: OpenPiece, askedOf: Set<LinkId>): void {
    if (!askedOf.delete(link) || askedOf.size > 0) return;
    open.wantedCount += 1;
    this.#wantedBlocks += 1;
  }

  /** The peer need not give this piece alone any more: another one may, from the first block on. */
  #excuse(link: LinkId, piece: PieceIndex): void {
    const open = this.#open.get(piece);
    const suspicion = this.#suspicions.get(piece);
    if (open === undefined || open.isFull || suspicion?.onlyFrom !== link) return;
    suspicion.onlyFrom = undefined;
    this.#wantAgain(open);
  }

  #wantAgain(open: OpenPiece): void {
    this.#wantedBlocks -= open.wantedCount;
    open.heldFrom.fill(undefined);
    for (const askedOf of open.askedOf) askedOf.clear();
    open.heldCount = 0;
    open.wantedCount = open.heldFrom.length;
    this.#wantedBlocks += open.wantedCount;
  }
}

/** The same number for the same piece with everybody, and no pattern in the numbers of neighbours. */
function scatter(piece: PieceIndex): number {
  return Math.imul(piece + 1, 0x9e3779b1) >>> 16;
}
