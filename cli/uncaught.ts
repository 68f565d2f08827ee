import type { Logger } from "pino";
import { messageOf } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { printableLines } from "./show/log-entry.ts";

/** Exit code of a command that failed. */
export const FAILED = 1;

/** Reports an unexpected error with its stack and ends the process. */
export function endOnBug(error: unknown): never {
  const message = `Tabswarm stopped because of a bug: ${printable(messageOf(error))}. Please report it.`;
  if (process.argv.includes("--json")) console.log(JSON.stringify({ type: "error", message }));
  else console.error(`tabswarm: ${message}`);
  if (error instanceof Error && error.stack !== undefined) console.error(printableLines(error.stack));
  process.exit(FAILED);
}

/** From now on logs and counts such errors instead, and goes on: others depend on this process. */
export function outliveBugs(log: Logger): void {
  let count = 0;
  process.off("uncaughtException", endOnBug);
  process.on("uncaughtException", (error, origin) => {
    count += 1;
    log.error({ err: error, origin, count }, "nothing caught this error; the tracker goes on");
  });
}
