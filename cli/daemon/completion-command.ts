import { type ChildProcess, spawn } from "node:child_process";
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

/** A daemon that stops waits so long for the program: less than systemd waits by our unit, and enough to move a file. */
export const MAX_CLOSING_MILLIS = 30_000;

/** So long the rest of what a program said is read once it has ended: programs that it started may keep its output open for ever. */
export const MAX_LAST_WORDS_MILLIS = 1_000;

/** The program that runs. */
interface Running {
  /** Its streams are missing if we have no file descriptors left. */
  readonly child: ChildProcess;
  readonly name: string;
}

/**
 * Runs a program for each download that is complete, one after the other, with three arguments: the path of the file or folder, the
 * torrent's name and its info-hash. There is no shell, so that no name can be taken for a command.
 */
export class CompletionCommand {
  readonly #program: string;
  readonly #run: Run;
  readonly #waiting: (readonly string[])[] = [];
  #running: Running | undefined;
  /** Resolves once nothing runs or waits. */
  #done: Promise<void> | undefined;
  #isClosed = false;

  constructor(program: string, run: Run) {
    this.#program = program;
    this.#run = run;
  }

  /** `folder`: where it was downloaded into. */
  run(infoHash: InfoHash, info: Info, folder: string): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#run.warn(`${this.#program} is not run for ${info.name}: ${MAX_WAITING} downloads wait for it.`);
      return;
    }
    this.#waiting.push([join(folder, topOf(info)), info.name, infoHash]);
    this.#done ??= this.#runAll();
  }

  /** Runs nothing more. Waits for the program that runs, but not for long: then it goes on without a reader of what it says. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.length = 0;
    if (this.#running === undefined) return;
    const { child, name } = this.#running;
    const seconds = MAX_CLOSING_MILLIS / 1_000;
    this.#run.warn(`${this.#program} still runs for ${name}. Waiting for it, up to ${seconds} s.`);
    if (await isWithin(MAX_CLOSING_MILLIS, this.#done)) return;
    this.#run.warn(`${this.#program} still runs for ${name}. It goes on without the daemon.`);
    child.removeAllListeners("close"); // Nobody hears any more how it ends.
    stopReading(child);
    child.unref();
  }

  async #runAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await this.#runOne(next);
    this.#done = undefined;
  }

  #runOne(args: readonly string[]): Promise<void> {
    const [, name = ""] = args;
    const { log, warn } = this.#run;
    return new Promise((resolve) => {
      const failed = (error: unknown): void => {
        this.#running = undefined;
        warn(`${this.#program} cannot be run for ${name} (${messageOf(error)}). Check --on-complete.`);
        resolve();
      };
      const child = this.#spawn(args, failed);
      if (child === undefined) return;
      this.#running = { child, name };
      let output = "";
      const take = (bytes: Buffer): void => {
        output += bytes.toString().slice(0, MAX_OUTPUT_BYTES - output.length);
      };
      child.stdout?.on("data", take).on("error", () => {}); // Its end is told below.
      child.stderr?.on("data", take).on("error", () => {});
      child.on("error", failed);
      child.on("exit", () => {
        const late = setTimeout(stopReading, MAX_LAST_WORDS_MILLIS, child); // `close` follows.
        child.on("close", () => clearTimeout(late));
      });
      child.on("close", (code, signal) => {
        if (this.#running?.child === child) this.#running = undefined; // After an error, the next one may run by now.
        log.info({ program: this.#program, name, code, signal, output }, "ran the program for a download");
        if (code !== 0 && child.pid !== undefined)
          warn(`${this.#program} failed for ${name} (${signal ?? `code ${code}`}). ${output.trim()}`.trim());
        resolve();
      });
    });
  }

  /** Some errors come at once, others as an event. `detached`: a Ctrl-C is for the daemon alone. */
  #spawn(args: readonly string[], failed: (error: unknown) => void): ChildProcess | undefined {
    try {
      return spawn(this.#program, args, {
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
        detached: true,
      });
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

function stopReading({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

/** Whether it is done before so much time has passed. */
async function isWithin(maxMillis: number, done: Promise<void> | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), maxMillis);
  });
  const isDone = await Promise.race([done?.then(() => true) ?? true, late]);
  clearTimeout(timer);
  return isDone;
}
