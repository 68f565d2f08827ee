import type { LinkId, PieceIndex } from "../../base/ids.ts";
import type { Block, Layout } from "../../meta/layout.ts";

/** A piece that we have begun to request. */
export interface BegunPiece {
  readonly piece: PieceIndex;
  /** For each block, the links asked for it. */
  readonly askedOf: readonly Set<LinkId>[];
  /** For each block, who sent it. */
  readonly heldFrom: (LinkId | undefined)[];
  wantedCount: number;
  heldCount: number;
  /** All blocks are here and the piece is being hashed. */
  isFull: boolean;
}

/**
 * The begun pieces, block by block.
 *
 * Invariant: every block is in exactly one state: wanted, asked (of at least one link) or held.
 */
export class BegunPieces {
  readonly #layout: Layout;
  readonly #pieces = new Map<PieceIndex, BegunPiece>();
  #wantedBlocks = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  get count(): number {
    return this.#pieces.size;
  }

  /** Blocks that we have asked nobody for. */
  get wantedBlocks(): number {
    return this.#wantedBlocks;
  }

  at(piece: PieceIndex): BegunPiece | undefined {
    return this.#pieces.get(piece);
  }

  /** In the order in which they were begun. */
  all(): Iterable<BegunPiece> {
    return this.#pieces.values();
  }

  begin(piece: PieceIndex): BegunPiece {
    const blockCount = this.#layout.blockCount(piece);
    const begun: BegunPiece = {
      piece,
      askedOf: Array.from({ length: blockCount }, () => new Set<LinkId>()),
      heldFrom: new Array<LinkId | undefined>(blockCount).fill(undefined),
      wantedCount: blockCount,
      heldCount: 0,
      isFull: false,
    };
    this.#pieces.set(piece, begun);
    this.#wantedBlocks += blockCount;
    return begun;
  }

  end({ piece, wantedCount }: BegunPiece): void {
    this.#wantedBlocks -= wantedCount;
    this.#pieces.delete(piece);
  }

  /** Asks the link for wanted blocks of the piece until `picked` has `count`. */
  askWanted(begun: BegunPiece, link: LinkId, count: number, picked: Block[]): void {
    for (let at = 0; at < begun.askedOf.length && picked.length < count && begun.wantedCount > 0; at++) {
      const askedOf = begun.askedOf[at] as Set<LinkId>;
      if (askedOf.size > 0 || begun.heldFrom[at] !== undefined) continue;
      askedOf.add(link);
      begun.wantedCount -= 1;
      this.#wantedBlocks -= 1;
      picked.push(this.#layout.block(begun.piece, at));
    }
  }

  /**
   * Asks the link for blocks that fewer than `copies` of the links that count have been asked for, until `picked` has
   * `count`.
   */
  askAgain(
    begun: BegunPiece,
    link: LinkId,
    copies: number,
    counts: (asked: LinkId) => boolean,
    count: number,
    picked: Block[],
  ): void {
    for (let at = 0; at < begun.askedOf.length && picked.length < count; at++) {
      const askedOf = begun.askedOf[at] as Set<LinkId>;
      if (begun.heldFrom[at] !== undefined || askedOf.has(link)) continue;
      if (askedOf.size >= copies && [...askedOf].filter(counts).length >= copies) continue;
      askedOf.add(link);
      picked.push(this.#layout.block(begun.piece, at));
    }
  }

  /** The block is held from now on. */
  hold(begun: BegunPiece, at: number, link: LinkId): void {
    const askedOf = begun.askedOf[at] as Set<LinkId>;
    if (askedOf.size === 0) {
      begun.wantedCount -= 1;
      this.#wantedBlocks -= 1;
    }
    askedOf.clear();
    begun.heldFrom[at] = link;
    begun.heldCount += 1;
    begun.isFull = begun.heldCount === begun.heldFrom.length;
  }

  /** The link will not send the block. If nobody else was asked for it, it is wanted again. */
  release(begun: BegunPiece, at: number, link: LinkId): void {
    const askedOf = begun.askedOf[at];
    if (askedOf === undefined || !askedOf.delete(link) || askedOf.size > 0) return;
    begun.wantedCount += 1;
    this.#wantedBlocks += 1;
  }

  /** What the link sent of incomplete pieces is wanted again. */
  disbelieve(link: LinkId): void {
    for (const begun of this.#pieces.values()) {
      if (begun.isFull) continue;
      for (const [at, sender] of begun.heldFrom.entries()) {
        if (sender !== link) continue;
        begun.heldFrom[at] = undefined;
        begun.heldCount -= 1;
        begun.wantedCount += 1;
        this.#wantedBlocks += 1;
      }
    }
  }

  /** Every block of the piece is wanted again. */
  wantAgain(begun: BegunPiece): void {
    this.#wantedBlocks -= begun.wantedCount;
    begun.heldFrom.fill(undefined);
    for (const askedOf of begun.askedOf) askedOf.clear();
    begun.isFull = false;
    begun.heldCount = 0;
    begun.wantedCount = begun.heldFrom.length;
    this.#wantedBlocks += begun.wantedCount;
  }
}
