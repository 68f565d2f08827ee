import { escaped } from "./markup.ts";

/** A line, or the area between two lines. */
interface Series {
  /** Its colour: a class of the style sheet. */
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Stays at each value until the next, as counts do. */
  readonly isStep?: boolean;
  /** Absent: a line. Otherwise the lower edge of an area, with as many points. */
  readonly lower?: readonly (readonly [x: number, y: number])[];
}

/** A moment that the lines are compared with. */
export interface Mark {
  readonly x: number;
  readonly label: string;
  readonly colour: string;
}

export interface LineChart {
  /** What a person who does not see it should know. */
  readonly description: string;
  readonly xMax: number;
  readonly yMax: number;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
}

const WIDTH = 760;
const HEIGHT = 300;
const LEFT = 52;
const RIGHT = 14;
const TOP = 30;
const BOTTOM = 30;

/** Draws lines over time, as SVG. */
export function lineChart(chart: LineChart): string {
  const x = (value: number): string => (LEFT + (value / chart.xMax) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - BOTTOM - (value / chart.yMax) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const grid = ticks(chart.yMax).map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${y(value)}" dy="4" text-anchor="end">${escaped(chart.yText(value))}</text>`,
  );
  const times = ticks(chart.xMax).map(
    (value) =>
      `<text class="tick" x="${x(value)}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(chart.xText(value))}</text>`,
  );
  const lines = chart.series.map(({ colour, points, isStep, lower }) => {
    const path = pathOf(points, x, y, isStep ?? false);
    if (lower === undefined) return `<path class="line ${colour}" d="M${path}"/>`;
    return `<path class="area ${colour}" d="M${path}L${pathOf([...lower].reverse(), x, y, false)}Z"/>`;
  });
  const label = escaped(chart.description);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${[
    ...grid,
    ...times,
    ...lines,
    ...marksOf(chart, x),
  ].join("")}</svg>`;
}

function pathOf(
  points: Series["points"],
  x: (value: number) => string,
  y: (value: number) => string,
  isStep: boolean,
): string {
  return points
    .map(([at, value], index) => {
      const before = points[index - 1];
      const corner = isStep && before !== undefined ? `${x(at)},${y(before[1])}L` : "";
      return `${corner}${x(at)},${y(value)}`;
    })
    .join("L");
}

/** Of two marks, the label of the earlier one stands to its left, so that they do not meet. */
function marksOf({ marks, xMax }: LineChart, x: (value: number) => string): readonly string[] {
  return marks.map(({ x: at, label, colour }, index) => {
    const isLeft = at / xMax > 0.7 || (index < marks.length - 1 && at / xMax > 0.3);
    const labelY = at / xMax > 0.7 && index < marks.length - 1 ? TOP - 18 : TOP - 5;
    return (
      `<line class="mark ${colour}" x1="${x(at)}" x2="${x(at)}" y1="${labelY + 3}" y2="${HEIGHT - BOTTOM}"/>` +
      `<text class="note" x="${x(at)}" dx="${isLeft ? -5 : 5}" y="${labelY}" text-anchor="${isLeft ? "end" : "start"}">${escaped(label)}</text>`
    );
  });
}

/** Four or five round values from 0 up. */
function ticks(max: number): readonly number[] {
  const rough = max / 4;
  let step = 1;
  while (step > rough) step /= 10;
  while (step * 10 <= rough) step *= 10;
  if (step * 5 <= rough) step *= 5;
  else if (step * 2 <= rough) step *= 2;
  const values: number[] = [];
  for (let at = 0; at * step <= max * 1.0001; at++) values.push(at * step);
  return values;
}
