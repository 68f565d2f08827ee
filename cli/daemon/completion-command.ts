import { spawn } from "node:child_process";
import { join } from "node:path";
import { messageOf } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import type { Run } from "../once.ts";

/** Downloads that wait for the program, at most: it may hang. */
export const MAX_WAITING = 1_000;

/** What the program says is logged up to here: the rest is read and forgotten, so that it does not wait for a reader. */
const MAX_OUTPUT_BYTES = 4_096;

/**
 * Runs a program for each download that is complete, one after the other, with three arguments: the path of the file or folder, the
 * torrent's name and its info-hash. There is no shell, so that no name can be taken for a command.
 */
export class CompletionCommand {
  readonly #program: string;
  readonly #run: Run;
  readonly #waiting: (readonly string[])[] = [];
  #isRunning = false;

  constructor(program: string, run: Run) {
    this.#program = program;
    this.#run = run;
  }

  /** `folder`: where it was downloaded into. */
  run(infoHash: InfoHash, info: Info, folder: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#run.warn(`${this.#program} is not run for ${info.name}: ${MAX_WAITING} downloads wait for it.`);
      return;
    }
    this.#waiting.push([join(folder, topOf(info)), info.name, infoHash]);
    if (!this.#isRunning) void this.#runAll();
  }

  /** Runs nothing more. The program that runs now goes on. */
  close(): void {
    this.#waiting.length = 0;
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await this.#runOne(next);
    this.#isRunning = false;
  }

  #runOne(args: readonly string[]): Promise<void> {
    const [, name] = args;
    const { log, warn } = this.#run;
    return new Promise((resolve) => {
      const failed = (error: unknown): void => {
        warn(`${this.#program} cannot be run for ${name} (${messageOf(error)}). Check --on-complete.`);
        resolve();
      };
      const child = this.#spawn(args, failed);
      if (child === undefined) return;
      let output = "";
      const take = (bytes: Buffer): void => {
        output += bytes.toString().slice(0, MAX_OUTPUT_BYTES - output.length);
      };
      child.stdout.on("data", take).on("error", () => {}); // Its end is told below.
      child.stderr.on("data", take).on("error", () => {});
      child.on("error", failed);
      child.on("close", (code, signal) => {
        log.info({ program: this.#program, name, code, signal, output }, "ran the program for a download");
        if (code !== 0 && child.pid !== undefined)
          warn(`${this.#program} failed for ${name} (${signal ?? `code ${code}`}). ${output.trim()}`.trim());
        resolve();
      });
    });
  }

  /** Some errors come at once, others as an event. */
  #spawn(args: readonly string[], failed: (error: unknown) => void) {
    try {
      return spawn(this.#program, args, { stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

/** The torrent's file or folder, below the folder that it was downloaded into. */
function topOf(info: Info): string {
  return info.isFolder ? safeName(info.name) : (safePaths(info)[0] ?? "");
}
