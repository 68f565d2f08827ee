/** What a peer did for us, counted in pieces. */
export interface Deeds {
  /** Good pieces to which it sent a block. */
  readonly goodPieces: number;
  /** Failed pieces to which it sent a block. */
  readonly failedPieces: number;
  /** Times it kept us waiting for a block until we gave up. */
  readonly stalls: number;
}

const FAILURE_WEIGHT = 8; // A spoilt piece costs its download twice and casts doubt on others.
const STALL_WEIGHT = 2;

/** 0 to 100: the useful share of what a peer did. A new peer starts in the middle. */
export function score({ goodPieces, failedPieces, stalls }: Deeds): number {
  const good = goodPieces + 1;
  const bad = failedPieces * FAILURE_WEIGHT + stalls * STALL_WEIGHT + 1;
  return Math.round((100 * good) / (good + bad));
}
