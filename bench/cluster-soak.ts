// Kills the nodes of a tracker again and again, and stops Redis for a while. Says how long the clients took to have peers again.
import { soak } from "../e2e/cluster-soak.ts";

const { kills, hang } = await soak({
  ...{ clients: 100, swarms: 4, kills: 6, everyMillis: 10_000 },
  hangMillis: 30_000,
});
for (const [at, { lost, slowestMillis }] of kills.entries())
  console.log(
    `kill ${at + 1}: ${lost} clients lost their node, the slowest was back after ${slowestMillis} ms`,
  );
if (hang === undefined) throw new Error("Redis did not hang");
console.log(
  `Redis hung for 30 s: ${hang.lost} clients lost their node, ${hang.unanswered} announces had no answer; ` +
    `each node knew all clients ${hang.knownAfterMillis} ms after it`,
);
const isGood =
  kills.every(({ slowestMillis }) => slowestMillis <= 10_000) && hang.lost === 0 && hang.unanswered === 0;
console.log(
  isGood ? "All went well: everybody was back within 10 s." : "Something took too long or was lost.",
);
process.exit(isGood ? 0 : 1);
