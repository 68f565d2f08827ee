import { printable } from "#shared/base/printable.ts";
import type { ListedTorrent } from "#shared/daemon/daemon-api.ts";
import { formatBytes } from "./format.ts";
import { plainTable, tableText } from "./peer-table.ts";

/** What a terminal is at least wide, and a pipe counts as. */
const USUAL_COLUMNS = 80;

/** Columns of all but the name, with the spaces between them. */
const OTHER_COLUMNS = 64;
const MIN_NAME = 14;

/** Of a character, on the screen. */
const WIDEST = 2;
/** After each column. */
const GAP = 2;

/** Digits of an info-hash: enough to name a torrent. */
const SHOWN_DIGITS = 8;

/** Torrents, a line each, not wider than the terminal. */
export function torrentTable(torrents: readonly ListedTorrent[], columns = USUAL_COLUMNS): string {
  const named = Math.max(...torrents.map(({ name }) => name.length * WIDEST), 0) + GAP;
  const width = Math.min(named, Math.max(MIN_NAME, columns - OTHER_COLUMNS));
  const columnNames = ["id", "name", "state", "done>", "down/s>", "up/s>", "ratio>", "peers>"];
  const rows = plainTable(columnNames, [null, width]);
  for (const torrent of torrents) {
    const { infoHash, name, downBytesPerSecond, upBytesPerSecond, ratio, peerCount } = torrent;
    rows.push([
      infoHash.slice(0, SHOWN_DIGITS),
      printable(name),
      stateText(torrent),
      `${percentOf(torrent)} %`,
      speedText(downBytesPerSecond),
      speedText(upBytesPerSecond),
      ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2),
      peerCount,
    ]);
  }
  return tableText(rows);
}

/** What a torrent does, in a word. */
export function stateText({ phase, endReason }: Pick<ListedTorrent, "phase" | "endReason">): string {
  if (phase === "error") return "stopped";
  return phase === "paused" && endReason !== undefined ? "ended" : phase;
}

function percentOf({ bytesDone, bytesTotal }: ListedTorrent): number {
  return Math.floor((100 * bytesDone) / Math.max(1, bytesTotal));
}

function speedText(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "" : formatBytes(bytesPerSecond);
}
