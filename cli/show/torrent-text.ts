import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { formatBytes, formatDuration, plural } from "./format.ts";

const MIN_BAR = 6;
const MAX_BAR = 30;

/** How a torrent is doing, in one line. In a terminal it has a bar as wide as there is room for. */
export function torrentText(view: TorrentView, columns?: number): string {
  const { phase, problem, upBytesPerSecond, uploadedBytes } = view;
  if (problem !== undefined) return problem;
  const who = peersText(view.peers);
  switch (phase) {
    case "metadata":
      return `Finding out what is in it (${who})`;
    case "seeding":
      return `Sharing with ${who}, ${formatBytes(upBytesPerSecond)}/s, ${formatBytes(uploadedBytes)} sent`;
    case "checking":
      return withBar(view, columns, [`Checking ${doneText(view)}`]);
    case "downloading": {
      const rest = `${speedText(view)} (${who})`;
      if (columns === undefined) return `Downloading ${doneText(view)}${rest}`;
      const brief = `${percentOf(view)} % of ${formatBytes(view.bytesTotal)}${rest}`;
      return withBar(view, columns, [doneText(view) + rest, brief]);
    }
    case "paused":
      return "No longer shared";
    case "error":
      return "Stopped";
  }
}

function doneText(view: TorrentView): string {
  const { bytesDone, bytesTotal } = view;
  return `${percentOf(view)} %, ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`;
}

function speedText({ downBytesPerSecond, secondsLeft }: TorrentView): string {
  const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
  return `, ${formatBytes(downBytesPerSecond)}/s${left}`;
}

/** A bar and the first text that leaves room for it; if none does, the last text alone. */
function withBar(view: TorrentView, columns: number | undefined, texts: readonly string[]): string {
  for (const text of texts) {
    const width = Math.min(MAX_BAR, (columns ?? 0) - 1 - text.length - 1);
    if (width < MIN_BAR) continue;
    const filled = Math.floor((width * percentOf(view)) / 100);
    return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${text}`;
  }
  return texts.at(-1) ?? "";
}

/** Whole percent of what was selected: 100 only when nothing is missing. */
function percentOf({ bytesDone, bytesTotal }: TorrentView): number {
  return Math.floor((100 * bytesDone) / Math.max(1, bytesTotal));
}

function peersText(peers: readonly PeerView[]): string {
  const browsers = peers.filter(({ kind }) => kind === "rtc").length;
  const desktops = peers.length - browsers;
  const parts = [
    browsers > 0 ? plural(browsers, "browser", "browsers") : "",
    desktops > 0 ? plural(desktops, "desktop", "desktops") : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nobody" : parts.join(", ");
}
