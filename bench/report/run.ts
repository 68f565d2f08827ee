import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Figures, measure, type OnStage, type Task } from "./measure.ts";
import { summarize } from "./statistics.ts";
import { formatNumber, formatTable, type Result } from "./table.ts";

/** A whole bench: tasks that run one after another. */
export interface Bench<Stage> {
  /** The name of its result files. */
  readonly name: string;
  readonly tasks: readonly Task<Stage>[];
  readonly rounds: number;
  readonly onStage: OnStage<Stage>;
  /** What it runs on, besides the machine and Node. */
  readonly platform: string | undefined;
  /** Our name in the table. */
  readonly ours: string;
  /** The most that some of the figures may be. */
  readonly bars?: Figures;
}

const RESULTS_FOLDER = fileURLToPath(new URL("../results/", import.meta.url));

/** Measures every task, writes the results to `bench/results/` and prints the table. A missed bar makes the process end with 1. */
export async function runBench<Stage>(bench: Bench<Stage>): Promise<void> {
  const { tasks, rounds, onStage, ours } = bench;
  const startedAt = new Date().toISOString();
  const machine = describeMachine(bench.platform);
  const results: Result[] = [];
  for (const task of tasks) {
    results.push(...(await measure(task, rounds, onStage)));
    save(bench.name, startedAt, { startedAt, machine, rounds, results }); // After each task, because a run takes long.
  }
  console.log(`\n${machine}; rounds: ${rounds}\n\n${formatTable(results, ours)}`);
  for (const { task, figure, values } of results) {
    const bar = bench.bars?.[figure];
    if (bar === undefined || summarize(values).median <= bar) continue;
    console.error(`Over the bar of ${formatNumber(bar)}: ${figure} (${task})`);
    process.exitCode = 1;
  }
}

function describeMachine(platform: string | undefined): string {
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const software = [platform, `Node ${process.versions.node}`].filter((part) => part !== undefined);
  return `${cpus().length} cores (${processor?.model}), ${memory}, ${software.join(", ")}`;
}

function save(bench: string, startedAt: string, report: object): void {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const name = `${bench}-${startedAt.slice(0, 19).replaceAll(/\D/g, "")}.json`;
  writeFileSync(join(RESULTS_FOLDER, name), `${JSON.stringify(report, undefined, 2)}\n`);
}
