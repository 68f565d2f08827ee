import { Session } from "node:inspector/promises";

/** Counts steps of our own code: how often its functions and branches run, as V8 counts them for coverage. */
export interface Work {
  /** The steps of a run. */
  of(run: () => Promise<unknown>): Promise<number>;
  close(): void;
}

/** Starts counting. Code that has run before is compiled anew, so it counts, too. */
export async function workCounter(): Promise<Work> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const take = async (): Promise<number> => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const ours = result.filter(({ url }) => !url.startsWith("node:") && !url.includes("/node_modules/"));
    const ranges = ours.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
    return ranges.reduce((sum, { count }) => sum + count, 0);
  };
  return {
    of: async (run) => {
      await take();
      await run();
      return await take();
    },
    close: () => session.disconnect(),
  };
}
