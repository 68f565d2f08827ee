/** What a peer did for us, counted in pieces. */
export interface Deeds {
  /** Pieces to which it gave a block and which proved good. */
  readonly goodPieces: number;
  /** Pieces to which it gave a block and which failed their check. */
  readonly failedPieces: number;
  /** Times it kept us waiting for a block until we gave up. */
  readonly stalls: number;
}

const FAILURE_WEIGHT = 8; // A spoilt piece costs its download twice and casts doubt on others.
const STALL_WEIGHT = 2;

/** 0 to 100: the share of what a peer did that was of use. A stranger starts in the middle. */
export function score({ goodPieces, failedPieces, stalls }: Deeds): number {
  const good = goodPieces + 1;
  const bad = failedPieces * FAILURE_WEIGHT + stalls * STALL_WEIGHT + 1;
  return Math.round((100 * good) / (good + bad));
}
