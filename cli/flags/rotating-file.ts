import { renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pino } from "pino";
import { makeFolder } from "#disk/make-folder.ts";

/** How much log is kept. */
export interface LogFileLimits {
  /** Bytes of one file: what an editor opens with ease. */
  readonly maxFileBytes: number;
  /** Full files beside the one that is written. */
  readonly maxOldFiles: number;
  /** Bytes kept in memory while the file cannot be written: some hundred lines. Later lines are dropped. */
  readonly maxUnwrittenBytes: number;
}

/** The limits of every command. */
export const LOG_FILE_LIMITS: LogFileLimits = {
  maxFileBytes: 10 * 1024 * 1024,
  maxOldFiles: 5,
  maxUnwrittenBytes: 64 * 1024,
};

/**
 * Opens a log file that makes room for a new one when it is full: `x.log` becomes `x.log.1`, that `x.log.2`, and so on; the
 * oldest is deleted. `tell` hears of each write that failed. Throws if the file cannot be opened.
 */
export function openRotatingFile(
  path: string,
  tell: (error: Error) => void,
  limits = LOG_FILE_LIMITS,
): pino.DestinationStream {
  makeFolder(dirname(path));
  const stream = pino.destination({ dest: path, sync: true, maxLength: limits.maxUnwrittenBytes });
  stream.on("error", tell);
  let bytes = statSync(path).size;
  return {
    write: (line) => {
      const lineBytes = Buffer.byteLength(line);
      if (bytes > 0 && bytes + lineBytes > limits.maxFileBytes) {
        rotate(path, limits.maxOldFiles, stream, tell);
        bytes = 0;
      }
      bytes += lineBytes;
      stream.write(line);
    },
  };
}

/** If something goes wrong, the file goes on growing until it is tried again. */
function rotate(
  path: string,
  maxOldFiles: number,
  stream: ReturnType<typeof pino.destination>,
  tell: (error: Error) => void,
): void {
  try {
    for (let age = maxOldFiles - 1; age >= 1; age--) renameIfThere(`${path}.${age}`, `${path}.${age + 1}`);
    renameIfThere(path, `${path}.1`);
    makeFolder(dirname(path)); // Somebody may have deleted it.
    stream.reopen(path);
  } catch (error) {
    stream.removeAllListeners("ready"); // It would close the old file at the next success as well.
    tell(error instanceof Error ? error : new Error(String(error)));
  }
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
