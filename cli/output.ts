import { isatty } from "node:tty";
import { stopWith } from "./stop-signal.ts";
import { FAILED } from "./uncaught.ts";

/** What a shell reports when SIGPIPE ended a program: 128 plus the signal's number. */
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
    // Node would try to restore the lost terminal, and abort. So end by SIGHUP, as other programs do.
    process.removeAllListeners("SIGHUP");
    process.kill(process.pid, "SIGHUP");
  });
}

/** Ends the command: silently when nobody reads any more, else with a message and code 1. */
export function outputLost(error: NodeJS.ErrnoException): void {
  if (isLost) return;
  isLost = true;
  if (GONE.includes(error.code ?? "")) return stopWith(NOBODY_READS);
  console.error(
    `tabswarm: The output cannot be written (${error.message}). Make room, or send it elsewhere.`,
  );
  stopWith(FAILED);
}
