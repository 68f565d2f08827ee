import type { Entry } from "../engine/client.ts";
import { wholePercent } from "./format.ts";

const PRODUCT = "Tabswarm";

const shown = { progress: "", view: "" };

/** Sets a part of the tab's title: the progress of the list, or the view that is open. Empty: there is none. */
export function setTitle(part: keyof typeof shown, text: string): void {
  shown[part] = text;
  document.title = [shown.progress, shown.view, PRODUCT].filter(Boolean).join(" · ");
}

/** The progress of everything that is being hashed or downloaded. Empty: nothing is. */
export function progressTitle(entries: readonly Entry[]): string {
  const running = entries
    .filter((entry) => entry.state === "hashing" || entry.state === "downloading")
    .map((entry) => (entry.state === "hashing" ? entry : entry.torrent));
  const [first, ...others] = running;
  if (first === undefined) return "";
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const percent = wholePercent(
    sum(running.map((one) => one.bytesDone)),
    sum(running.map((one) => one.bytesTotal)),
  );
  return `${percent}% · ${others.length === 0 ? first.name : `${running.length} files`}`;
}
