// Measures a headless peer that seeds many torrents: `npm run bench:thousand -- --help`.
import { parseArgs } from "node:util";
import { runCommand } from "./report/command.ts";
import { runBench } from "./report/run.ts";
import { OURS, openStage } from "./thousand/stage.ts";
import { BARS, tasks } from "./thousand/tasks.ts";

const HELP = `Usage: npm run bench:thousand -- [--torrents N] [--mib N] [--seconds N] [--rounds N]

  --torrents N  how many it seeds, each of two files (default 1000)
  --mib N       MiB of each (default 4)
  --seconds N   how long it is measured at rest (default 60)
  --rounds N    how often (default 1)

Ends with 1 if a figure is over its bar, which is meant for 1,000.`;

const { values: flags } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    mib: { type: "string", default: "4" },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
const [torrents = 0, mib = 0, seconds = 0, rounds = 0] = [
  flags.torrents,
  flags.mib,
  flags.seconds,
  flags.rounds,
].map(Number);

await runCommand({
  help: HELP,
  wantsHelp: flags.help,
  taskNames: [],
  named: [],
  problem: () =>
    [torrents, mib, seconds, rounds].every((count) => Number.isInteger(count) && count >= 1)
      ? undefined
      : `Each takes a whole number from 1.\n\n${HELP}`,
  measure: measureAll,
});

async function measureAll(): Promise<void> {
  const { onStage, close } = await openStage(torrents, mib);
  try {
    await runBench({
      ...{ name: "thousand", tasks: tasks(torrents, seconds), rounds, onStage },
      ...{ platform: undefined, ours: OURS, bars: BARS },
    });
  } finally {
    await close();
  }
}
