import type { Member } from "./swarm-store.ts";

/** How many loads there are. */
export const LOAD_COUNT = 3;

/** A member's load, the less the sooner it is chosen: 0 has a free upload slot, 1 does not say, 2 has none. */
export function loadOf({ hasFreeSlot }: Pick<Member, "hasFreeSlot">): number {
  return hasFreeSlot === undefined ? 1 : hasFreeSlot ? 0 : 2;
}
