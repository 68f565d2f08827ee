import { parseArgs } from "node:util";
import { messageOf } from "#shared/base/errors.ts";
import { drawSetup } from "#shared/sim/swarm/draw-setup.ts";
import { Swarm } from "#shared/sim/swarm/swarm.ts";

// Runs small swarms with everything drawn from their seeds, one seed after another, until the time is up.
// `npm run simulate:soak -- --minutes 30 [--seed 1]`

const TELL_MILLIS = 30_000;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } },
});
const minutes = Number(values.minutes);
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(first) || first < 0)
  throw new Error("--minutes must be a number above 0, and --seed a whole number.");

const startedAt = performance.now();
const failed: number[] = [];
let toldAt = startedAt;
let seed = first;
for (; performance.now() - startedAt < minutes * 60_000; seed++) {
  const problem = await problemOf(seed);
  if (problem !== undefined) {
    failed.push(seed);
    console.error(`seed ${seed}: ${problem}\n  tabswarm simulate --scenario random --seed ${seed}`);
  }
  if (performance.now() - toldAt < TELL_MILLIS) continue;
  toldAt = performance.now();
  console.log(`${seed - first + 1} seeds, ${failed.length} failed`);
}
const took = Math.round((performance.now() - startedAt) / 1_000);
console.log(`Seeds ${first} to ${seed - 1}: ${seed - first} swarms in ${took} s, ${failed.length} failed.`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** What went wrong. Undefined: everybody completed, with the right bytes. */
async function problemOf(each: number): Promise<string | undefined> {
  try {
    const swarm = new Swarm(drawSetup(each));
    await swarm.run();
    const wrong = swarm.peers.filter((peer) => peer.falselyHeld().length > 0);
    return wrong.length === 0
      ? undefined
      : `${wrong.map(({ record }) => record.name).join()} hold wrong bytes`;
  } catch (error) {
    return messageOf(error);
  }
}
