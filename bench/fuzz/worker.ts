import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { startingInputs } from "./corpus.ts";
import { Desk, type Result, type Task } from "./messages.ts";
import { minimised } from "./minimise.ts";
import { mutated } from "./mutate.ts";
import { Fault } from "./outcome.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { faultOf, tried } from "./trial.ts";

// Tries inputs on one target. `run-worker.ts` starts it, and watches it from outside: it may hang, exit, or run out of memory.

/** Inputs that others are made from. More are forgotten at random, or the first ones would hardly be chosen. */
const MAX_POOL = 1_000;
/** A longer input is made from only if it is a seed: it would be slow, and hardly say more than a short one. */
const MAX_POOLED_BYTES = 4_096;
/** Inputs to report: for a person to look through. */
const MAX_NOVEL = 500;
/** One is enough to mend a parser. */
const MAX_FAULTS = 20;
const INPUTS_AT_ONCE = 500;

const desk = new Desk(workerData);

parentPort?.on("message", async (task: Task) => {
  const target = TARGETS.find(({ name }) => name === task.target);
  if (target === undefined) throw new Error(`There is no target ${task.target}.`);
  parentPort?.postMessage(
    task.only === undefined ? await fuzz(target, task) : await repeat(target, task.only),
  );
});

async function repeat(of: Target, input: Uint8Array): Promise<Result> {
  desk.begin(input);
  const what = await faultOf(of, input);
  return { inputs: 1, millis: 0, novel: [], faults: what === undefined ? [] : [{ what, input }] };
}

/** Makes inputs from those that showed something new: a value of another shape, or another error. */
async function fuzz(of: Target, { seed, millis: most }: Task): Promise<Result> {
  const random = seededRandom(seed);
  const isOver = (): boolean => performance.now() - startedAt >= most || faults.size >= MAX_FAULTS;
  const pool: Uint8Array[] = [];
  const seen = new Set<string>();
  const faults = new Map<string, Uint8Array>();
  const novel: Uint8Array[] = [];
  const startedAt = performance.now();
  let inputs = 0;
  const tryOne = async (input: Uint8Array): Promise<boolean> => {
    desk.begin(input);
    inputs += 1;
    try {
      const outcome = await tried(of, input);
      if (seen.has(outcome)) return false;
      seen.add(outcome);
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!faults.has(error.message)) faults.set(error.message, await shortest(of, input, error.message));
      return false;
    }
  };
  for (const input of startingInputs(of)) {
    await tryOne(input);
    pool.push(input);
  }
  while (!isOver()) {
    for (let at = 0; at < INPUTS_AT_ONCE && !(of.isSlow && isOver()); at++) {
      const input = mutated(of, pool, random);
      if (!(await tryOne(input)) || input.length > MAX_POOLED_BYTES) continue;
      remember(pool, input.slice(), random);
      if (novel.length < MAX_NOVEL) novel.push(input.slice());
    }
    await setImmediate();
  }
  const millis = performance.now() - startedAt;
  return { inputs, millis, novel, faults: Array.from(faults, ([what, input]) => ({ what, input })) };
}

function remember(pool: Uint8Array[], input: Uint8Array, random: Random): void {
  if (pool.length < MAX_POOL) pool.push(input);
  else pool[random.below(pool.length)] = input;
}

function shortest(of: Target, input: Uint8Array, what: string): Promise<Uint8Array> {
  return minimised(input.slice(), async (shorter) => {
    desk.begin(shorter);
    return (await faultOf(of, shorter)) === what;
  });
}
