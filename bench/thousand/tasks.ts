import { setTimeout as pause } from "node:timers/promises";
import type { MeasuredProcess } from "../machine/measured-process.ts";
import { cpuSecondsOfTree, residentBytes } from "../machine/processes.ts";
import type { Figures, Task } from "../report/measure.ts";
import { summarize } from "../report/statistics.ts";
import { OURS, type ThousandStage } from "./stage.ts";

/** The most that a figure may be. */
export const BARS: Figures = {
  "s until all are shared again": 10,
  "pieces hashed again": 0,
  "MB in RAM, peak": 300,
  "% of a core at rest, median second": 1,
  "open files": 128,
  "announces in the busiest second": 100,
};

/** Time between two samples at rest. */
const SAMPLE_MILLIS = 1_000;
/** What was just announced comes to rest before it is measured. */
const SETTLE_MILLIS = 10_000;

export function tasks(torrents: number, seconds: number): Task<ThousandStage>[] {
  return [
    {
      name: "seed",
      title: `Seeding ${torrents} torrents`,
      contenders: { [OURS]: (stage) => seed(stage, seconds) },
    },
  ];
}

async function seed(stage: ThousandStage, seconds: number): Promise<Figures> {
  const first = stage.start();
  const firstStart = await first.factsOf("shared");
  await first.end();
  const again = stage.start();
  const shared = await again.factsOf("shared");
  const announced = await again.factsOf("announced");
  await pause(SETTLE_MILLIS);
  const rest = await restOf(again, seconds);
  const { now, peak } = residentBytes(again.pid);
  const openFiles = again.openFiles();
  again.signal("SIGUSR2");
  const looked = await again.factsOf("looked");
  again.signal("SIGTERM");
  const closed = await again.factsOf("closed");
  return {
    "s until all are shared": Number(firstStart["seconds"]),
    "s until all are shared again": Number(shared["seconds"]),
    "pieces hashed again": Number(shared["piecesHashed"]),
    "s until all are announced": Number(announced["seconds"]),
    "announces in the busiest second": Number(announced["busiest"]),
    ...rest,
    "MB in RAM": now / 1e6,
    "MB in RAM, peak": peak / 1e6,
    "open files": openFiles,
    "ms for a view of all": Number(looked["millis"]),
    "s until it has closed": Number(closed["seconds"]),
  };
}

async function restOf({ pid }: MeasuredProcess, seconds: number): Promise<Figures> {
  const shares: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const [from, cpuFrom] = [performance.now(), cpuSecondsOfTree(pid)];
    await pause(SAMPLE_MILLIS);
    shares.push((100 * (cpuSecondsOfTree(pid) - cpuFrom)) / ((performance.now() - from) / 1000));
  }
  return {
    "% of a core at rest, median second": summarize(shares).median,
    "% of a core at rest, mean": shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}
