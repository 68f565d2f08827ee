import { Bitfield } from "../../base/bitfield.ts";
import type { LinkId, PieceIndex } from "../../base/ids.ts";
import { PieceCounts } from "./piece-counts.ts";

interface Owner {
  /** What it says it has. */
  readonly has: Bitfield;
  /** Of those, what it rejected requests for. */
  readonly rejected: Set<PieceIndex>;
  isProven: boolean;
  /** How many of its pieces we lack. */
  missingHere: number;
}

/** Pieces to ask for. */
export interface Offers {
  readonly count: number;
  has(piece: number): boolean;
  indices(): Iterable<number>;
}

function offers({ has, rejected }: Owner, piece: number): boolean {
  return has.has(piece) && !rejected.has(piece as PieceIndex);
}

function offersOf(owner: Owner): Offers {
  return {
    count: owner.has.count - owner.rejected.size,
    has: (piece) => offers(owner, piece),
    *indices() {
      for (const piece of owner.has.indices()) if (!owner.rejected.has(piece as PieceIndex)) yield piece;
    },
  };
}

/**
 * Who has which piece, and how rare each is.
 *
 * Invariant: a piece's count is the number of owners that offer it, and an owner's `missingHere` the number of its offers
 * for which `isMissing` holds; the picker reports each change of that by `missingChanged`.
 */
export class PieceOwners {
  readonly counts: PieceCounts;
  readonly #pieceCount: number;
  readonly #isMissing: (piece: PieceIndex) => boolean;
  readonly #countChanged: (piece: PieceIndex) => void;
  readonly #owners = new Map<LinkId, Owner>();

  /** `countChanged` hears of each change of `counts`. */
  constructor(
    pieceCount: number,
    isMissing: (piece: PieceIndex) => boolean,
    countChanged: (piece: PieceIndex) => void,
  ) {
    this.counts = new PieceCounts(pieceCount);
    this.#pieceCount = pieceCount;
    this.#isMissing = isMissing;
    this.#countChanged = countChanged;
  }

  /** The pieces that this link says it has. Undefined: it has said nothing. */
  piecesOf(link: LinkId): Bitfield | undefined {
    return this.#owners.get(link)?.has;
  }

  /** The pieces that we may ask this link for. */
  offersOf(link: LinkId): Offers | undefined {
    const owner = this.#owners.get(link);
    return owner === undefined || owner.rejected.size === 0 ? owner?.has : offersOf(owner);
  }

  /** Whether it has anything we lack. */
  isInteresting(link: LinkId): boolean {
    return (this.#owners.get(link)?.missingHere ?? 0) > 0;
  }

  /** Whether it has sent a block of a good piece. */
  isProven(link: LinkId): boolean {
    return this.#owners.get(link)?.isProven ?? false;
  }

  /** These sent the blocks of a good piece. */
  proved(links: Iterable<LinkId | undefined>): void {
    for (const link of links) {
      const owner = link && this.#owners.get(link);
      if (owner !== undefined) owner.isProven = true;
    }
  }

  /** How many links have said what they have. */
  get size(): number {
    return this.#owners.size;
  }

  /** Whether a link that `fits` has the piece. Looks at each of them. */
  some(piece: PieceIndex, fits: (link: LinkId) => boolean): boolean {
    for (const [link, owner] of this.#owners) if (offers(owner, piece) && fits(link)) return true;
    return false;
  }

  /** False: it had said so before. */
  has(link: LinkId, piece: PieceIndex): boolean {
    const owner = this.#owner(link);
    const isNews = owner.has.set(piece);
    if (owner.rejected.delete(piece) || isNews) this.#changed(owner, piece, 1);
    return isNews;
  }

  /** The same for many pieces. Looks at each byte; the rest of the work is for new pieces alone, which it returns. */
  hasThese(link: LinkId, pieces: Bitfield): readonly PieceIndex[] {
    const { bytes } = pieces;
    const isNew: PieceIndex[] = [];
    const owner = this.#owner(link);
    for (const piece of owner.rejected) if (pieces.has(piece)) this.has(link, piece);
    for (let at = 0; at < bytes.length; at++) {
      const news = (bytes[at] ?? 0) & ~(owner.has.bytes[at] ?? 0);
      for (let bit = 0; bit < 8 && news !== 0; bit++) {
        const piece = (at * 8 + bit) as PieceIndex;
        if ((news & (0x80 >> bit)) !== 0 && this.has(link, piece)) isNew.push(piece);
      }
    }
    return isNew;
  }

  /** False: we knew that. */
  lacks(link: LinkId, piece: PieceIndex): boolean {
    const owner = this.#owner(link);
    if (!offers(owner, piece)) return false;
    owner.rejected.add(piece);
    this.#changed(owner, piece, -1);
    return true;
  }

  left(link: LinkId): void {
    const owner = this.#owners.get(link);
    if (owner === undefined) return;
    this.#owners.delete(link);
    for (const index of offersOf(owner).indices()) this.#count(index as PieceIndex, -1);
    if (this.#owners.size === 0) this.counts.clear();
  }

  /** We lack the piece from now on, or no longer. */
  missingChanged(piece: PieceIndex, isMissing: boolean): void {
    for (const owner of this.#owners.values())
      if (offers(owner, piece)) owner.missingHere += isMissing ? 1 : -1;
  }

  /** The same for all pieces at once. */
  allMissingChanged(): void {
    for (const owner of this.#owners.values()) {
      owner.missingHere = 0;
      for (const index of owner.has.indices()) {
        const piece = index as PieceIndex;
        if (this.#isMissing(piece) && !owner.rejected.has(piece)) owner.missingHere += 1;
      }
    }
  }

  #changed(owner: Owner, piece: PieceIndex, by: 1 | -1): void {
    this.#count(piece, by);
    if (this.#isMissing(piece)) owner.missingHere += by;
  }

  #count(piece: PieceIndex, by: 1 | -1): void {
    this.counts.change(piece, by);
    this.#countChanged(piece);
  }

  #owner(link: LinkId): Owner {
    const known = this.#owners.get(link);
    if (known !== undefined) return known;
    const owner: Owner = {
      has: new Bitfield(this.#pieceCount),
      rejected: new Set(),
      isProven: false,
      missingHere: 0,
    };
    this.#owners.set(link, owner);
    return owner;
  }
}
