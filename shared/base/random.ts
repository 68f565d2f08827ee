/** Randomness is passed in: platforms bring a good source, the simulator and tests a seeded one. */
export interface Random {
  /** An integer from 0 to `bound` - 1. `bound` is an integer of at least 1; Node throws for anything else. */
  below(bound: number): number;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** A reproducible generator (mulberry32). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (bound) => {
      if (!(Number.isInteger(bound) && bound > 0))
        throw new RangeError(`the bound must be a positive integer: ${bound}`);
      return Math.floor((next() / 2 ** 32) * bound);
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}

/** Shuffles in place (Fisher and Yates) and returns the same array. */
export function shuffle<Item>(items: Item[], random: Random): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = items[last] as Item;
    items[last] = items[other] as Item;
    items[other] = moved;
  }
  return items;
}
