// Measures how light the built page is, in real Chromium: `npm run bench:page -- --help`.
import { parseArgs } from "node:util";
import { onStage } from "./browser/stage.ts";
import { BARS, OURS, tasks } from "./page/tasks.ts";
import { runCommand } from "./report/command.ts";
import { runBench } from "./report/run.ts";

/** What `--quick` divides torrents and pieces by. */
const QUICK_DIVISOR = 10;

const TASK_NAMES = tasks(1).map(({ name }) => name);

const HELP = `Usage: npm run bench:page -- [--rounds N] [--only TASK]... [--quick]

  --rounds N   how often each task runs (default 3)
  --only TASK  run only this task; may be repeated: ${TASK_NAMES.join(", ")}
  --quick      one round with a tenth of the torrents: shows that the tasks run, and no more

Ends with 1 if the median of a figure is over its bar.`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", multiple: true, default: TASK_NAMES },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const rounds = flags.quick ? 1 : Number(flags.rounds);

await runCommand({
  help: HELP,
  wantsHelp: flags.help,
  taskNames: TASK_NAMES,
  named: flags.only,
  problem: () =>
    Number.isInteger(rounds) && rounds >= 1 ? undefined : `--rounds takes a whole number from 1.\n\n${HELP}`,
  measure: measureAll,
});

async function measureAll(): Promise<void> {
  const wanted = tasks(flags.quick ? QUICK_DIVISOR : 1).filter(({ name }) => flags.only.includes(name));
  const chromium = await onStage(async ({ browser }) => browser.version());
  const platform = `Chromium ${chromium}`;
  await runBench({ name: "page", tasks: wanted, rounds, onStage, platform, ours: OURS, bars: BARS });
}
