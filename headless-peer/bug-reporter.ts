import type { ReportBug } from "#shared/driver/ports.ts";

const SENTENCE =
  "Tabswarm stopped it because of a bug. Start it again; if that does not help, report the error in the log or on the terminal.";

/** The log for bugs. */
export interface BugLog {
  isLevelEnabled(level: string): boolean;
  error(facts: object, words: string): void;
}

/** Writes bugs to the log, or to standard error without one. */
export function bugReporter(log: BugLog | undefined): ReportBug {
  return (error) => {
    if (log?.isLevelEnabled("error")) log.error({ err: error }, "bug");
    else console.error(error);
    return SENTENCE;
  };
}
