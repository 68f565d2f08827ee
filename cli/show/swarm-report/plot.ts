import { escaped } from "./markup.ts";

/** A value on an axis, as a part of its length from 0 to 1. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** The width and height of a plot, in the units of its drawing. It stretches to the page's width; its text does not. */
export const PLOT_WIDTH = 1_000;
export const PLOT_HEIGHT = 400;

/** A drawing between two axes. `drawn` is SVG, with the first row at the top. */
export function plot(
  description: string,
  drawn: string,
  axes: { readonly x: readonly Tick[]; readonly y: readonly Tick[] },
): string {
  const grid = axes.y.map(({ at }) => {
    const y = ((1 - at) * PLOT_HEIGHT).toFixed(1);
    return `<line class="grid" x1="0" x2="${PLOT_WIDTH}" y1="${y}" y2="${y}"/>`;
  });
  const values = axes.y.map(({ at, text }) => `<span style="top:${percent(1 - at)}">${escaped(text)}</span>`);
  const times = axes.x.map(({ at, text }) => `<span style="left:${percent(at)}">${escaped(text)}</span>`);
  const svg = `<svg viewBox="0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escaped(description)}">${grid.join("")}${drawn}</svg>`;
  return `<div class="plot"><div class="y" aria-hidden="true">${values.join("")}</div>${svg}<div class="x" aria-hidden="true">${times.join("")}</div></div>`;
}

/** Four or five round values from 0 up. */
export function ticks(max: number, text: (value: number) => string): readonly Tick[] {
  const rough = max / 4;
  let step = 1;
  while (step > rough) step /= 10;
  while (step * 10 <= rough) step *= 10;
  if (step * 5 <= rough) step *= 5;
  else if (step * 2 <= rough) step *= 2;
  const shown: Tick[] = [];
  for (let at = 0; at * step <= max * 1.0001; at++)
    shown.push({ at: (at * step) / max, text: text(at * step) });
  return shown;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
