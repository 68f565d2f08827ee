import type { LinkId, PieceIndex } from "../../base/ids.ts";
import type { PieceOwners } from "./piece-owners.ts";

interface Suspicion {
  readonly earlierSenders: Set<LinkId>;
  onlyFrom: LinkId | undefined;
}

/**
 * Pieces that failed their check. Each is asked of one peer alone from then on, so that the next failure names its
 * culprit, and of one that has not yet sent a bad copy while there is one.
 */
export class Suspects {
  readonly #suspicions = new Map<PieceIndex, Suspicion>();

  has(piece: PieceIndex): boolean {
    return this.#suspicions.has(piece);
  }

  /** Another copy was bad. */
  failed(piece: PieceIndex, senders: readonly (LinkId | undefined)[]): void {
    const suspicion = this.#suspicions.get(piece) ?? { earlierSenders: new Set(), onlyFrom: undefined };
    for (const link of senders) if (link !== undefined) suspicion.earlierSenders.add(link);
    suspicion.onlyFrom = undefined;
    this.#suspicions.set(piece, suspicion);
  }

  cleared(piece: PieceIndex): void {
    this.#suspicions.delete(piece);
  }

  /** Whether blocks of this link count: whoever else has sent some was not meant. */
  takesFrom(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    return suspicion === undefined || suspicion.onlyFrom === link;
  }

  /** Whether the link may be asked. */
  mayAsk(piece: PieceIndex, link: LinkId, owners: PieceOwners): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion === undefined) return true;
    const { onlyFrom, earlierSenders } = suspicion;
    if (onlyFrom !== undefined) return onlyFrom === link;
    return !earlierSenders.has(link) || !owners.isWithOthers(piece, earlierSenders);
  }

  /** This link, and no other, is asked from now on. */
  askOnly(piece: PieceIndex, link: LinkId): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) suspicion.onlyFrom = link;
  }

  /** Whoever was asked alone need not give it any more. */
  askAnybody(piece: PieceIndex): void {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion !== undefined) suspicion.onlyFrom = undefined;
  }

  /** The same, if that was this link. */
  excuse(piece: PieceIndex, link: LinkId): boolean {
    const suspicion = this.#suspicions.get(piece);
    if (suspicion?.onlyFrom !== link) return false;
    suspicion.onlyFrom = undefined;
    return true;
  }
}
