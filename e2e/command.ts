import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endOf, startProcess } from "./processes.ts";

export const TABSWARM = fileURLToPath(new URL("../dist/cli/tabswarm.js", import.meta.url));

/** A line of `--json`. */
export type JsonLine = Readonly<Record<string, unknown>>;

/**
 * The words for a command that is a peer, kept from calling into the networks of whoever runs the tests. A test of local
 * discovery names an interface, which is 127.0.0.1.
 */
export function keptFromNetworks(words: readonly string[]): readonly string[] {
  const isPeer = ["seed", "download", "peers"].includes(words[0] ?? "");
  return !isPeer || words.includes("--lsd-interface") ? words : [...words, "--no-lsd"];
}

/** The built command, as a person runs it: in a process of its own. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(...words: readonly string[]) {
    this.#child = startProcess(process.execPath, [TABSWARM, ...keptFromNetworks(words), "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new Error("the command has no output");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The most memory it has had so far. Undefined: this system does not tell. */
  async peakMemoryBytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8").catch(() => "");
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }

  /** The next line of a type that `fits`; others are passed over. Rejects when the command ends first. */
  async line(type: string, fits: (said: JsonLine) => boolean = () => true): Promise<JsonLine> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done)
        throw new Error(`the command ended without a line of type ${type}: is dist/ fresh (npm run build)?`);
      const said: JsonLine = JSON.parse(value);
      if (said["type"] === type && fits(said)) return said;
    }
  }

  /** Waits for its end and tells its exit code. */
  ended(): Promise<number | null> {
    return endOf(this.#child);
  }

  /** Ends it without a chance to say or save anything. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Leaves it as it is: it keeps its sockets and says nothing any more. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Asks it to stop, as Ctrl-C does, and tells its exit code. */
  stop(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.ended();
  }
}
