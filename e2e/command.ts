import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endOf, startProcess } from "./processes.ts";

export const TABSWARM = fileURLToPath(new URL("../dist/cli/tabswarm.js", import.meta.url));

/** A line of `--json`. */
export type JsonLine = Readonly<Record<string, unknown>>;

/**
 * The words of a command, with a flag that keeps peers from announcing themselves on the local network. Tests of local
 * discovery name an interface, 127.0.0.1, instead.
 */
export function keptFromNetworks(words: readonly string[]): readonly string[] {
  const isPeer = ["seed", "download", "peers"].includes(words[0] ?? "");
  return !isPeer || words.includes("--lsd-interface") ? words : [...words, "--no-lsd"];
}

/** The built command in its own process, as a person runs it. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** Starts the command with these words, or takes one that runs already, with `--json` and its output in a pipe. */
  constructor(...words: readonly string[] | readonly [ChildProcess]) {
    const [first] = words;
    this.#child = typeof first === "object" ? first : started(words as readonly string[]);
    if (this.#child.stdout === null) throw new Error("the command has no output");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Its peak memory so far. Undefined: this system does not report it. */
  async peakMemoryBytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8").catch(() => "");
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }

  /** The next line of a type that `fits`; skips others. Rejects if the command ends first. */
  async line(type: string, fits: (line: JsonLine) => boolean = () => true): Promise<JsonLine> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done)
        throw new Error(`the command ended without a line of type ${type}: is dist/ fresh (npm run build)?`);
      const line: JsonLine = JSON.parse(value);
      if (line["type"] === type && fits(line)) return line;
    }
  }

  /** Waits until it ends and returns its exit code. */
  ended(): Promise<number | null> {
    return endOf(this.#child);
  }

  /** Kills it without a chance to print or save anything. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Suspends it: it keeps its sockets but goes silent. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Asks it to stop, as Ctrl-C does, and returns its exit code. */
  stop(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.ended();
  }
}

function started(words: readonly string[]): ChildProcess {
  return startProcess(process.execPath, [TABSWARM, ...keptFromNetworks(words), "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
