import UPlot from "uplot";
import type { Speeds } from "../../engine/client.ts";
import { axisRate, axisTime } from "./speed-texts.ts";

/** A shorter history does not fill the width. */
const MIN_SECONDS = 60;
/** In bytes a second: what trickles does not look like a flood. */
const MIN_TOP = 10_000;
/** Room above the highest point. */
const HEADROOM = 1.08;
/** Steps between the lines of the grid, in bytes a second. With these, labels of two digits are exact. */
const STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** Steps between the times below it, in seconds. */
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 180, 300];
/** A graph of less time may need seconds in its labels. */
const LONG_SECONDS = 240;

/** What the page's styles say. */
interface Looks {
  readonly down: string;
  readonly downArea: string;
  readonly up: string;
  readonly words: string;
  readonly grid: string;
  /** Height of the text, in whole CSS pixels. */
  readonly textPixels: number;
}

/** Draws speeds into a box. Its colours are those of the legend's two entries, down and up, and of the box itself. */
export class SpeedPlot {
  readonly #box: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #point: (at: number | undefined) => void;
  #data: UPlot.AlignedData = [[], [], []];
  #plot: UPlot | undefined;

  /** `point`: hears to which second a person points, by its place among the speeds. */
  constructor(box: HTMLElement, legend: HTMLElement, point: (at: number | undefined) => void) {
    this.#box = box;
    this.#legend = legend;
    this.#point = point;
  }

  show(speeds: Speeds): void {
    const { down, up } = speeds;
    this.#data = [Array.from(down, (_, at) => secondAt(speeds, at)), down, up];
    if (this.#plot === undefined) this.draw();
    else this.#plot.setData(this.#data);
  }

  /** Draws it anew, as the box and the styles are now. */
  draw(): void {
    this.remove();
    const size = { width: this.#box.clientWidth, height: this.#box.clientHeight };
    const options = { ...size, ...optionsFor(this.#looks()), hooks: { setLegend: [this.#pointed] } };
    this.#plot = new UPlot(options, this.#data, this.#box);
  }

  remove(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #pointed = ({ cursor }: UPlot): void => this.#point(cursor.idx ?? undefined);

  #looks(): Looks {
    const [down, up] = Array.from(this.#legend.children, (one) => getComputedStyle(one, "::before"));
    const { color, borderTopColor, fontSize } = getComputedStyle(this.#box);
    return {
      down: down?.borderTopColor ?? color,
      downArea: down?.backgroundColor ?? "transparent",
      up: up?.borderTopColor ?? color,
      words: color,
      grid: borderTopColor,
      textPixels: Math.round(Number.parseFloat(fontSize)),
    };
  }
}

/** The second that stands at a place among speeds, since 1970. */
export function secondAt({ lastAt, down }: Speeds, at: number): number {
  return lastAt / 1000 - (down.length - 1 - at);
}

function optionsFor({
  down,
  downArea,
  up,
  words,
  grid,
  textPixels,
}: Looks): Omit<UPlot.Options, "width" | "height"> {
  const font = `${textPixels}px system-ui, sans-serif`;
  const axis = { stroke: words, font, gap: 6 };
  return {
    padding: [null, (plot) => timeSpace(plot, textPixels) / 2, null, null], // Half of the last label hangs out.
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { range: (_, first, last) => [Math.min(first, last - MIN_SECONDS), last] },
      y: { range: (_, __, highest) => [0, Math.max(MIN_TOP, highest * HEADROOM)] },
    },
    series: [
      {},
      { stroke: down, fill: downArea, width: 2, points: { show: false } },
      { stroke: up, width: 2, dash: [6, 4], points: { show: false } },
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        ticks: { stroke: grid, width: 1, size: 6 },
        size: textPixels * 2 + 6,
        incrs: TIME_STEPS,
        space: (plot) => timeSpace(plot, textPixels),
        values: (_, seconds, __, ___, step) =>
          seconds.map((second) => axisTime(second, step < 60 ? "medium" : "short")),
      },
      {
        ...axis,
        grid: { stroke: grid, width: 1 },
        ticks: { show: false },
        incrs: STEPS,
        space: textPixels * 2.5,
        size: (plot, labels: readonly string[] | null) => axis.gap + widest(plot, font, labels ?? []),
        values: (_, rates) => rates.map(axisRate),
      },
    ],
  };
}

/** Between two times below it, with their labels, in CSS pixels. */
function timeSpace({ scales }: UPlot, textPixels: number): number {
  const { min = 0, max = 0 } = scales["x"] ?? {};
  return textPixels * (max - min < LONG_SECONDS ? 7 : 5.5);
}

/** Of these words, in CSS pixels. */
function widest({ ctx }: UPlot, font: string, words: readonly string[]): number {
  ctx.save();
  ctx.font = font;
  const widths = words.map((word) => ctx.measureText(word).width);
  ctx.restore();
  return Math.ceil(Math.max(0, ...widths));
}
