import { type LinkId, type Millis, millis, type PieceIndex } from "../../base/ids.ts";
import type { PieceOwners } from "./piece-owners.ts";

export interface SuspectLimits {
  /** How long a failed piece waits for the one peer we asked for it, or for a peer fit to be asked. */
  readonly aloneMillis: number;
  /** Each block of it that arrives adds this much. */
  readonly aloneBlockMillis: number;
}

interface Suspicion {
  /** Peers that we asked alone and that did not send it. */
  readonly letWait: Set<LinkId>;
  onlyFrom: LinkId | undefined;
  /** Undefined: the next look at it sets it. */
  giveUpAt: Millis | undefined;
  /** Blocks received since the last look. */
  freshBlocks: number;
  /** It has waited long enough for a good peer: anybody will do. */
  isForAnybody: boolean;
}

/**
 * Pieces that failed their check. From then on we request each from one peer alone, so that the next copy shows for
 * certain who lied: that peer, or those whose blocks differ from the good copy. A liar can escape by sending nothing. So
 * we ask peers that have sent good blocks first, and do not ask a peer that let a piece wait again while another one
 * serves us.
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

  /** Whether we take blocks from this link: of a suspect piece, only from the one we asked. */
  takesFrom(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    return suspicion === undefined || suspicion.onlyFrom === link;
  }

  /** Whether we may ask this link: we already do, or no better one serves us. */
  mayAsk(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined) return true;
    if (suspicion.onlyFrom !== undefined) return suspicion.onlyFrom === link;
    if (suspicion.isForAnybody) return true;
    const rank = this.#rank(suspicion, link);
    return !this.#isServed(piece, (other) => this.#rank(suspicion, other) > rank);
  }

  /** From now on we ask this link and no other. */
  askOnly(piece: PieceIndex, link: LinkId): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined || suspicion.onlyFrom === link) return;
    this.#release(suspicion);
    suspicion.onlyFrom = link;
    if (suspicion.letWait.has(link)) suspicion.letWait.clear(); // They all did: start over.
  }

  /** The link we asked sent a block. */
  gave(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) suspicion.freshBlocks += 1;
  }

  /** We no longer ask one link alone. */
  askAnybody(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) this.#release(suspicion);
  }

  /** We asked this link alone, and it will not send the piece. False: we did not ask it. */
  letWait(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion?.onlyFrom !== link) return false;
    this.#release(suspicion);
    suspicion.letWait.add(link);
    return true;
  }

  /** Links that let a piece wait too long, although another could send it. */
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

  /** We ask the highest first. */
  #rank({ letWait }: Suspicion, link: LinkId): number {
    if (letWait.has(link)) return 0;
    if (!this.#isServing(link)) return 1;
    return this.#owners.isProven(link) ? 3 : 2;
  }

  /** Whether a link that `fits` has the piece and serves us. */
  #isServed(piece: PieceIndex, fits: (link: LinkId) => boolean): boolean {
    return this.#owners.some(piece, (link) => this.#isServing(link) && fits(link));
  }
}
