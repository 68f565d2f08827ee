// Kills the nodes of a tracker again and again, and says how long the slowest client took to have a peer again.
import { soak } from "../e2e/cluster-soak.ts";

const { kills } = await soak({ clients: 100, swarms: 4, kills: 6, everyMillis: 10_000 });
for (const [at, { lost, slowestMillis }] of kills.entries())
  console.log(
    `kill ${at + 1}: ${lost} clients lost their node, the slowest was back after ${slowestMillis} ms`,
  );
const isGood = kills.every(({ slowestMillis }) => slowestMillis <= 10_000);
console.log(isGood ? "All were back within 10 s." : "Some took longer than 10 s.");
process.exit(isGood ? 0 : 1);
