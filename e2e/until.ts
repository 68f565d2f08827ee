import { setTimeout } from "node:timers/promises";

const LOOK_MILLIS = 50;

/** Looks again and again until it is so; the time limit of the test ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(LOOK_MILLIS);
}
