// Measures the built page in real Chromium tabs, side by side with other clients: `npm run bench:browser -- --help`.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { WEBTORRENT_FILE } from "./browser/pages.ts";
import { onStage } from "./browser/stage.ts";
import { OURS, tasks } from "./browser/tasks.ts";
import { runCommand } from "./report/command.ts";
import { runBench } from "./report/run.ts";

/** What `--quick` divides the bytes by. */
const QUICK_DIVISOR = 8;

const TASK_NAMES = tasks(1).map(({ name }) => name);

const HELP = `Usage: npm run bench:browser -- [--rounds N] [--only TASK]... [--skip TASK]... [--quick]

  --rounds N   how often each contender runs each task, in turn (default 5)
  --only TASK  run only this task; may be repeated: ${TASK_NAMES.join(", ")}
  --skip TASK  leave out this task; may be repeated
  --quick      one round with an eighth of the bytes: shows that the tasks run, not how fast`;

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

await runCommand({
  help: HELP,
  wantsHelp: flags.help,
  taskNames: TASK_NAMES,
  named: [...flags.only, ...flags.skip],
  problem: findProblem,
  measure: measureAll,
});

function findProblem(): string | undefined {
  if (!Number.isInteger(rounds) || rounds < 1) return `--rounds takes a whole number from 1.\n\n${HELP}`;
  if (!existsSync(WEBTORRENT_FILE))
    return "WebTorrent is not installed. Run: npm ci --ignore-scripts --prefix e2e/foreign";
  return undefined;
}

async function measureAll(): Promise<void> {
  const wanted = tasks(flags.quick ? QUICK_DIVISOR : 1).filter(
    ({ name }) => flags.only.includes(name) && !flags.skip.includes(name),
  );
  const chromium = await onStage(async ({ browser }) => browser.version());
  const platform = `Chromium ${chromium}`;
  await runBench({ name: "browser", tasks: wanted, rounds, onStage, platform, ours: OURS });
}
