import type { Entry } from "../engine/client.ts";
import { wholePercent } from "./format.ts";

const PRODUCT = "Tabswarm";

/** The tab's title: the progress of everything that is being hashed or downloaded. */
export function pageTitle(entries: readonly Entry[]): string {
  const running = entries
    .filter((entry) => entry.state === "hashing" || entry.state === "downloading")
    .map((entry) => (entry.state === "hashing" ? entry : entry.torrent));
  const [first, ...others] = running;
  if (first === undefined) return PRODUCT;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const percent = wholePercent(
    sum(running.map((one) => one.bytesDone)),
    sum(running.map((one) => one.bytesTotal)),
  );
  return `${percent}% · ${others.length === 0 ? first.name : `${running.length} files`} · ${PRODUCT}`;
}
