import { formatNumber, type Result } from "./table.ts";

/** What one run measured: figures by name, each with its unit. */
export type Figures = Readonly<Record<string, number>>;

/** Something that every contender does in turn. */
export interface Task<Stage> {
  readonly name: string;
  readonly title: string;
  /** Ours first. */
  readonly contenders: Readonly<Record<string, (stage: Stage) => Promise<Figures>>>;
}

/** Gives a run what it needs, and takes all of it away again. */
export type OnStage<Stage> = (run: (stage: Stage) => Promise<Figures>) => Promise<Figures>;

/** Lets the contenders of a task take turns for some rounds: whatever slows the machine for a while slows them all. */
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
