import { Worker } from "node:worker_threads";
import { Desk, type Result, type Task } from "./messages.ts";

/** How long one input may take. Parsers take microseconds; a busy machine may let a niced process wait for seconds. */
const HANG_MILLIS = 20_000;

/** Heap of a worker, in MiB: what a parser keeps, it keeps for one input only. */
const MAX_HEAP_MIB = 512;

const LOOK_MILLIS = 500;

/** What became of a task. `input`: what the worker was trying when it hung or died. */
export type Outcome =
  | { readonly type: "done"; readonly result: Result }
  | { readonly type: "died"; readonly what: string; readonly input: Uint8Array; readonly inputs: number };

/** A worker that takes one task after another. One that hung or died is replaced. */
export class WatchedWorker {
  #worker: Worker | undefined;
  /** Hears what the worker says. Removing listeners of a `Worker` makes it deaf, so they stay. */
  #heard: (said: Result | string) => void = () => {};
  #desk = new Desk();

  /** Runs a task, and ends the worker if one input takes too long. */
  async run(task: Task, hangMillis = HANG_MILLIS): Promise<Outcome> {
    this.#worker ??= this.#start();
    const outcome = await this.#watched(this.#worker, task, hangMillis);
    if (outcome.type === "died") await this.close();
    return outcome;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    this.#desk = new Desk();
    const worker = new Worker(bootOf("worker.ts"), {
      eval: true,
      workerData: this.#desk.memory,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    });
    worker.on("message", (result: Result) => this.#heard(result));
    worker.on("error", (error) => this.#heard(`it ends the worker: ${error.message}`));
    worker.on("exit", (code) => this.#heard(`it ends the process with code ${code}`));
    return worker;
  }

  #watched(worker: Worker, task: Task, hangMillis: number): Promise<Outcome> {
    const desk = this.#desk;
    const before = desk.count;
    let [count, since] = [before, performance.now()];
    return new Promise((resolve) => {
      const end = (outcome: Outcome): void => {
        clearInterval(watch);
        this.#heard = () => {};
        resolve(outcome);
      };
      const died = (what: string): void =>
        end({ type: "died", what, input: desk.input, inputs: desk.count - before });
      const watch = setInterval(() => {
        const now = performance.now();
        if (desk.count !== count) [count, since] = [desk.count, now];
        else if (count > before && now - since > hangMillis)
          died(`it takes more than ${hangMillis / 1_000} s`);
      }, LOOK_MILLIS);
      this.#heard = (said) => (typeof said === "string" ? died(said) : end({ type: "done", result: said }));
      worker.postMessage(task);
    });
  }
}

/** Node 20 reads no TypeScript in workers, so the worker's first act is to load what does. */
function bootOf(name: string): string {
  const url = JSON.stringify(new URL(name, import.meta.url));
  return `import("tsx/esm/api").then(({ register }) => { register(); return import(${url}); })`;
}
