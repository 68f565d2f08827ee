import { escaped } from "./markup.ts";

/** One peer's bar. */
export interface Bar {
  readonly value: number;
  readonly colour: string;
  /** Shown when the pointer is over it. */
  readonly title: string;
}

const WIDTH = 760;
const HEIGHT = 260;
const LEFT = 52;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 12;

/** Draws bars side by side, and a line at 1. */
export function barChart(description: string, bars: readonly Bar[]): string {
  const most = Math.max(1.1, ...bars.map(({ value }) => value));
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, bars.length);
  const gap = step > 4 ? 1 : 0;
  const drawn = bars.map(({ value, colour, title }, at) => {
    const top = y(value);
    const size = `width="${Math.max(0.5, step - gap).toFixed(2)}" height="${(HEIGHT - BOTTOM - top).toFixed(1)}"`;
    const place = `x="${(LEFT + at * step).toFixed(2)}" y="${top.toFixed(1)}"`;
    return `<rect class="bar ${colour}" ${place} ${size}><title>${escaped(title)}</title></rect>`;
  });
  const lines = [0, 1].map(
    (value) =>
      `<line class="${value === 1 ? "mark ink" : "grid"}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${y(value).toFixed(1)}" dy="4" text-anchor="end">${value}</text>`,
  );
  const top = `<text class="tick" x="${LEFT - 8}" y="${TOP}" dy="4" text-anchor="end">${most.toFixed(1)}</text>`;
  const isApart = most > 1.5;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(description)}">${[
    ...drawn,
    ...lines,
    isApart ? top : "",
  ].join("")}</svg>`;
}
