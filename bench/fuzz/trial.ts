import { getHeapStatistics } from "node:v8";
import { Fault, type Outcome, outcomeOf } from "./outcome.ts";
import { MAX_GROWTH_BASE, MAX_GROWTH_PER_BYTE, type Target } from "./target.ts";

/** Runs a target on an input and measures the memory that it takes. Rejects with a `Fault`. */
export async function tried(target: Target, input: Uint8Array): Promise<Outcome> {
  const before = memoryBytes();
  const outcome = await outcomeOf(target, input);
  // What was collected meanwhile does not count, so this is the least that it can have taken.
  const growth = memoryBytes() - before;
  if (growth > MAX_GROWTH_BASE + (target.growthPerByte ?? MAX_GROWTH_PER_BYTE) * input.length)
    throw new Fault("it takes more memory than its limit");
  return outcome;
}

/** The fault that an input shows. Undefined: none. */
export async function faultOf(target: Target, input: Uint8Array): Promise<string | undefined> {
  try {
    await tried(target, input);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

/** Heap and buffers of this thread. */
function memoryBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
