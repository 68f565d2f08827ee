const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Waits to be told to stop. Told a second time, the process ends at once, as the system does it. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      for (const other of SIGNALS) process.off(other, stop);
      resolve(signal);
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}
