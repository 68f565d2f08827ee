import type { Member } from "./swarm-store.ts";

/** All loads. */
export const LOADS = [0, 1, 2] as const;

/** A member's load, the less the sooner it is chosen: 0 has a free upload slot, 1 does not say, 2 has none. */
export function loadOf({ hasFreeSlot }: Pick<Member, "hasFreeSlot">): number {
  return hasFreeSlot === undefined ? 1 : hasFreeSlot ? 0 : 2;
}

/** What part of a choice is for members who do not claim free upload slots. */
const OTHERS_SHARE = 1 / 4;

/** The least number to choose so that so many of them may have free upload slots. */
export const choiceWith = (free: number): number => Math.ceil(free / (1 - OTHERS_SHARE));

/**
 * How many members of each load to choose, by how many there are. Those with free upload slots come first, but a quarter of the
 * choice is for others, if there are any: nobody can check a load, and a few members who always claim free slots must not keep
 * newcomers from everybody else.
 */
export function sharesOfLoads(wanted: number, available: readonly number[]): readonly number[] {
  const [free = 0, ...others] = available;
  const reserved = Math.min(Math.floor(wanted * OTHERS_SHARE), sumOf(others));
  let left = wanted;
  return [Math.min(free, wanted - reserved), ...others].map((count) => {
    const share = Math.min(count, left);
    left -= share;
    return share;
  });
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
