import type { Page } from "@playwright/test";
import { busiestOfTree, residentBytes } from "../machine/processes.ts";
import type { Stage } from "./stage.ts";

/** Time between two measurements of the heap. */
const SAMPLE_MILLIS = 500;
/** Long enough to stand out among idle processes. */
const BUSY_MILLIS = 300;

/** Memory of a tab while something ran in it, and afterwards with garbage collected. In bytes. */
export interface TabMemory {
  readonly heapPeak: number;
  readonly heapAfter: number;
  readonly rendererPeak: number;
  readonly rendererAfter: number;
}

export async function watchMemory(
  { browserPid, context }: Stage,
  page: Page,
  run: () => Promise<void>,
): Promise<TabMemory> {
  const pid = await busiestOfTree(browserPid, () => page.evaluate(keepBusy, BUSY_MILLIS));
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const heapBytes = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
  };

  let heapPeak = 0;
  let isRunning = true;
  const done = run().finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    heapPeak = Math.max(heapPeak, await heapBytes());
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLIS))]);
  }
  await done;
  await session.send("HeapProfiler.collectGarbage");
  const { now, peak } = residentBytes(pid);
  return { heapPeak, heapAfter: await heapBytes(), rendererPeak: peak, rendererAfter: now };
}

/** Runs in the tab. */
function keepBusy(millis: number): void {
  const end = performance.now() + millis;
  while (performance.now() < end);
}
