// Runs the scenarios of docs/swarm.md and renews their rows in its table.
// `npm run docs:swarm -- [--scenario ten,first-copy] [--seeds 1,2,3]`: without --scenario all of them, which takes an hour.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Outcome } from "../shared/sim/swarm/outcome.ts";
import type { Measure, Scenario } from "../shared/sim/swarm/scenario.ts";
import { Swarm } from "../shared/sim/swarm/swarm.ts";
import { TABLED, withFreshFigures } from "./swarm-table.ts";

const FILE = fileURLToPath(new URL("swarm.md", import.meta.url));

const { values } = parseArgs({
  options: { scenario: { type: "string" }, seeds: { type: "string", default: "1,2,3" } },
});
const seeds = values.seeds.split(",").map(Number);
const names = values.scenario?.split(",") ?? TABLED.map(({ name }) => name);
const chosen = names.map((name) => {
  const scenario = TABLED.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario ${name} in the table.`);
  return scenario;
});
if (!seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0))
  throw new Error("--seeds must be whole numbers, with commas between them.");

for (const scenario of chosen) {
  const runs: (readonly Measure[])[] = [];
  for (const seed of seeds) runs.push(await measure(scenario, seed));
  // After each one: others may change the file meanwhile, and a run that is stopped loses nothing.
  writeFileSync(FILE, withFreshFigures(readFileSync(FILE, "utf8"), new Map([[scenario.name, runs]])));
  console.log(`${scenario.name}: the row is renewed`);
}

async function measure({ setups, forMillis, measures }: Scenario, seed: number): Promise<readonly Measure[]> {
  const outcomes: Outcome[] = [];
  for (const setup of setups(seed)) {
    const swarm = new Swarm(setup);
    await swarm.run(forMillis);
    outcomes.push(swarm.outcome());
  }
  const [outcome, ...others] = outcomes;
  return outcome === undefined ? [] : measures(outcome, others);
}
