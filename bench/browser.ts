// Measures the built page in real Chromium tabs, side by side with others: `npm run bench:browser -- --help`.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./browser/measure.ts";
import { WEBTORRENT_FILE } from "./browser/pages.ts";
import { onStage } from "./browser/stage.ts";
import { OURS, tasks } from "./browser/tasks.ts";
import { formatTable, type Result } from "./report/table.ts";

/** What `--quick` divides the bytes by. */
const QUICK_DIVISOR = 8;

const TASK_NAMES = tasks(1).map(({ name }) => name);

const HELP = `Usage: npm run bench:browser -- [--rounds N] [--only TASK]... [--skip TASK]... [--quick]

  --rounds N   how often each contender does each task, in turn (default 5)
  --only TASK  this task alone; may be repeated: ${TASK_NAMES.join(", ")}
  --skip TASK  all tasks but this one; may be repeated
  --quick      one round with an eighth of the bytes: shows that it runs, not how fast`;

const RESULTS_FOLDER = fileURLToPath(new URL("results/", import.meta.url));

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", multiple: true, default: TASK_NAMES },
    skip: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const rounds = flags.quick ? 1 : Number(flags.rounds);

if (flags.help) console.log(HELP);
else {
  const problem = findProblem();
  if (problem === undefined) await measureAll();
  else {
    console.error(problem);
    process.exitCode = 2;
  }
}

function findProblem(): string | undefined {
  const unknown = [...flags.only, ...flags.skip].find((name) => !TASK_NAMES.includes(name));
  if (unknown !== undefined) return `There is no task ${unknown}.\n\n${HELP}`;
  if (!Number.isInteger(rounds) || rounds < 1) return `--rounds takes a whole number from 1 on.\n\n${HELP}`;
  if (!existsSync(WEBTORRENT_FILE))
    return "WebTorrent is not installed. Run: npm ci --ignore-scripts --prefix e2e/foreign";
  return undefined;
}

async function measureAll(): Promise<void> {
  const startedAt = new Date().toISOString();
  const machine = await describeMachine();
  const results: Result[] = [];
  for (const task of tasks(flags.quick ? QUICK_DIVISOR : 1)) {
    if (!flags.only.includes(task.name) || flags.skip.includes(task.name)) continue;
    results.push(...(await measure(task, rounds)));
    save(startedAt, { startedAt, machine, rounds, results }); // After each task: a run takes long.
  }
  console.log(`\n${machine}; rounds: ${rounds}\n\n${formatTable(results, OURS)}`);
}

async function describeMachine(): Promise<string> {
  const chromium = await onStage(async ({ browser }) => browser.version());
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} cores (${processor?.model}), ${memory}, Chromium ${chromium}, Node ${process.versions.node}`;
}

function save(startedAt: string, report: object): void {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const name = `browser-${startedAt.slice(0, 19).replaceAll(/\D/g, "")}.json`;
  writeFileSync(join(RESULTS_FOLDER, name), `${JSON.stringify(report, undefined, 2)}\n`);
}
