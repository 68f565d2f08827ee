import { formatNumber, type Result } from "../report/table.ts";
import { onStage } from "./stage.ts";
import type { Figures, Task } from "./tasks.ts";

/** Lets the contenders of a task take turns for some rounds: whatever slows the machine for a while slows them all. */
export async function measure({ title, contenders }: Task, rounds: number): Promise<Result[]> {
  const names = Object.keys(contenders);
  const samples = new Map<string, Figures[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [contender, run] of Object.entries(contenders)) {
      const figures = await onStage(run);
      samples.get(contender)?.push(figures);
      console.log(`${title}, round ${round} of ${rounds}, ${contender}: ${oneLine(figures)}`);
    }
  }

  const figures = new Set([...samples.values()].flatMap(([first = {}]) => Object.keys(first)));
  return [...figures].flatMap((figure) =>
    names.flatMap((contender) => {
      const values = (samples.get(contender) ?? []).flatMap((sample) => sample[figure] ?? []);
      return values.length === 0 ? [] : [{ task: title, figure, contender, values }];
    }),
  );
}

function oneLine(figures: Figures): string {
  return Object.entries(figures)
    .map(([figure, value]) => `${formatNumber(value)} ${figure}`)
    .join("; ");
}
