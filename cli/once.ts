import { type Command, Option } from "commander";
import type { Logger } from "pino";
import { printable } from "#shared/base/printable.ts";
import { withoutShareKeys } from "#shared/base/share-key.ts";
import { endInTime } from "./ending.ts";
import { CommandError, isExplained } from "./failure.ts";
import { LOG_LEVELS, type LogFlags, openCommandLog } from "./flags/log.ts";
import { toned } from "./show/colour.ts";

/** Adds the flags that every command but `tracker` takes. Without them there is no log. */
export function withCommonFlags(command: Command, logName = `${command.name()}.log`): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "log to standard error, at this level and above").choices(LOG_LEVELS),
    )
    .option("--log-dir <folder>", `write the log into this folder, as ${logName}`)
    .option("--json", "print one JSON object a line", false);
}

/** What a command reports through. */
export interface Run {
  readonly log: Logger;
  /** Says something the person should know; the work goes on. */
  warn(sentence: string): void;
}

/** Runs a command, and sees that it ends. Logs an error that the person can do something about and rethrows it as a `CommandError`. */
export async function runOnce(
  name: string,
  flags: LogFlags,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const log = openCommandLog(name, flags);
  const warn = (sentence: string): void => {
    const message = withoutShareKeys(sentence);
    log.warn(message);
    if (flags.json) console.log(JSON.stringify({ type: "warning", message }));
    else console.error(toned(printable(message), "warning", process.stderr));
  };
  try {
    await work({ log, warn });
  } catch (error) {
    if (!isExplained(error)) throw error;
    const message = withoutShareKeys(error.message);
    log.error(message);
    throw new CommandError(message, flags.json);
  } finally {
    endInTime(log);
  }
}
