import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "#shared/base/errors.ts";
import { nearest } from "./nearest.ts";
import { type Setting, type Settings, type ValuesOf, variableOf, type Written } from "./settings.ts";
import { readSettingsFile } from "./settings-file.ts";

/** Values of settings, and sentences about what was ignored. */
export interface ReadSettings<Table extends Settings> {
  readonly values: ValuesOf<Table>;
  /** The settings that somebody has set, even if to what they are anyway. */
  readonly set: ReadonlySet<keyof Table>;
  readonly warnings: readonly string[];
}

/** How the variables of commands that run a peer begin. */
export const PEER_VARIABLES = "TABSWARM_PEER_";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads each setting from the first place that has it: the flags that commander has parsed, the environment, and the file that
 * the setting `config` names. Throws a `UsageError` that names the place.
 */
export async function readSettings<Table extends Settings>(
  table: Table,
  command: Command,
  environment: Environment,
): Promise<ReadSettings<Table>> {
  const outside = (name: string): Written | undefined =>
    fromFlag(name, command) ?? fromVariable(variableOf(name), table[name], environment);
  const [path] = outside("config")?.texts ?? [];
  const file = path === undefined ? undefined : await readSettingsFile(path, table);
  const set = new Set<keyof Table>();
  const values = Object.entries(table).map(([name, setting]) => {
    const written = outside(name) ?? file?.written.get(name);
    if (written !== undefined) set.add(name);
    return [name, written === undefined ? setting.initial : parsedSetting(setting, written)];
  });
  return {
    values: Object.fromEntries(values),
    set,
    warnings: [...(file?.warnings ?? []), ...strangeVariables(table, environment)],
  };
}

function fromFlag(name: string, command: Command): Written | undefined {
  if (command.getOptionValueSource(name) !== "cli") return undefined;
  const value: unknown = command.getOptionValue(name);
  return { texts: Array.isArray(value) ? value : [String(value)], place: `--${name}` };
}

/** What a variable says. An empty one counts as absent. Several values stand between spaces. */
export function fromVariable(
  variable: string,
  setting: Setting<unknown> | undefined,
  environment: Environment,
): Written | undefined {
  const text = environment[variable]?.trim() ?? "";
  if (text === "") return undefined;
  return { texts: setting?.isRepeatable ? text.split(/\s+/) : [text], place: variable };
}

/** The value of what somebody wrote. Throws a `UsageError` that names the place. */
export function parsedSetting(setting: Setting<unknown>, { texts, place }: Written): unknown {
  try {
    return setting.parse(texts);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new UsageError("settings", `${place}: ${error.message}`);
    throw error;
  }
}

/** Warns of variables that look like settings but are not. They are not errors: other programs have variables, too. */
function strangeVariables(table: Settings, environment: Environment): readonly string[] {
  const known = Object.keys(table).map(variableOf);
  return Object.keys(environment)
    .filter(
      (name) => name.startsWith("TABSWARM_") && !name.startsWith(PEER_VARIABLES) && !known.includes(name),
    )
    .map(
      (name) =>
        `The environment variable ${name} is not a setting and was ignored. The nearest is ${nearest(name, known)}.`,
    );
}
