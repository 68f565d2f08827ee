import { expect, test } from "vitest";
import { leechers, swarmOf } from "#shared/sim/swarm/setup.ts";
import { runSwarm } from "./run-swarm.ts";

test("a seed that fails says why, and the command that repeats it", async () => {
  const nobodySeeds = swarmOf([leechers(2)], { seed: 4711, pieces: 4 });
  const command = "tabswarm simulate --scenario random --seed 4711";
  const run = { name: "a swarm", json: true, forMillis: undefined, command };
  await expect(runSwarm(nobodySeeds, run)).rejects.toThrow(
    /^Seed 4711: 2 peers do not complete .*Repeat it with: tabswarm simulate --scenario random --seed 4711$/,
  );
});
