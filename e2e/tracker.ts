import { RunningCommand } from "./command.ts";

/** A tracker, run as a person would. */
export interface RunningTracker {
  readonly url: string;
  readonly port: number;
  /** Undefined: it does not speak https. */
  readonly httpsPort: number | undefined;
  /** Makes the first administrator. Undefined: there is one, or the tracker has no accounts. */
  readonly adminCode: string | undefined;
  stop(): Promise<void>;
}

/** Starts one on loopback on any free port, unless `flags` say otherwise. */
export async function runTracker(...flags: readonly string[]): Promise<RunningTracker> {
  const usual = ["--host", "127.0.0.1", "--port", "0", "--log-level", "warn"];
  const command = new RunningCommand("tracker", ...usual, ...flags);
  const line = await command.line("listening");
  const port = Number(line["port"]);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    httpsPort: line["httpsPort"] === undefined ? undefined : Number(line["httpsPort"]),
    adminCode: line["adminCode"] === undefined ? undefined : String(line["adminCode"]),
    async stop() {
      await command.stop();
    },
  };
}
