/** Several values summed up: the middle one and their range. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median of an even count is the mean of the two in the middle. Throws if there are no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((left, right) => left - right);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError("There are no values to summarize.");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/**
 * Ours to theirs, round by round: a machine that is slow for a while slows both in that round, so these vary less than the
 * ratio of two medians.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length)
    throw new RangeError("Only runs with the same number of rounds can be compared.");
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}
