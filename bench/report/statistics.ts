/** Several values in three: the middle one, and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of an even count the median is the mean of the two in the middle. Throws where there are no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((left, right) => left - right);
  const least = sorted[0];
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new RangeError("There are no values to summarize.");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? most;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? least;
  return { median: (lower + upper) / 2, least, most };
}

/**
 * Ours to theirs, round by round: a machine that is slow for a while is so for both of a round, so these are steadier
 * than the ratio of two medians.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length) throw new RangeError("Only runs of the same rounds can be compared.");
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}
