import { formatNumber, type Result } from "./table.ts";

/** The results of one run: figures by name, which includes the unit. */
export type Figures = Readonly<Record<string, number>>;

/** A task that every contender runs in turn. */
export interface Task<Stage> {
  readonly name: string;
  readonly title: string;
  /** Ours first. */
  readonly contenders: Readonly<Record<string, (stage: Stage) => Promise<Figures>>>;
}

/** Sets up what a run needs, and cleans up afterwards. */
export type OnStage<Stage> = (run: (stage: Stage) => Promise<Figures>) => Promise<Figures>;

/** Runs a task's contenders in turn, round by round: whatever slows the machine for a while slows them all. */
export async function measure<Stage>(
  { title, contenders }: Task<Stage>,
  rounds: number,
  onStage: OnStage<Stage>,
): Promise<Result[]> {
  const names = Object.keys(contenders);
  const samples = new Map<string, Figures[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [contender, run] of Object.entries(contenders)) {
      const figures = await onStage(run);
      samples.get(contender)?.push(figures);
      console.log(`${title}, round ${round} of ${rounds}, ${contender}: ${oneLine(figures)}`);
    }
  }

  const figures = new Set([...samples.values()].flatMap((each) => each.flatMap(Object.keys)));
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
