import {
  downloaders,
  figuresOf,
  graphOf,
  type Outcome,
  type PeerOutcome,
} from "#shared/sim/swarm/outcome.ts";
import { formatBytes, plural } from "../format.ts";
import { describeFaults, describeGraph, describeSetup } from "../simulation.ts";
import { barChart } from "./bar-chart.ts";
import { lineChart, type Mark } from "./line-chart.ts";
import { dataScript, escaped } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** Nothing in the page may load anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Rows of the picture of copies: more pieces share rows. */
const MAX_ROWS = 240;

const GROUP_COLOURS = ["green", "blue", "amber", "violet", "red"] as const;

/** One HTML page about a swarm, which needs nothing else. `command` repeats the run. */
export function swarmReport(outcome: Outcome, command: string): string {
  const { peers, setup } = outcome;
  const downloading = downloaders(peers).length;
  const title = `A swarm of ${plural(downloading, "leecher", "leechers")}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${title}, seed ${setup.seed}</title><style>${STYLE}</style></head>
<body><main>
<h1>${title}</h1>
<p class="lead">${escaped(storyOf(outcome))}</p>
<p class="setup">${escaped(describeSetup(setup))} ${escaped(describeFaults(setup.faults))}</p>
${tiles(outcome)}
${completionFigure(outcome)}
${rarityFigure(outcome)}
${copiesFigure(outcome)}
${uploadFigure(outcome)}
${linksFigure(outcome)}
${peerTable(peers)}
<p class="foot">Virtual time; trace <code>${outcome.hash}</code>, ${plural(outcome.steps, "event", "events")}. The same run again: <code>${escaped(command)}</code></p>
</main><div id="tip" role="status"></div>
${dataScript("copies-data", copiesData(outcome))}${dataScript("links-data", linksData(outcome))}
<script>${SCRIPT}</script></body></html>
`;
}

/** The run in two sentences. */
function storyOf(outcome: Outcome): string {
  const { peers, bytes, bounds } = outcome;
  const sources = peers.filter(({ seeds, poisons }) => seeds && !poisons).length;
  const downloading = downloaders(peers);
  const done = downloading.filter(({ completedAtMillis }) => completedAtMillis !== undefined).length;
  const { lastSeconds } = figuresOf(outcome);
  const from = `${plural(downloading.length, "leecher", "leechers")} fetched ${formatBytes(bytes)} from ${plural(sources, "seeder", "seeders")} and from each other`;
  const how =
    done < downloading.length
      ? `${done} of them had everything when the run ended`
      : `the last one had everything after ${seconds(lastSeconds)}`;
  const least = Number.isFinite(bounds.fluid)
    ? ` No protocol can do it in less than ${seconds(bounds.fluid)}.`
    : "";
  return `${from}; ${how}.${least}`;
}

function tiles(outcome: Outcome): string {
  const figures = figuresOf(outcome);
  const { copiesForFirst } = figures;
  const shown: readonly (readonly [value: string, what: string])[] = [
    [seconds(figures.meanSeconds), "to get everything, on average"],
    [seconds(figures.lastSeconds), "the last one took"],
    [`${figures.lastOfBound.toFixed(2)} ×`, "of the least time possible, for the last one"],
    [
      copiesForFirst === undefined ? "–" : copiesForFirst.toFixed(2),
      "copies sent by seeders before every piece existed twice",
    ],
    [percent(figures.uploadUsed), "of all upload was used"],
    [percent(figures.waste), "of all blocks were sent in vain"],
  ];
  return `<ul class="tiles">${shown.map(([value, what]) => `<li><b>${value}</b><span>${what}</span></li>`).join("")}</ul>`;
}

function completionFigure(outcome: Outcome): string {
  const { peers, samples, bounds, bytes } = outcome;
  const downloading = downloaders(peers);
  const times = downloading
    .flatMap(({ completedAtMillis }) => completedAtMillis ?? [])
    .sort((left, right) => left - right);
  const xMax = Math.max(1, ...times, bounds.fluid * 1_000 * 1.02);
  const done = times.map((at, index) => [at, (index + 1) / downloading.length] as const);
  const seeding = peers.filter(({ seeds, poisons }) => seeds && !poisons).length;
  const pieces = samples[0]?.copies.length ?? 1;
  const held = samples
    .filter(({ atMillis }) => atMillis <= xMax)
    .map(
      ({ atMillis, copies }) =>
        [atMillis, Math.max(0, average(copies) - seeding) / downloading.length] as const,
    );
  const marks: Mark[] = [
    { x: bounds.fluid * 1_000, label: `fluid bound, ${seconds(bounds.fluid)}`, colour: "amber" },
  ];
  if (bounds.pieces !== undefined && bounds.pieces * 1_000 <= xMax)
    marks.push({
      x: bounds.pieces * 1_000,
      label: `bound for pieces, ${seconds(bounds.pieces)}`,
      colour: "red",
    });
  const shownMarks = marks.filter(({ x }) => x <= xMax);
  const chart = lineChart({
    description: `Of ${downloading.length} leechers, ${times.length} complete, the last after ${seconds(xMax / 1_000)}.`,
    xMax,
    yMax: 1,
    xText: (value) => `${+(value / 1_000).toFixed(1)} s`,
    yText: (value) => `${Math.round(value * 100)} %`,
    series: [
      { colour: "blue", points: held },
      { colour: "green", points: [[0, 0], ...done, [xMax, times.length / downloading.length]], isStep: true },
    ],
    marks: shownMarks,
  });
  return figure(
    "Who has everything, and when",
    [
      key("green", `leechers with all ${plural(pieces, "piece", "pieces")}`),
      key("blue", `share of ${formatBytes(bytes)} that leechers hold on average`),
      ...shownMarks.map(({ colour, label }) => key(`${colour} dashed`, label)),
    ].join(" "),
    chart,
  );
}

function rarityFigure({ samples, millis }: Outcome): string {
  const line = (of: (copies: readonly number[]) => number) =>
    samples.map(({ atMillis, copies }) => [atMillis, of(copies)] as const);
  const fewest = line((copies) => Math.min(...copies));
  const most = line((copies) => Math.max(...copies));
  const chart = lineChart({
    description: "How many peers have the rarest and the commonest piece over time.",
    xMax: Math.max(1, millis),
    yMax: Math.max(1, ...most.map(([, value]) => value)),
    xText: (value) => `${+(value / 1_000).toFixed(1)} s`,
    yText: (value) => `${Math.round(value)}`,
    series: [
      { colour: "blue", points: most, lower: fewest },
      { colour: "blue", points: line(average) },
      { colour: "red", points: fewest },
    ],
    marks: [],
  });
  return figure(
    "Rare and common pieces",
    `${key("blue", "copies of a piece on average, between the rarest and the commonest")} ${key("red", "copies of the rarest piece")} <br>The narrower the band, the better rarest-first does its work.`,
    chart,
  );
}

function copiesFigure({ samples }: Outcome): string {
  const end = samples.at(-1)?.atMillis ?? 0;
  return figure(
    "Copies of each piece over time",
    `One row for each piece, time from left to right; from nobody<span class="ramp"></span>to everybody has it.`,
    `<canvas id="copies" role="img" aria-label="Copies of each piece over time"></canvas><div class="axis"><span>0 s</span><span>${seconds(end / 1_000)}</span></div>`,
  );
}

function uploadFigure({ peers, bytes }: Outcome): string {
  const groups = groupsOf(peers);
  const sorted = [...peers].sort((left, right) => right.sentBytes - left.sentBytes);
  const bars = sorted.map(({ name, group, sentBytes }) => ({
    value: sentBytes / bytes,
    colour: colourOf(groups, group),
    title: `${name}: ${formatBytes(sentBytes)}, ${(sentBytes / bytes).toFixed(2)} copies`,
  }));
  const keys = groups.map((group) => key(colourOf(groups, group), group));
  return figure(
    "Who gave how much",
    `Copies of the whole torrent that each peer sent, most first. At the dashed line a peer has given what it took. ${keys.join(" ")}`,
    barChart("Copies that each peer sent.", bars),
  );
}

function linksFigure(outcome: Outcome): string {
  const { peers } = outcome;
  return figure(
    "Who was linked to whom",
    `When there were most links: ${describeGraph(graphOf(outcome))}. Each row gave to the columns, ${plural(peers.length, "peer", "peers")} each way, in the order of the table below; from nothing<span class="ramp"></span>to most, on a logarithmic scale. Point at a cell, or touch it, to see how much.`,
    `<canvas id="links" role="img" aria-label="Bytes from each peer to each other one"></canvas>`,
  );
}

function peerTable(peers: readonly PeerOutcome[]): string {
  const rows = peers.map((peer) => {
    const { name, cameAtMillis, completedAtMillis, sentBytes, takenBytes, linksOpened, failedPieces, bans } =
      peer;
    const took =
      completedAtMillis === undefined || cameAtMillis === undefined
        ? "–"
        : seconds((completedAtMillis - cameAtMillis) / 1_000);
    const cells = [
      escaped(name),
      peer.seeds ? "–" : took,
      formatBytes(sentBytes),
      formatBytes(takenBytes),
      linksOpened,
      failedPieces,
      bans,
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const heads = ["peer", "took", "sent", "took in", "links", "failed pieces", "bans"];
  return `<figure><details><summary>All peers</summary><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></details></figure>`;
}

function copiesData({ samples, setup, peers }: Outcome) {
  const { pieces } = setup;
  const rows = Math.min(MAX_ROWS, pieces);
  const columns = samples.map(({ copies }) =>
    Array.from({ length: rows }, (_, row) => {
      const from = Math.floor((row * pieces) / rows);
      return Math.min(...copies.slice(from, Math.max(from + 1, Math.floor(((row + 1) * pieces) / rows))));
    }),
  );
  const times = samples.map(({ atMillis }) => +(atMillis / 1_000).toFixed(1));
  return { pieces, rows, columns, times, most: peers.filter(({ poisons }) => !poisons).length };
}

/** Only cells that are not empty. */
function linksData({ peers, between }: Outcome) {
  const rows = peers.map((_, from) =>
    peers.flatMap((_, to) => {
      const kib = Math.round(between(from, to) / 1_024);
      return kib === 0 ? [] : [[to, kib] as const];
    }),
  );
  const most = Math.max(1, ...rows.flatMap((row) => row.map(([, kib]) => kib)));
  return { names: peers.map(({ name }) => name), rows, most };
}

function figure(title: string, caption: string, content: string): string {
  return `<figure><h2>${title}</h2><figcaption>${caption}</figcaption>${content}</figure>`;
}

function key(colour: string, text: string): string {
  return `<span class="keyed"><span class="key ${colour}"></span>${escaped(text)}</span>`;
}

function groupsOf(peers: readonly PeerOutcome[]): readonly string[] {
  return [...new Set(peers.map(({ group }) => group))];
}

function colourOf(groups: readonly string[], group: string): string {
  return GROUP_COLOURS[groups.indexOf(group) % GROUP_COLOURS.length] ?? "blue";
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} s`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
