import { isatty } from "node:tty";
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
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on("exit", () => {
    if (terminals.every((fd) => isatty(fd))) return;
    // Node would set back the terminal that is gone, and abort. So we end as its end ends other programs.
    process.removeAllListeners("SIGHUP");
    process.kill(process.pid, "SIGHUP");
  });
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
