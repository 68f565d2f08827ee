import { join } from "node:path";
import { type Level, type Logger, pino } from "pino";
import pinoPretty from "pino-pretty";

/** What `--log-level` takes. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** One of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Writes the log to standard error: for people in a terminal, else one JSON object a line. With a folder also there, into
 * `<name>.log`. Throws when that cannot be written.
 */
export function openLog(name: string, level: LogLevel, folder: string | undefined): Logger {
  if (level === "silent") return pino({ level });
  const entry = (stream: pino.DestinationStream): pino.StreamEntry<Level> => ({ level, stream });
  const terminal = process.stderr.isTTY
    ? pinoPretty({ destination: 2, sync: true, ignore: "pid,hostname" })
    : pino.destination({ dest: 2, sync: true });
  const file =
    folder === undefined
      ? []
      : [pino.destination({ dest: join(folder, `${name}.log`), mkdir: true, sync: true })];
  return pino({ level }, pino.multistream([terminal, ...file].map(entry)));
}
