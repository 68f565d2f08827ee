import type { Logger } from "pino";

/**
 * How long a command may take to end once its work is done and everything of ours is closed. What is left then waits for others,
 * such as a tracker that does not answer our goodbye, or is a native handle that its library forgot.
 */
const ENDING_MILLIS = 2_000;

/** Ends the process with its exit code when it does not end by itself, and logs what kept it. Output is written first. */
export function endInTime(log: Logger): void {
  const timer = setTimeout(() => {
    const kept = process.getActiveResourcesInfo(); // Empty for native handles, which Node does not list.
    log.warn({ kept }, "the command did not end by itself");
    process.stdout.write("", () => process.stderr.write("", () => process.exit()));
  }, ENDING_MILLIS);
  timer.unref();
}
