// Measures the tracker, side by side with bittorrent-tracker: `npm run bench:tracker -- --help`.
import { parseArgs } from "node:util";
import { hasForeignTracker, NO_FOREIGN_TRACKER } from "../e2e/foreign-tracker-server.ts";
import { runCommand } from "./report/command.ts";
import { runBench } from "./report/run.ts";
import { mostSockets, OURS, onStage, tasks } from "./tracker/tasks.ts";

const TASK_NAMES = tasks().map(({ name }) => name);

const HELP = `Usage: npm run bench:tracker -- [--rounds N] [--only TASK]...

  --rounds N   how often each tracker runs each task, in turn (default 5)
  --only TASK  run only this task; may be repeated: ${TASK_NAMES.join(", ")}`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", multiple: true, default: TASK_NAMES },
    help: { type: "boolean", default: false },
  },
});
const rounds = Number(flags.rounds);

await runCommand({
  help: HELP,
  wantsHelp: flags.help,
  taskNames: TASK_NAMES,
  named: flags.only,
  problem: findProblem,
  measure: measureAll,
});

function findProblem(): string | undefined {
  if (!Number.isInteger(rounds) || rounds < 1) return `--rounds takes a whole number from 1.\n\n${HELP}`;
  if (!hasForeignTracker) return NO_FOREIGN_TRACKER;
  return undefined;
}

async function measureAll(): Promise<void> {
  if (mostSockets() < 19_000) {
    console.error(
      `THIS PROCESS MAY OPEN ONLY ${mostSockets()} SOCKETS, so the memory task runs with fewer than 19,000. Raise it with: ulimit -n 20000`,
    );
  }
  const wanted = tasks().filter(({ name }) => flags.only.includes(name));
  await runBench({ name: "tracker", tasks: wanted, rounds, onStage, platform: undefined, ours: OURS });
}
