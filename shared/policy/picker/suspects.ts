import { type LinkId, type Millis, millis, type PieceIndex } from "../../base/ids.ts";
import type { PieceOwners } from "./piece-owners.ts";

export interface SuspectLimits {
  /** How long a failed piece may wait: with the one peer that is asked for it, or for one that is fit to be asked. */
  readonly aloneMillis: number;
  /** Each of its blocks that arrives gives it this much more. */
  readonly aloneBlockMillis: number;
}

interface Suspicion {
  /** Were asked for it alone and did not give it. */
  readonly letWait: Set<LinkId>;
  onlyFrom: LinkId | undefined;
  /** Undefined: the next look sets it. */
  giveUpAt: Millis | undefined;
  /** Blocks that have arrived since the last look. */
  freshBlocks: number;
  /** It has waited long enough for a good peer: the next one will do. */
  isForAnybody: boolean;
}

/**
 * Pieces that failed their check. Each is asked of one peer alone from then on, so that its next copy tells for certain
 * who lied: the peer itself, or those whose blocks differ from the good copy. The only escape is to give nothing. So
 * peers that have given good blocks before come first, and whoever lets a piece wait is not asked for it again while
 * somebody else serves us.
 */
export class Suspects {
  readonly #limits: SuspectLimits;
  readonly #owners: PieceOwners;
  readonly #isServing: (link: LinkId) => boolean;
  readonly #suspicions = new Map<PieceIndex, Suspicion>();

  constructor(limits: SuspectLimits, owners: PieceOwners, isServing: (link: LinkId) => boolean) {
    this.#limits = limits;
    this.#owners = owners;
    this.#isServing = isServing;
  }

  has(piece: PieceIndex): boolean {
    return this.#suspicions.has(piece);
  }

  /** A copy was bad. */
  failed(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) return this.#release(suspicion);
    this.#suspicions.set(piece, {
      letWait: new Set(),
      onlyFrom: undefined,
      giveUpAt: undefined,
      freshBlocks: 0,
      isForAnybody: false,
    });
  }

  cleared(piece: PieceIndex): void {
    this.#suspicions.delete(piece);
  }

  left(link: LinkId): void {
    for (const { letWait } of this.#suspicions.values()) letWait.delete(link);
  }

  /** Whether blocks of this link count: whoever else has sent some was not meant. */
  takesFrom(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    return suspicion === undefined || suspicion.onlyFrom === link;
  }

  /** Whether the link may be asked: it is, already, or nobody better serves us. */
  mayAsk(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined) return true;
    if (suspicion.onlyFrom !== undefined) return suspicion.onlyFrom === link;
    if (suspicion.isForAnybody) return true;
    const rank = this.#rank(suspicion, link);
    return !this.#isServed(piece, (other) => this.#rank(suspicion, other) > rank);
  }

  /** This link, and no other, is asked from now on. */
  askOnly(piece: PieceIndex, link: LinkId): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined || suspicion.onlyFrom === link) return;
    this.#release(suspicion);
    suspicion.onlyFrom = link;
    if (suspicion.letWait.has(link)) suspicion.letWait.clear(); // They all did: another round.
  }

  /** The one that is asked has sent a block. */
  gave(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) suspicion.freshBlocks += 1;
  }

  /** Whoever was asked alone need not give it any more. */
  askAnybody(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) this.#release(suspicion);
  }

  /** The link was asked alone and will not give the piece. False: it was not asked. */
  letWait(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion?.onlyFrom !== link) return false;
    this.#release(suspicion);
    suspicion.letWait.add(link);
    return true;
  }

  /** Who has let which piece wait for too long, although somebody else could give it. */
  late(now: Millis): readonly { readonly piece: PieceIndex; readonly link: LinkId }[] {
    const late: { piece: PieceIndex; link: LinkId }[] = [];
    for (const [piece, suspicion] of this.#suspicions) {
      if (!this.#isLate(suspicion, now)) continue;
      const { onlyFrom: link } = suspicion;
      if (link === undefined) suspicion.isForAnybody = true;
      else if (this.#isServed(piece, (other) => other !== link && !suspicion.letWait.has(other)))
        late.push({ piece, link });
    }
    return late;
  }

  #isLate(suspicion: Suspicion, now: Millis): boolean {
    const { aloneMillis, aloneBlockMillis } = this.#limits;
    const before = suspicion.giveUpAt ?? millis(now + aloneMillis);
    suspicion.giveUpAt = millis(before + suspicion.freshBlocks * aloneBlockMillis);
    suspicion.freshBlocks = 0;
    return now >= suspicion.giveUpAt;
  }

  #release(suspicion: Suspicion): void {
    suspicion.onlyFrom = undefined;
    suspicion.giveUpAt = undefined;
    suspicion.freshBlocks = 0;
    suspicion.isForAnybody = false;
  }

  /** The higher, the sooner it is asked. */
  #rank({ letWait }: Suspicion, link: LinkId): number {
    if (letWait.has(link)) return 0;
    if (!this.#isServing(link)) return 1;
    return this.#owners.isProven(link) ? 3 : 2;
  }

  /** Whether one that `fits` has the piece and serves us. */
  #isServed(piece: PieceIndex, fits: (link: LinkId) => boolean): boolean {
    return this.#owners.some(piece, (link) => this.#isServing(link) && fits(link));
  }
}
