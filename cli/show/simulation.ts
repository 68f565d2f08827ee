import { totalBytes } from "#shared/sim/swarm/bounds.ts";
import { FAULT_NAMES, type FaultRates } from "#shared/sim/swarm/fault-rates.ts";
import type { GraphFigures } from "#shared/sim/swarm/graph.ts";
import { downloaders, figuresOf, graphOf, type Outcome } from "#shared/sim/swarm/outcome.ts";
import { isMet, type Measure } from "#shared/sim/swarm/scenario.ts";
import type { PeerGroup, SwarmSetup } from "#shared/sim/swarm/setup.ts";
import { formatBytes, formatPieceLength, plural } from "./format.ts";

/** What a person calls a fault. */
const FAULT_WORDS: Record<(typeof FAULT_NAMES)[number], string> = {
  linksLost: "links break",
  peersCut: "peers lose all links",
  partitions: "the network falls apart",
  departures: "peers leave and return",
  sleeps: "peers sleep",
  pauses: "peers pause",
  disksFull: "disks are full",
  piecesLost: "pieces vanish",
  trackerDeaths: "the tracker dies",
  trackerSilences: "the tracker is silent",
};

/** Such as `Seed 7: 1 seeder (1.0 MB/s up) and …`. */
export function describeSetup(setup: SwarmSetup): string {
  const { seed, pieces, pieceBytes, groups, minDelayMillis, maxDelayMillis } = setup;
  const what = `${plural(pieces, "piece", "pieces")} of ${formatPieceLength(pieceBytes)} (${formatBytes(totalBytes(setup))})`;
  const delay = `${minDelayMillis} to ${maxDelayMillis} ms one way`;
  return `Seed ${seed}: ${groups.map(describeGroup).join(", ")}; ${what}; ${delay}.`;
}

/** Such as `Faults a minute: links break 3.1, peers sleep 0.4.` */
export function describeFaults(faults: FaultRates): string {
  const given = FAULT_NAMES.filter((name) => faults[name] > 0);
  if (given.length === 0) return "Nothing goes wrong.";
  const rates = given.map((name) => `${FAULT_WORDS[name]} ${faults[name]}`);
  return `Faults a minute, for ${Math.round(faults.untilMillis / 1_000)} s: ${rates.join(", ")}.`;
}

/** How it went, for a person. */
export function describeOutcome(outcome: Outcome, measures: readonly Measure[]): string {
  const { bounds, hash, steps } = outcome;
  const figures = figuresOf(outcome);
  const { meanSeconds, meanOfBound, lastSeconds, lastOfBound, spread, copiesForFirst } = figures;
  const downloading = downloaders(outcome.peers);
  const done = downloading.filter(({ completedAtMillis }) => completedAtMillis !== undefined).length;
  const lines = [
    `${done} of ${downloading.length} have everything, after ${seconds(outcome.millis / 1_000)} of virtual time.`,
    `  they took     ${seconds(meanSeconds)} on average, ${seconds(lastSeconds)} the last; spread ${percent(spread)}`,
    `  bounds        fluid ${seconds(bounds.fluid)}${bounds.pieces === undefined ? "" : `, pieces ${seconds(bounds.pieces)}`}; mean ${times(meanOfBound)}, last ${times(lastOfBound)} of the fluid one`,
    `  seeders sent  ${times(figures.seederCopies)} copies${copiesForFirst === undefined ? "" : `, ${times(copiesForFirst)} before every piece existed twice`}`,
    `  upload used   ${percent(figures.uploadUsed)}; sent in vain ${percent(figures.waste)}`,
    `  links         ${describeGraph(graphOf(outcome))}`,
    ...measures.map(describeMeasure),
    `Trace ${hash}, ${plural(steps, "event", "events")}.`,
  ];
  return lines.join("\n");
}

/** Such as `5 to 45 a peer, 17.9 on average; 3 from one end of the swarm to the other`. */
export function describeGraph({
  connected,
  diameter,
  fewestLinks,
  meanLinks,
  mostLinks,
}: GraphFigures): string {
  const across =
    diameter === undefined
      ? `only ${percent(connected)} of the peers hang together`
      : `${diameter} from one end of the swarm to the other`;
  return `${fewestLinks} to ${mostLinks} a peer, ${meanLinks.toFixed(1)} on average; ${across}`;
}

/** The same for a program. */
export function outcomeJson(outcome: Outcome, measures: readonly Measure[]): object {
  const { setup, bounds, bytes, peers, millis, steps, hash } = outcome;
  const figures = { ...figuresOf(outcome), bounds, graph: graphOf(outcome) };
  const told = measures.map((measure) => ({ ...measure, isMet: isMet(measure) }));
  return { type: "simulated", seed: setup.seed, bytes, millis, steps, hash, figures, measures: told, peers };
}

/** Such as `✓ mean, of the fluid bound: 1.12 (at most 1.15)`. */
function describeMeasure(measure: Measure): string {
  const { what, bar } = measure;
  const sign = bar === undefined ? "·" : isMet(measure) ? "✓" : "✗";
  return `${sign} ${what}: ${valueText(measure)}${bar === undefined ? "" : ` (${barText(measure)})`}`;
}

/** Such as `at most 1.15`. Empty: there is no bar. */
export function barText({ bar, unit }: Measure): string {
  if (bar === undefined) return "";
  return "atMost" in bar ? `at most ${inUnit(bar.atMost, unit)}` : `at least ${inUnit(bar.atLeast, unit)}`;
}

/** The value in its unit. */
export function valueText({ value, unit }: Measure): string {
  return value === undefined ? "none" : inUnit(value, unit);
}

function inUnit(value: number, unit: Measure["unit"]): string {
  if (unit === "share") return percent(value);
  if (unit === "count") return `${+value.toFixed(1)}`;
  return unit === "seconds" ? seconds(value) : times(value);
}

function describeGroup({ name, count, upBytesPerSecond, downBytesPerSecond, rates }: PeerGroup): string {
  const down = Number.isFinite(downBytesPerSecond) ? `, ${formatBytes(downBytesPerSecond)}/s down` : "";
  const limit = rates?.up === undefined ? "" : `, limited to ${formatBytes(rates.up)}/s`;
  return `${plural(count, name, `${name}s`)} (${formatBytes(upBytesPerSecond)}/s up${down}${limit})`;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 1)} s`;
}

function times(value: number): string {
  return value.toFixed(2);
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
