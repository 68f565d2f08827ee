import type { Logger } from "pino";
import type { SkippedEntry } from "#headless-peer/sources/find-files.ts";
import { printable } from "#shared/base/printable.ts";

const MAX_SKIPPED_SHOWN = 20;

/** Reports what we left out of a person's folders, and why: the first few to people on standard error, all to programs. */
export function tellSkipped(skipped: readonly SkippedEntry[], asJson: boolean, log: Logger): void {
  for (const { path, reason } of skipped) {
    log.warn({ path, reason }, "left out");
    if (asJson) console.log(JSON.stringify({ type: "skipped", path, reason }));
  }
  if (!asJson) for (const line of skippedLines(skipped)) console.error(printable(line));
}

/** The same for people, a line each. */
export function skippedLines(skipped: readonly SkippedEntry[]): string[] {
  const shown = skipped.slice(0, MAX_SKIPPED_SHOWN);
  const more = skipped.length - shown.length;
  return [
    ...shown.map(({ path, reason }) => `Left out: ${path}. ${reason}`),
    ...(more > 0 ? [`Left out: ${more} more.`] : []),
  ];
}
