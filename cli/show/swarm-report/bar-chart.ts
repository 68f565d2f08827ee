import { escaped } from "./markup.ts";
import { PLOT_HEIGHT, PLOT_WIDTH, plot, type Tick } from "./plot.ts";

/** One peer's bar. */
export interface Bar {
  readonly value: number;
  readonly colour: string;
  /** Shown when the pointer is over it. */
  readonly title: string;
}

/** Draws bars side by side, and a line at 1. */
export function barChart(description: string, bars: readonly Bar[]): string {
  const most = Math.max(1.1, ...bars.map(({ value }) => value));
  const step = PLOT_WIDTH / Math.max(1, bars.length);
  const gap = bars.length > 150 ? 0 : Math.min(4, step / 5);
  const drawn = bars.map(({ value, colour, title }, at) => {
    const height = (value / most) * PLOT_HEIGHT;
    const place = `x="${(at * step).toFixed(2)}" y="${(PLOT_HEIGHT - height).toFixed(1)}"`;
    const size = `width="${(step - gap).toFixed(2)}" height="${height.toFixed(1)}"`;
    return `<rect class="bar ${colour}" ${place} ${size}><title>${escaped(title)}</title></rect>`;
  });
  const even = ((1 - 1 / most) * PLOT_HEIGHT).toFixed(1);
  const line = `<line class="mark ink" x1="0" x2="${PLOT_WIDTH}" y1="${even}" y2="${even}"/>`;
  const y: Tick[] = [0, 1].map((value) => ({ at: value / most, text: `${value}` }));
  if (most > 1.3) y.push({ at: 1, text: most.toFixed(1) });
  return plot(description, [...drawn, line].join(""), { x: [], y });
}
