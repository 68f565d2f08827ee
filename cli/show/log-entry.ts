import { printable } from "#shared/base/printable.ts";

/** Beyond this nobody reads an entry in a terminal; the log file has it whole. */
const MAX_FACT_CHARACTERS = 1_000;

/**
 * A line of the log (JSON), its texts fit to be shown in a terminal: peers and trackers had a hand in some of them. Stacks keep
 * their lines.
 */
export function printableEntry(line: string): string {
  const fit = (key: string, value: unknown): unknown => {
    if (typeof value !== "string") return value;
    return key === "stack" ? printableLines(value) : printable(value, MAX_FACT_CHARACTERS);
  };
  return `${JSON.stringify(JSON.parse(line), fit)}\n`;
}

/** Text of several lines, each fit to be shown. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
}
