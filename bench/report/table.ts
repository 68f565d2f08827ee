import { ratios, type Summary, summarize } from "./statistics.ts";

/** A figure of one contender, over all rounds. */
export interface Result {
  /** The task, such as `128 MiB from tab to tab`. */
  readonly task: string;
  /** What was measured, with its unit. */
  readonly figure: string;
  readonly contender: string;
  /** One per round. */
  readonly values: readonly number[];
}

const HEAD = ["task", "figure", "contender", "median", "spread", "ours to it", "spread"] as const;

/** A Markdown table: medians with minimum and maximum, and the ratio of `ours` to every other contender of a figure. */
export function formatTable(results: readonly Result[], ours: string): string {
  const rows = results.map((result) => {
    const { task, figure, contender, values } = result;
    const own = results.find((other) => other.contender === ours && isSameFigure(other, result));
    const isCompared = own !== undefined && own !== result;
    const ratio = isCompared ? summarize(ratios(own.values, values)) : undefined;
    return [task, figure, contender, ...cells(summarize(values)), ...cells(ratio)];
  });
  return alignRows([[...HEAD], ...rows]);
}

function isSameFigure(left: Result, right: Result): boolean {
  return left.task === right.task && left.figure === right.figure;
}

function cells(summary: Summary | undefined): [median: string, spread: string] {
  if (summary === undefined) return ["", ""];
  const { median, min, max } = summary;
  return [formatNumber(median), min === max ? "" : `${formatNumber(min)} to ${formatNumber(max)}`];
}

/** About three significant digits: no figure here is more exact. */
export function formatNumber(value: number): string {
  const digits = Math.floor(Math.log10(Math.max(Math.abs(value), 0.1))) + 1;
  return value.toFixed(Math.max(0, 3 - Math.max(1, digits)));
}

/** A Markdown table whose first row is its head. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
