import { PLOT_HEIGHT, PLOT_WIDTH, plot, ticks } from "./plot.ts";

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

/** Draws lines over time. */
export function lineChart(chart: LineChart): string {
  const x = (value: number): string => ((value / chart.xMax) * PLOT_WIDTH).toFixed(1);
  const y = (value: number): string => ((1 - value / chart.yMax) * PLOT_HEIGHT).toFixed(1);
  const lines = chart.series.map(({ colour, points, isStep, lower }) => {
    const path = pathOf(points, x, y, isStep ?? false);
    if (lower === undefined) return `<path class="line ${colour}" d="M${path}"/>`;
    return `<path class="area ${colour}" d="M${path}L${pathOf([...lower].reverse(), x, y, false)}Z"/>`;
  });
  const marks = chart.marks.map(
    ({ x: at, colour }) =>
      `<line class="mark ${colour}" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${PLOT_HEIGHT}"/>`,
  );
  const axes = { x: ticks(chart.xMax, chart.xText), y: ticks(chart.yMax, chart.yText) };
  return plot(chart.description, [...lines, ...marks].join(""), axes);
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
