import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const TABSWARM = fileURLToPath(new URL("../dist/cli/tabswarm.js", import.meta.url));

/** A tracker as a person runs it: the built command, in a process of its own. */
export interface RunningTracker {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one on loopback at any free port, unless `flags` say otherwise. */
export async function runTracker(...flags: readonly string[]): Promise<RunningTracker> {
  const usual = ["--json", "--host", "127.0.0.1", "--port", "0", "--log-level", "warn"];
  const child = spawn(process.execPath, [TABSWARM, "tracker", ...usual, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await listeningPort(child);
  return { url: `http://127.0.0.1:${port}/`, port, stop: () => stopped(child) };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the tracker has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const said: Record<string, unknown> = JSON.parse(line);
    if (said["type"] === "listening") return Number(said["port"]);
  }
  throw new Error("the tracker ended before it listened: is dist/ fresh (npm run build)?");
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
