import { styleText } from "node:util";

const COLOURS = { good: "green", warning: "yellow", bad: "red" } as const;

/** What a colour says. */
export type Tone = keyof typeof COLOURS;

/**
 * The text in the colour of its tone, if the terminal has colours and nobody has turned them off: Node reads `NO_COLOR`,
 * `FORCE_COLOR` and `TERM` (no-color.org). The text must be printable already, as that takes colours away.
 */
export function toned(text: string, tone: Tone, stream: NodeJS.WriteStream): string {
  return hasColours(stream) ? styleText(COLOURS[tone], text, { validateStream: false }) : text;
}

/** The full part of the first bar in a line in colour. */
export function withColouredBar(line: string, stream: NodeJS.WriteStream): string {
  return line.replace(/█+/, (bar) => toned(bar, "good", stream));
}

function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}
