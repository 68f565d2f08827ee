import { printable } from "#shared/base/printable.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { formatBytes, formatDuration, plural } from "./format.ts";

const MIN_BAR = 6;
const MAX_BAR = 30;
const MIN_NAME = 8;
const MAX_NAME = 30;

/** How a torrent is doing, in one line that begins with its name. In a terminal it has a bar if there is room for it. */
export function torrentText(view: TorrentView, columns?: number): string {
  const { name, phase, problem, upBytesPerSecond, uploadedBytes } = view;
  const said = (...texts: readonly [string, ...string[]]): string =>
    columns === undefined ? `${name}: ${texts[0]}` : withName(name, columns, texts);
  if (problem !== undefined) return said(problem);
  const who = peersText(view);
  switch (phase) {
    case "metadata":
      return said(`Finding out what is in it (${who})`);
    case "seeding": {
      const pace = `${formatBytes(upBytesPerSecond)}/s`;
      return said(`Sharing with ${who}, ${pace}, ${formatBytes(uploadedBytes)} sent`, `Sharing, ${pace}`);
    }
    case "checking":
      if (columns === undefined) return said(`Checking ${doneText(view)}`);
      return withBar(view, columns, [`Checking ${doneText(view)}`, `Checking ${percentOf(view)} %`]);
    case "downloading": {
      const rest = `${speedText(view)} (${who})`;
      if (columns === undefined) return said(`Downloading ${doneText(view)}${rest}`);
      const percent = `${percentOf(view)} %`;
      const brief = `${percent} of ${formatBytes(view.bytesTotal)}${speedText(view)}`;
      return withBar(view, columns, [doneText(view) + rest, `${brief} (${who})`, brief, percent]);
    }
    case "paused":
      return said("No longer shared");
    case "error":
      return said("Stopped");
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

/** The name, a bar and the first text that leaves room for both; if none does, without the bar. */
function withBar(view: TorrentView, columns: number, texts: readonly string[]): string {
  for (const text of texts) {
    const room = columns - 1 - text.length - 2;
    if (room < MIN_NAME + MIN_BAR) continue;
    const name = shortened(view.name, room - MIN_BAR);
    const width = Math.min(MAX_BAR, room - name.length);
    const filled = Math.floor((width * percentOf(view)) / 100);
    return `${name} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${text}`;
  }
  return withName(view.name, columns, texts);
}

/** The name and the first text that leaves room for it, or else the last text. */
function withName(name: string, columns: number, texts: readonly string[]): string {
  const room = (text: string): number => columns - 1 - text.length - 1;
  const text = texts.find((each) => room(each) >= MIN_NAME) ?? texts.at(-1) ?? "";
  return `${shortened(name, room(text))} ${text}`;
}

/** The ellipsis of a name that is cut needs room, too. */
function shortened(name: string, room: number): string {
  return printable(name, Math.max(1, Math.min(MAX_NAME, room) - 1));
}

/** Whole percent of what was selected: 100 only when nothing is missing. */
function percentOf({ bytesDone, bytesTotal }: TorrentView): number {
  return Math.floor((100 * bytesDone) / Math.max(1, bytesTotal));
}

function peersText({ peers, webSeeds }: TorrentView): string {
  const browsers = peers.filter(({ kind }) => kind === "rtc").length;
  const desktops = peers.length - browsers;
  const servers = webSeeds.filter(({ state }) => state === "fetching").length;
  const parts = [
    browsers > 0 ? plural(browsers, "browser", "browsers") : "",
    desktops > 0 ? plural(desktops, "desktop", "desktops") : "",
    servers > 0 ? plural(servers, "web seed", "web seeds") : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nobody" : parts.join(", ");
}
