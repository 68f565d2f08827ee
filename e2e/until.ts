import { setTimeout } from "node:timers/promises";

const POLL_MILLIS = 50;

/** Polls until the condition holds, or the test times out. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(POLL_MILLIS);
}
