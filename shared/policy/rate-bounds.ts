/** The lowest limit, in bytes a second: below it a block takes longer than the few seconds that any peer waits. */
export const MIN_RATE = 5_000;

/** The highest, in bytes a second: no line is faster than 80 Gbit/s, so more is a slip of the finger. */
export const MAX_RATE = 10_000_000_000;
