import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { cpuSecondsOfTree, residentBytes } from "./processes.ts";

/** No task takes this long. */
const SILENCE_MILLIS = 300_000;

/** A program in its own process. Its cost is measured from outside while it runs. */
export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly #lines: { readonly text: string; readonly at: number }[] = [];
  #waiting: (() => void)[] = [];

  /** Reads its standard output; its standard error goes to ours. */
  constructor(command: string, ...words: readonly string[]) {
    this.#child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error(`${command} has no output.`);
    createInterface({ input: stdout }).on("line", (text) => {
      this.#lines.push({ text, at: performance.now() });
      this.#wakeAll();
    });
    this.#child.once("exit", () => this.#wakeAll());
  }

  /** The first line of its output, past or future, that contains `words`. Rejects if it ends first or takes too long. */
  async lineWith(words: string): Promise<string> {
    return (await this.#lineWith(words)).text;
  }

  /** What a line of JSON of this type says, past or future. */
  async factsOf(type: string): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.lineWith(`"type":"${type}"`));
  }

  /** When it printed that line, as `performance.now()` has it. */
  async timeOf(words: string): Promise<number> {
    return (await this.#lineWith(words)).at;
  }

  async #lineWith(words: string): Promise<{ readonly text: string; readonly at: number }> {
    const isLate = new Promise<"late">((late) => setTimeout(late, SILENCE_MILLIS, "late").unref());
    for (;;) {
      const line = this.#lines.find(({ text }) => text.includes(words));
      if (line !== undefined) return line;
      const news = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const isOver = this.hasEnded || (await Promise.race([news, isLate])) === "late";
      if (isOver) throw new Error(`"${this.#child.spawnargs.join(" ")}" did not print "${words}".`);
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  cpuSeconds(): number {
    return cpuSecondsOfTree(this.pid);
  }

  /** Its highest memory in RAM. */
  peakBytes(): number {
    return residentBytes(this.pid).peak;
  }

  /** Bytes passed to `write` and similar calls (proc(5)): what a program that only seeds has sent. */
  writtenBytes(): number {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${this.pid}/io`, "utf8"))?.[1]);
  }

  /** Files and sockets that it has open now. */
  openFiles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    this.signal("SIGTERM");
    if (!this.hasEnded) await once(this.#child, "exit");
  }

  /** Kills it at once. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  /** Whether it runs no more. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#child.spawnfile} could not be started.`);
    return pid;
  }
}
