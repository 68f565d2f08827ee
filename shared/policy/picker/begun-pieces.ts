import type { LinkId, Millis, PieceIndex } from "../../base/ids.ts";
import { BLOCK_BYTES, type Block, type Layout } from "../../meta/layout.ts";

/** An unanswered request. */
export interface Request {
  readonly block: Block;
  readonly at: Millis;
}

const NO_REQUESTS: ReadonlyMap<number, Request> = new Map();
const NOBODY: ReadonlySet<LinkId> = new Set();

/** A piece that we have begun to request. */
export interface BegunPiece {
  readonly piece: PieceIndex;
  /** For each block, the links asked for it. */
  readonly askedOf: readonly Set<LinkId>[];
  /** The links asked for any of it since it was begun. */
  readonly askers: Set<LinkId>;
  /** For each block, who sent it. */
  readonly heldFrom: (LinkId | undefined)[];
  wantedCount: number;
  heldCount: number;
  /** All blocks are here and the piece is being hashed. */
  isFull: boolean;
}

/**
 * The begun pieces, block by block, and every request for them.
 *
 * Invariants: every block is in exactly one state: wanted, asked (of at least one link) or held. `askedOf` and the requests
 * of links are the same requests, looked at from both ends.
 */
export class BegunPieces {
  readonly #layout: Layout;
  readonly #pieces = new Map<PieceIndex, BegunPiece>();
  readonly #blocksOfPiece: number;
  /** For each link, its requests, the oldest first; see `#keyOf`. */
  readonly #requests = new Map<LinkId, Map<number, Request>>();
  readonly #withdrawn: (link: LinkId, block: Block) => void;
  #wantedBlocks = 0;
  #requestCount = 0;

  /** `withdrawn` gets each request that we take back, though the peer may still answer it. */
  constructor(layout: Layout, withdrawn: (link: LinkId, block: Block) => void) {
    this.#layout = layout;
    this.#blocksOfPiece = Math.ceil(layout.pieceLength / BLOCK_BYTES);
    this.#withdrawn = withdrawn;
  }

  /** The unanswered requests to a link, the oldest first. */
  requestsTo(link: LinkId): ReadonlyMap<number, Request> {
    return this.#requests.get(link) ?? NO_REQUESTS;
  }

  /** The numbers may come from outside. */
  requestTo(link: LinkId, piece: number, begin: number): Request | undefined {
    if (begin >= this.#layout.pieceLength) return undefined; // Or it would count as the next piece.
    return this.#requests.get(link)?.get(this.#keyOf(piece, begin / BLOCK_BYTES));
  }

  /** The links with unanswered requests. */
  asked(): readonly LinkId[] {
    return [...this.#requests].filter(([, requests]) => requests.size > 0).map(([link]) => link);
  }

  /** The links asked for a block. */
  askedOf(block: Block): ReadonlySet<LinkId> {
    return this.#pieces.get(block.piece)?.askedOf[block.begin / BLOCK_BYTES] ?? NOBODY;
  }

  /** How many older requests to the link are unanswered. */
  ahead(link: LinkId, block: Block): number {
    return [...this.requestsTo(link).keys()].indexOf(this.#keyOf(block.piece, block.begin / BLOCK_BYTES));
  }

  get count(): number {
    return this.#pieces.size;
  }

  /** Unanswered requests to all links. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** Blocks that we have asked somebody for. */
  get askedBlocks(): number {
    let count = 0;
    for (const { heldFrom, heldCount, wantedCount } of this.#pieces.values())
      count += heldFrom.length - heldCount - wantedCount;
    return count;
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
      askers: new Set(),
      heldFrom: new Array<LinkId | undefined>(blockCount).fill(undefined),
      wantedCount: blockCount,
      heldCount: 0,
      isFull: false,
    };
    this.#pieces.set(piece, begun);
    this.#wantedBlocks += blockCount;
    return begun;
  }

  end(begun: BegunPiece): void {
    this.#withdraw(begun);
    this.#wantedBlocks -= begun.wantedCount;
    this.#pieces.delete(begun.piece);
  }

  /** Asks the link for wanted blocks of the piece until `picked` has `count`. */
  askWanted(begun: BegunPiece, link: LinkId, count: number, now: Millis, picked: Block[]): void {
    for (let at = 0; at < begun.askedOf.length && picked.length < count && begun.wantedCount > 0; at++) {
      const askedOf = begun.askedOf[at] as Set<LinkId>;
      if (askedOf.size > 0 || begun.heldFrom[at] !== undefined) continue;
      begun.wantedCount -= 1;
      this.#wantedBlocks -= 1;
      picked.push(this.#ask(begun, at, link, now));
    }
  }

  /** Asks the link for the first run of adjoining blocks that are wanted, until `picked` has `count`. */
  askRun(begun: BegunPiece, link: LinkId, count: number, now: Millis, picked: Block[]): void {
    const isWanted = (at: number): boolean =>
      begun.heldFrom[at] === undefined && begun.askedOf[at]?.size === 0;
    let at = 0;
    while (at < begun.askedOf.length && !isWanted(at)) at += 1;
    for (; at < begun.askedOf.length && isWanted(at) && picked.length < count; at++) {
      begun.wantedCount -= 1;
      this.#wantedBlocks -= 1;
      picked.push(this.#ask(begun, at, link, now));
    }
  }

  /** Whether a link other than this one owes us blocks of the piece. */
  isAskedOfOthers({ askedOf }: BegunPiece, link: LinkId): boolean {
    return askedOf.some((asked) => asked.size > (asked.has(link) ? 1 : 0));
  }

  /** Asks one more link for a block that we have asked another for. */
  askAgain(block: Block, link: LinkId, now: Millis): void {
    const begun = this.#pieces.get(block.piece);
    if (begun !== undefined) this.#ask(begun, block.begin / BLOCK_BYTES, link, now);
  }

  /** The block is held from now on. */
  hold(begun: BegunPiece, at: number, link: LinkId): void {
    const askedOf = begun.askedOf[at] as Set<LinkId>;
    if (askedOf.size === 0) {
      begun.wantedCount -= 1;
      this.#wantedBlocks -= 1;
    }
    for (const asked of askedOf) this.#forget(asked, begun.piece, at);
    askedOf.clear();
    begun.heldFrom[at] = link;
    begun.heldCount += 1;
    begun.isFull = begun.heldCount === begun.heldFrom.length;
  }

  /** The link will not send the block. If nobody else was asked for it, it is wanted again. */
  release(begun: BegunPiece, at: number, link: LinkId): void {
    const askedOf = begun.askedOf[at];
    if (askedOf === undefined || !askedOf.delete(link)) return;
    this.#forget(link, begun.piece, at);
    if (askedOf.size > 0) return;
    begun.wantedCount += 1;
    this.#wantedBlocks += 1;
  }

  /** The link will send none of the blocks. */
  releaseAll(link: LinkId): void {
    for (const { block } of [...this.requestsTo(link).values()]) {
      const begun = this.#pieces.get(block.piece);
      if (begun !== undefined) this.release(begun, block.begin / BLOCK_BYTES, link);
    }
    this.#requests.delete(link);
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
    this.#withdraw(begun);
    begun.askers.clear();
    this.#wantedBlocks -= begun.wantedCount;
    begun.heldFrom.fill(undefined);
    begun.isFull = false;
    begun.heldCount = 0;
    begun.wantedCount = begun.heldFrom.length;
    this.#wantedBlocks += begun.wantedCount;
  }

  #ask(begun: BegunPiece, at: number, link: LinkId, now: Millis): Block {
    const block = this.#layout.block(begun.piece, at);
    begun.askedOf[at]?.add(link);
    begun.askers.add(link);
    let requests = this.#requests.get(link);
    if (requests === undefined) {
      requests = new Map();
      this.#requests.set(link, requests);
    }
    requests.set(this.#keyOf(block.piece, at), { block, at: now });
    this.#requestCount += 1;
    return block;
  }

  #forget(link: LinkId, piece: PieceIndex, at: number): void {
    if (this.#requests.get(link)?.delete(this.#keyOf(piece, at))) this.#requestCount -= 1;
  }

  /** Takes back all requests for a piece. */
  #withdraw(begun: BegunPiece): void {
    for (const [at, askedOf] of begun.askedOf.entries()) {
      for (const link of askedOf) {
        this.#forget(link, begun.piece, at);
        this.#withdrawn(link, this.#layout.block(begun.piece, at));
      }
      askedOf.clear();
    }
  }

  /** One number for a block: the blocks of all pieces, counted through. A small one, as maps take long to find large ones. */
  #keyOf(piece: number, at: number): number {
    return piece * this.#blocksOfPiece + at;
  }
}
