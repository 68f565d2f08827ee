import { statSync } from "node:fs";
import { join } from "node:path";
import { type Level, type Logger, pino } from "pino";
import pinoPretty from "pino-pretty";
import { messageOf } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { CommandError } from "../failure.ts";
import { outputLost } from "../output.ts";
import { printableEntry } from "../show/log-entry.ts";
import { LOG_FILE_LIMITS, openRotatingFile } from "./rotating-file.ts";

/** What `--log-level` takes. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** One of `LOG_LEVELS`. */
type LogLevel = (typeof LOG_LEVELS)[number];

/** The flags that decide where a command's log goes. */
export interface LogFlags {
  /** Undefined: nothing goes to standard error. */
  readonly logLevel?: LogLevel | undefined;
  readonly logDir?: string | undefined;
  readonly json: boolean;
}

/** Opens the log of a command. Throws a `CommandError` when it cannot be written. */
export function openCommandLog(name: string, { logLevel, logDir, json }: LogFlags): Logger {
  try {
    return openLog(name, logLevel, logDir);
  } catch (error) {
    const problem = messageOf(error);
    throw new CommandError(
      `The log cannot be written (${problem}). Pass --log-dir with a folder that you may write to.`,
      json,
    );
  }
}

/**
 * Writes the log to standard error: as text in a terminal, else one JSON object a line. With a folder it also writes
 * `<name>.log` there; with a folder and no level, that file alone. Throws when the file cannot be written.
 */
function openLog(name: string, wanted: LogLevel | undefined, folder: string | undefined): Logger {
  const level = wanted ?? (folder === undefined ? "silent" : "info");
  if (level === "silent") return pino({ level });
  const entry = (stream: pino.DestinationStream): pino.StreamEntry<Level> => ({ level, stream });
  const terminal = wanted === undefined ? [] : [openTerminal()];
  const file = folder === undefined ? [] : [openFile(join(folder, `${name}.log`))];
  return pino({ level }, pino.multistream([...terminal, ...file].map(entry)));
}

function openTerminal(): pino.DestinationStream {
  const isTerminal = process.stderr.isTTY;
  const stream = isTerminal
    ? pinoPretty({ destination: 2, sync: true, ignore: "pid,hostname" })
    : pino.destination({ dest: 2, sync: true, maxLength: LOG_FILE_LIMITS.maxUnwrittenBytes });
  stream.on("error", (error) => {
    if (!isFull(error)) outputLost(error);
  });
  return isTerminal ? { write: (line) => void stream.write(printableEntry(line)) } : stream;
}

/** When the log file cannot be written, the work goes on without it. */
function openFile(path: string): pino.DestinationStream {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFIFO() || stats?.isSocket()) throw new Error(`${path} is not a file`); // Opening a pipe would wait for its reader.
  let isTold = false;
  return openRotatingFile(path, ({ message }) => {
    if (!isTold)
      console.error(`tabswarm: The log cannot be written (${printable(message)}); it has gaps from now on.`);
    isTold = true;
  });
}

/** A full disk must not end work that needs no log, and it may have room again later. */
function isFull({ code }: NodeJS.ErrnoException): boolean {
  return code === "ENOSPC" || code === "EDQUOT";
}
