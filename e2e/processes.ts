import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set<ChildProcess>();

/** Starts a process, which `endProcesses` kills if it still runs. */
export function startProcess(
  command: string,
  words: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const child = spawn(command, words, options);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Waits for a process to end and returns its exit code. Null: a signal ended it. */
export async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

/** Kills what a test has left running, as a failed test may. */
export async function endProcesses(): Promise<void> {
  const left = [...running];
  for (const child of left) child.kill("SIGKILL");
  await Promise.all(left.map(endOf));
}
