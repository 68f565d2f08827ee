/** What tells a process to stop: Ctrl-C, a service manager, and a terminal that was closed. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let isStopping = false;

/** Waits to be told to stop. Told a second time, the process ends at once, as the system does it. */
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

/** Stops as a signal would, so that goodbyes are said, and makes the process end with this code. */
export function stopWith(code: number): void {
  process.on("exit", () => {
    process.exitCode = code;
  });
  if (!isStopping && !process.emit("SIGTERM", "SIGTERM")) process.exit(code);
}
