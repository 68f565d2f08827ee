import { join } from "node:path";
import { type Level, type Logger, pino } from "pino";
import pinoPretty from "pino-pretty";
import { CommandError } from "../failure.ts";

/** What `--log-level` takes. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** One of `LOG_LEVELS`. */
type LogLevel = (typeof LOG_LEVELS)[number];

/** The flags that decide where a command's log goes. */
export interface LogFlags {
  /** Undefined: nothing goes to standard error. */
  readonly logLevel?: LogLevel;
  readonly logDir?: string;
  readonly json: boolean;
}

/** Opens the log of a command. When it cannot be written, a `CommandError`. */
export function openCommandLog(name: string, { logLevel, logDir, json }: LogFlags): Logger {
  try {
    return openLog(name, logLevel, logDir);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The log cannot be written (${problem}). Pass --log-dir with a folder that can be.`,
      json,
    );
  }
}

/**
 * Writes the log to standard error: for people in a terminal, else one JSON object a line. With a folder also there, into
 * `<name>.log`; without a level only there. Throws when that cannot be written.
 */
function openLog(name: string, wanted: LogLevel | undefined, folder: string | undefined): Logger {
  const level = wanted ?? (folder === undefined ? "silent" : "info");
  if (level === "silent") return pino({ level });
  const entry = (stream: pino.DestinationStream): pino.StreamEntry<Level> => ({ level, stream });
  const terminal = wanted === undefined ? [] : [openTerminal()];
  const file =
    folder === undefined
      ? []
      : [pino.destination({ dest: join(folder, `${name}.log`), mkdir: true, sync: true })];
  return pino({ level }, pino.multistream([...terminal, ...file].map(entry)));
}

function openTerminal(): pino.DestinationStream {
  return process.stderr.isTTY
    ? pinoPretty({ destination: 2, sync: true, ignore: "pid,hostname" })
    : pino.destination({ dest: 2, sync: true });
}
