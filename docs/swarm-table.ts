import { barText, valueText } from "../cli/show/simulation.ts";
import { MEETING_SCENARIOS } from "../shared/sim/swarm/meeting-scenarios.ts";
import type { Outcome } from "../shared/sim/swarm/outcome.ts";
import { isMet, type Measure, type Scenario } from "../shared/sim/swarm/scenario.ts";
import { SCENARIOS } from "../shared/sim/swarm/scenarios.ts";
import { Swarm } from "../shared/sim/swarm/swarm.ts";
import { tableOf, withTable } from "./markdown-table.ts";

const HEAD = ["scenario", "figure", "median", "worst", "bar", "met"];

/** Stands where nobody has measured yet. */
const UNKNOWN = "–";

/** The scenarios of the tables, in their order. */
export const TABLED: readonly Scenario[] = SCENARIOS.filter(({ name }) => name !== "random");

const TABLES: Readonly<Record<string, readonly Scenario[]>> = {
  "figures of scenarios": TABLED.filter((scenario) => !MEETING_SCENARIOS.includes(scenario)),
  "figures of meetings": MEETING_SCENARIOS,
};

/** The measures of a scenario, one list for each seed. */
export type Measured = ReadonlyMap<string, readonly (readonly Measure[])[]>;

/** The text of docs/swarm.md with fresh rows for the scenarios that were measured. Others keep theirs, as far as they still fit. */
export function withFreshFigures(text: string, measured: Measured): string {
  return Object.entries(TABLES).reduce(
    (before, [name, scenarios]) =>
      withTable(before, name, (old) => {
        const known = knownRows(old);
        const rows = scenarios.flatMap((scenario) => {
          const runs = measured.get(scenario.name);
          return runs === undefined ? oldRows(scenario, known) : freshRows(scenario, runs);
        });
        return tableOf(HEAD, rows);
      }),
    text,
  );
}

function freshRows({ name }: Scenario, runs: readonly (readonly Measure[])[]): readonly string[][] {
  return (runs[0] ?? []).map((first, at) => {
    const all = runs.flatMap((run) => run[at] ?? []);
    const met = all.filter(isMet).length;
    const isToMeet = first.bar !== undefined;
    return [
      at === 0 ? `\`${name}\`` : "",
      first.what,
      valueText(median(all)),
      isToMeet ? valueText(worst(all)) : "",
      barText(first),
      !isToMeet ? "" : met === all.length ? "yes" : met === 0 ? "no" : `${met} of ${all.length}`,
    ];
  });
}

/** The rows that a scenario must have, with the figures that the table had for them. */
function oldRows(scenario: Scenario, known: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  return namesAndBars(scenario).map(({ what, bar }, at) => {
    const old = known.get(`${scenario.name} ${what}`);
    const [median = UNKNOWN, worst = bar === "" ? "" : UNKNOWN, , met = bar === "" ? "" : UNKNOWN] =
      old?.[2] === bar ? old : [];
    return [at === 0 ? `\`${scenario.name}\`` : "", what, median, worst, bar, met];
  });
}

/** The figures of a scenario and their bars. They do not depend on how a run goes, so a tiny one that never began will do. */
function namesAndBars(scenario: Scenario): readonly { readonly what: string; readonly bar: string }[] {
  const [outcome, ...others] = scenario
    .setups(1)
    .map((setup): Outcome => new Swarm({ ...setup, pieces: 1, pieceBytes: 16_384 }).outcome());
  if (outcome === undefined) return [];
  return scenario.measures(outcome, others).map((measure) => ({ what: measure.what, bar: barText(measure) }));
}

/** Median, worst, bar and met, by scenario and figure. */
function knownRows(table: string): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, readonly string[]>();
  let scenario = "";
  for (const line of table.split("\n")) {
    const [name = "", what = "", ...rest] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [, named] = /^`(.+)`$/.exec(name) ?? [];
    scenario = named ?? scenario;
    if (what !== "") known.set(`${scenario} ${what}`, rest);
  }
  return known;
}

function sorted(all: readonly Measure[]): readonly Measure[] {
  return [...all].sort(
    (one, other) => (one.value ?? Number.POSITIVE_INFINITY) - (other.value ?? Number.POSITIVE_INFINITY),
  );
}

function median(all: readonly Measure[]): Measure {
  return sorted(all)[(all.length - 1) >> 1] as Measure;
}

/** The one farthest to the wrong side of its bar. */
function worst(all: readonly Measure[]): Measure {
  const { bar } = all[0] as Measure;
  return sorted(all).at(bar !== undefined && "atLeast" in bar ? 0 : -1) as Measure;
}
