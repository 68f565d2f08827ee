import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command, Option } from "commander";
import { printable } from "#shared/base/printable.ts";
import { isExplained } from "../failure.ts";
import { nearest } from "./nearest.ts";
import { fromVariable, PEER_VARIABLES, parsedSetting } from "./read-settings.ts";
import { parseSwitch, type Setting, type Settings, variableOf } from "./settings.ts";
import { readSettingsFile } from "./settings-file.ts";
import { settingsFolder } from "./settings-folder.ts";

/** Flags that say what one run is about, so nobody wants them as a default. */
const OF_ONE_RUN = [
  "config",
  "data",
  "description",
  "idle",
  "json",
  "limit",
  "name",
  "private",
  "publish",
  "select",
];

/** The file that is read if nobody names one. */
const USUAL_FILE = "defaults.json";

const PATHS = ["logDir", "out", "state", "watch"];

/**
 * Lets people set the flags of commands that run a peer once and for all: in the environment, or in a file. A flag comes before the
 * environment, and the environment before the file. `readElsewhere`: further keys of the file that a command names, which the command
 * reads itself.
 */
export function takeDefaults(
  program: Command,
  commands: readonly Command[],
  readElsewhere: ReadonlyMap<Command, readonly string[]> = new Map(),
): void {
  for (const command of commands)
    command.option(
      "--config <file>",
      `JSON file with defaults for flags; by default ${USUAL_FILE} where log-ins are kept`,
    );
  const table = Object.assign({}, ...commands.map(settingsOf)) as Settings;
  program.hook("preAction", async (_, command) => {
    if (!commands.includes(command)) return;
    try {
      await applyDefaults(command, table, readElsewhere.get(command) ?? []);
      warnOfStrangers(variablesOf(commands));
    } catch (error) {
      if (isExplained(error)) command.error(`error: ${printable(error.message)}`);
      throw error;
    }
  });
}

/** The variables that these commands take. */
export function variablesOf(commands: readonly Command[]): readonly string[] {
  const names = commands.flatMap((command) => Object.keys(settingsOf(command)));
  return [...new Set([...names, "config"])].map(variableName);
}

function settingsOf(command: Command): Settings {
  const options = command.options.filter((option) => !OF_ONE_RUN.includes(option.attributeName()));
  return Object.fromEntries(options.map((option) => [option.attributeName(), settingOf(option)]));
}

function settingOf(option: Option): Setting<unknown> {
  const isSwitch = !option.required;
  return {
    argument: isSwitch ? undefined : "<value>",
    description: option.description,
    isRepeatable: Array.isArray(option.defaultValue),
    initial: option.defaultValue,
    parse: isSwitch ? ([text]) => parseSwitch(text) : (texts) => asFlag(option, texts),
    isPath: PATHS.includes(option.attributeName()),
    isSecret: false,
    isOutsideFile: false,
  };
}

/** As if the flag had been given with each of these texts. */
function asFlag({ parseArg, defaultValue }: Option, texts: readonly string[]): unknown {
  return texts.reduce<unknown>((before, text) => parseArg?.(text, before) ?? text, defaultValue);
}

async function applyDefaults(
  command: Command,
  table: Settings,
  readElsewhere: readonly string[],
): Promise<void> {
  const file = fileOf(command);
  const inFile =
    file === undefined ? undefined : (await readSettingsFile(file, table, readElsewhere)).written;
  command.setOptionValueWithSource("config", file, "config");
  for (const option of command.options) {
    const name = option.attributeName();
    const setting = table[name];
    if (setting === undefined || command.getOptionValueSource(name) === "cli") continue;
    const written = fromVariable(variableName(name), setting, process.env) ?? inFile?.get(name);
    if (written === undefined) continue;
    command.setOptionValueWithSource(name, parsedSetting(setting, written), "config");
  }
}

/** The file to read. Undefined: nobody names one, and the usual one is not there. */
function fileOf(command: Command): string | undefined {
  const named = command.getOptionValue("config") ?? process.env[variableName("config")];
  if (named) return named;
  const usual = join(settingsFolder(), USUAL_FILE);
  return existsSync(usual) ? usual : undefined;
}

/** Such as `TABSWARM_PEER_RATE_UP`: a tracker on the same machine has variables of its own. */
function variableName(name: string): string {
  return variableOf(`peer${name[0]?.toUpperCase()}${name.slice(1)}`);
}

function warnOfStrangers(known: readonly string[]): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith(PEER_VARIABLES) && !known.includes(name))
      console.error(
        `The environment variable ${printable(name, 64)} is not a setting and was ignored. The nearest is ${nearest(name.slice(0, 64), known)}.`,
      );
}
