import { stopWith } from "./stop-signal.ts";
import { FAILED } from "./uncaught.ts";

/** What a shell reports of a program that SIGPIPE ended: 128 and the number of that signal. */
const NOBODY_READS = 141;

/** The reader of the pipe has ended, as `head` does, or the terminal was closed. */
const GONE = ["EPIPE", "EIO"];

let isLost = false;

/** From now on the command ends when its standard output or standard error cannot be written. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", outputLost);
}

/** Ends the command: without a word where nobody reads any more, else with a sentence and code 1. */
export function outputLost(error: NodeJS.ErrnoException): void {
  if (isLost) return;
  isLost = true;
  if (GONE.includes(error.code ?? "")) return stopWith(NOBODY_READS);
  console.error(
    `tabswarm: The output cannot be written (${error.message}). Make room, or send it elsewhere.`,
  );
  stopWith(FAILED);
}
