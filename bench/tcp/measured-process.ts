import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { cpuSecondsOfTree, residentBytes } from "../machine/processes.ts";

/** Nothing here takes as long. */
const SILENCE_MILLIS = 300_000;

/** A program in a process of its own. What it costs is read from outside, while it runs. */
export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #heard = (): void => {};

  /** Its standard output is read; what it says on standard error is said on ours. */
  constructor(command: string, ...words: readonly string[]) {
    this.#child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error(`${command} has no output.`);
    createInterface({ input: stdout }).on("line", (line) => {
      this.#lines.push(line);
      this.#heard();
    });
    this.#child.once("exit", () => this.#heard());
  }

  /** The first line that it says, or has said, in which `words` occur. Rejects when it ends without, or takes too long. */
  async said(words: string): Promise<string> {
    const isLate = new Promise<"late">((late) => setTimeout(late, SILENCE_MILLIS, "late").unref());
    for (;;) {
      const line = this.#lines.find((each) => each.includes(words));
      if (line !== undefined) return line;
      const news = new Promise<void>((heard) => {
        this.#heard = heard;
      });
      const isOver = this.#hasEnded || (await Promise.race([news, isLate])) === "late";
      if (isOver) throw new Error(`"${this.#child.spawnargs.join(" ")}" did not say "${words}".`);
    }
  }

  cpuSeconds(): number {
    return cpuSecondsOfTree(this.#pid);
  }

  /** Memory in RAM at its highest. */
  peakBytes(): number {
    return residentBytes(this.#pid).peak;
  }

  /** Bytes given to `write` and its like (proc(5)): of a program that only seeds, what it sent. */
  writtenBytes(): number {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${this.#pid}/io`, "utf8"))?.[1]);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get #pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#child.spawnfile} could not be started.`);
    return pid;
  }
}
