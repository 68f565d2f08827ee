/** What tells a process to stop: Ctrl-C, a service manager, and a terminal that was closed. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let isStopping = false;

/** Resolves with the first signal to stop. A second one ends the process at once, which is the system's default. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      isStopping = true;
      for (const other of STOP_SIGNALS) process.off(other, stop);
      resolve(signal);
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
  });
}

/** Stops as a signal would, so that we say goodbye, and ends the process with this code. */
export function stopWith(code: number): void {
  process.on("exit", () => {
    process.exitCode = code;
  });
  if (!isStopping && !process.emit("SIGTERM", "SIGTERM")) process.exit(code);
}
