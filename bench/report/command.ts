/** What a benchmark's command line asks for. */
export interface BenchCommand {
  readonly help: string;
  readonly wantsHelp: boolean;
  /** Tasks that exist, and those that were named. */
  readonly taskNames: readonly string[];
  readonly named: readonly string[];
  /** What else keeps it from measuring. Undefined: nothing. */
  readonly problem: () => string | undefined;
  readonly measure: () => Promise<void>;
}

/** Shows the help, or measures, or says what is wrong and makes the process end with 2. */
export async function runCommand(command: BenchCommand): Promise<void> {
  const { help, wantsHelp, taskNames, named, problem, measure } = command;
  if (wantsHelp) return console.log(help);
  const unknown = named.find((name) => !taskNames.includes(name));
  const wrong = unknown === undefined ? problem() : `There is no task ${unknown}.\n\n${help}`;
  if (wrong === undefined) return await measure();
  console.error(wrong);
  process.exitCode = 2;
}
