import { parseArgs } from "node:util";
import { corpusOf, inputId, keepInput } from "./fuzz/corpus.ts";
import { minimised } from "./fuzz/minimise.ts";
import { type Outcome, WatchedWorker } from "./fuzz/run-worker.ts";
import type { Target } from "./fuzz/target.ts";
import { TARGETS } from "./fuzz/targets.ts";
import { alignRows } from "./report/table.ts";

// Gives parsers inputs that are almost right, and watches for crashes, hangs, wrong values and too much memory.

const HELP = `npm run fuzz -- [--minutes N] [--target NAME] [--seed N] [--keep]   all targets, or one, for so long altogether
npm run fuzz -- --target NAME --repeat ID                          one input of the corpus once more

--keep adds short inputs that showed something new to the corpus; an input with a fault is always added.
Targets: ${TARGETS.map(({ name }) => name).join(", ")}`;

/** What --keep keeps of a target, so that the whole corpus stays below 200 kB. */
const MAX_KEPT = 12;
const MAX_KEPT_BYTES = 160;

/** A hang takes `HANG_MILLIS` for each try, so its input is not made as short as it could be. */
const HANG_TRIES = 12;
const HANG_RETRY_MILLIS = 3_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    target: { type: "string" },
    seed: { type: "string" },
    repeat: { type: "string" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const worker = new WatchedWorker();
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);

if (values.help) console.log(HELP);
else if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0 || targets.length === 0) {
  console.error(HELP);
  process.exitCode = 2;
} else if (values.repeat !== undefined) process.exitCode = (await repeat(values.repeat)) ? 1 : 0;
else process.exitCode = (await fuzz()) === 0 ? 0 : 1;

await worker.close();

/** Returns how many faults it has found. */
async function fuzz(): Promise<number> {
  const millis = (minutes * 60_000) / targets.length;
  const rows: string[][] = [];
  let [total, faults] = [0, 0];
  const startedAt = performance.now();
  for (const target of targets) {
    const outcome = await worker.run({ target: target.name, seed, millis, only: undefined });
    const found = await report(target, outcome);
    const inputs = outcome.type === "done" ? outcome.result.inputs : outcome.inputs;
    const seconds = (outcome.type === "done" ? outcome.result.millis : millis) / 1_000;
    total += inputs;
    faults += found;
    rows.push([target.name, inputs, seconds.toFixed(1), (inputs / seconds).toFixed(0), found].map(String));
  }
  console.log(alignRows([["target", "inputs", "s", "inputs/s", "faults"], ...rows]));
  const took = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(`Seed ${seed}: ${total} inputs in ${took} min, ${faults} faults.`);
  return faults;
}

/** Keeps and tells what a worker has found, and returns how many faults that are. */
async function report(target: Target, outcome: Outcome): Promise<number> {
  if (outcome.type === "died") {
    tell(target, outcome.what, await shortened(target, outcome));
    return 1;
  }
  const { faults, novel } = outcome.result;
  for (const { what, input } of faults) tell(target, what, input);
  const short = novel.filter(({ length }) => length <= MAX_KEPT_BYTES);
  if (values.keep) {
    const room = Math.max(0, MAX_KEPT - corpusOf(target).length);
    for (const input of short.slice(0, room)) keepInput(target, input);
  }
  return faults.length;
}

function tell(target: Target, what: string, input: Uint8Array): void {
  keepInput(target, input);
  console.error(
    `${target.name}: ${what} (${input.length} bytes)\n  npm run fuzz -- --target ${target.name} --repeat ${inputId(input)}`,
  );
}

/** Each try needs a worker of its own, which dies. */
function shortened(target: Target, { input }: Extract<Outcome, { type: "died" }>): Promise<Uint8Array> {
  const hasFault = async (shorter: Uint8Array): Promise<boolean> =>
    (await once(target, shorter)) !== undefined;
  return minimised(input, hasFault, HANG_TRIES);
}

/** The fault that an input shows. Undefined: none. */
async function once({ name }: Target, only: Uint8Array): Promise<string | undefined> {
  const outcome = await worker.run({ target: name, seed: 0, millis: 0, only }, HANG_RETRY_MILLIS);
  return outcome.type === "died" ? outcome.what : outcome.result.faults[0]?.what;
}

/** Returns whether the input still shows a fault. */
async function repeat(id: string): Promise<boolean> {
  for (const target of targets) {
    const input = corpusOf(target).find((known) => inputId(known) === id);
    if (input === undefined) continue;
    const fault = await once(target, input);
    console.log(`${target.name}: ${fault ?? "no fault"}`);
    return fault !== undefined;
  }
  console.error(`There is no input ${id} in the corpus.`);
  return true;
}
