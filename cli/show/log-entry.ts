import { printable } from "#shared/base/printable.ts";

/** Nobody reads more of a text in a terminal; the log file has all of it. */
const MAX_FACT_CHARACTERS = 1_000;

/**
 * A log line (JSON) with its texts made safe for a terminal: some come from peers and trackers. Stacks keep their line breaks.
 */
export function printableEntry(line: string): string {
  const fit = (key: string, value: unknown): unknown => {
    if (typeof value !== "string") return value;
    return key === "stack" ? printableLines(value) : printable(value, MAX_FACT_CHARACTERS);
  };
  return `${JSON.stringify(JSON.parse(line), fit)}\n`;
}

/** Makes each line of a text safe for a terminal. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
}
