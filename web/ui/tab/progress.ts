import type { Entry } from "../../engine/client.ts";
import { formatShare } from "../format.ts";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";

/** The progress of everything that is being hashed or downloaded, 0 to 1. Undefined: nothing is. */
export function progressOf(entries: readonly Entry[]): number | undefined {
  const running = runningOf(entries);
  if (running.length === 0) return undefined;
  const total = sum(running.map(({ bytesTotal }) => bytesTotal));
  return total === 0 ? 1 : sum(running.map(({ bytesDone }) => bytesDone)) / total;
}

/** The same in the title of the tab. Empty: nothing is. */
export function progressTitle(entries: readonly Entry[]): string {
  const running = runningOf(entries);
  const [first, ...others] = running;
  if (first === undefined) return "";
  return `${formatShare(progressOf(entries) ?? 0, 1)} · ${others.length === 0 ? isolate(first.name) : texts.counts.files(running.length)}`;
}

/** What an entry and its torrent have in common. */
interface Running {
  readonly name: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

function runningOf(entries: readonly Entry[]): readonly Running[] {
  return entries
    .filter((entry) => entry.state === "hashing" || entry.state === "downloading")
    .map((entry) => (entry.state === "hashing" ? entry : entry.torrent));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
