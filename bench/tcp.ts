// Measures the headless peer over TCP, side by side with other clients: `npm run bench:tcp -- --help`.
import { parseArgs } from "node:util";
import { findAria2, NO_ARIA2 } from "../e2e/aria2.ts";
import { findLibtorrent, NO_LIBTORRENT } from "../e2e/libtorrent.ts";
import { isMissing } from "../e2e/missing.ts";
import { hasWebTorrent, NO_WEBTORRENT } from "../e2e/webtorrent.ts";
import { runCommand } from "./report/command.ts";
import { runBench } from "./report/run.ts";
import { OURS, openTheatre } from "./tcp/stage.ts";
import { tasks } from "./tcp/tasks.ts";

const TASK_NAMES = tasks(1).map(({ name }) => name);

const HELP = `Usage: npm run bench:tcp -- [--mib N] [--rounds N] [--only TASK]... [--with NAME]...

  --mib N      size of the transfer in MiB (default 1024)
  --rounds N   how often each contender runs each task, in turn (default 5)
  --only TASK  run only this task; may be repeated: ${TASK_NAMES.join(", ")}
  --with NAME  besides ours, run only this contender; may be repeated`;

const { values: flags } = parseArgs({
  options: {
    mib: { type: "string", default: "1024" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", multiple: true, default: TASK_NAMES },
    with: { type: "string", multiple: true },
    help: { type: "boolean", default: false },
  },
});

/** Programs without which contenders with their names are skipped. */
const FOREIGN = {
  libtorrent: { found: findLibtorrent(), howToGetIt: NO_LIBTORRENT },
  aria2: { found: findAria2(), howToGetIt: NO_ARIA2 },
  WebTorrent: { found: hasWebTorrent, howToGetIt: NO_WEBTORRENT },
};
const mebibytes = Number(flags.mib);
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
  for (const count of [mebibytes, rounds]) {
    if (!Number.isInteger(count) || count < 1)
      return `--mib and --rounds take whole numbers from 1.\n\n${HELP}`;
  }
  return undefined;
}

async function measureAll(): Promise<void> {
  const missing = Object.entries(FOREIGN).flatMap(([program, { found, howToGetIt }]) =>
    isMissing(found, howToGetIt) ? [program] : [],
  );
  const wanted = tasks(mebibytes)
    .filter(({ name }) => flags.only.includes(name))
    .map((task) => ({ ...task, contenders: chosen(task.contenders, missing) }));
  const { onStage, close } = await openTheatre();
  try {
    await runBench({ name: "tcp", tasks: wanted, rounds, onStage, platform: undefined, ours: OURS });
  } finally {
    await close();
  }
}

/** Ours and those that `--with` names, or all if it is absent, as far as they are installed. */
function chosen<Run>(
  contenders: Readonly<Record<string, Run>>,
  missing: readonly string[],
): Record<string, Run> {
  const isChosen = (name: string): boolean => name === OURS || (flags.with?.includes(name) ?? true);
  const isInstalled = (name: string): boolean => !missing.some((program) => name.includes(program));
  return Object.fromEntries(
    Object.entries(contenders).filter(([name]) => isChosen(name) && isInstalled(name)),
  );
}
