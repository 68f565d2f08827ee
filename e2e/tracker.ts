import { RunningCommand } from "./command.ts";

/** A tracker, run as a person would. */
export interface RunningTracker {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one on loopback on any free port, unless `flags` say otherwise. */
export async function runTracker(...flags: readonly string[]): Promise<RunningTracker> {
  const usual = ["--host", "127.0.0.1", "--port", "0", "--log-level", "warn"];
  const command = new RunningCommand("tracker", ...usual, ...flags);
  const port = Number((await command.line("listening"))["port"]);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    async stop() {
      await command.stop();
    },
  };
}
