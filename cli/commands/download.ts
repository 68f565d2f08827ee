import { Command } from "commander";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { EndReason } from "#headless-peer/sharing-ends.ts";
import type { WebSeedUrl } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { safePaths } from "#shared/meta/safe-path.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { CommandError } from "../failure.ts";
import { addLimitFlags, ownLimits, stopsByItself, type TorrentLimits } from "../flags/limit-flags.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags } from "../flags/peer-flags.ts";
import { parseGlob } from "../flags/select-flag.ts";
import { parseServedPort } from "../flags/serve-flag.ts";
import { WEB_SEED_OPTION } from "../flags/web-seed-flag.ts";
import { lookUntil, whenStateChanges } from "../look-until.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { OneFileOut, STANDARD_OUTPUT } from "../one-file-out.ts";
import { Serving } from "../serving.ts";
import { formatBytes, plural } from "../show/format.ts";
import { peerRows, peerTable } from "../show/peer-table.ts";
import { sharingEndedLine } from "../show/sharing-ended.ts";
import { showStatus, statusOfTorrents } from "../show/status.ts";
import { findDownloads } from "../sources/download-source.ts";
import { findTrackers } from "../sources/trackers.ts";
import { startPeer } from "../start-peer.ts";
import { stopSignal } from "../stop-signal.ts";
import { watchForStops } from "../watch-for-stops.ts";

interface DownloadFlags extends PeerFlags, TorrentLimits {
  readonly out: string;
  readonly select: readonly string[];
  readonly webSeed: readonly WebSeedUrl[];
  readonly seedAfter: boolean;
  readonly withoutKey: boolean;
  /** True: any free port. */
  readonly serve?: number | true;
}

const MAX_FILES_SHOWN = 20;

/** `tabswarm download`: downloads a torrent into a folder; run again, it resumes. */
export function downloadCommand(): Command {
  const command = new Command("download")
    .description("download by magnet link, info-hash or .torrent; run it again to resume")
    .argument(
      "<torrent...>",
      "magnet link, share link, info-hash (or several in one text), .torrent file, or - for one of them on standard input",
    )
    .option("--out <folder>", "folder to download into, or - to write one file to standard output", ".")
    .option(
      "--select <glob>",
      "only files whose path in the torrent matches, such as 'Season 1/**' or '*.{jpg,png}'; a glob without a slash matches names; may be repeated",
      parseGlob,
      [],
    )
    .option(...WEB_SEED_OPTION)
    .option(
      "--without-key",
      "download encrypted shares as they are, to carry them for others without reading them",
      false,
    )
    .option(
      "--seed-after",
      "keep sharing it afterwards, until you press Ctrl-C; each --stop… flag implies it",
      false,
    )
    .option(
      "--serve [port]",
      "serve its files over HTTP while they arrive, for a player: on this machine alone, or at --host; goes on until you press Ctrl-C",
      parseServedPort,
    );
  return withCommonFlags(addPeerFlags(addLimitFlags(command, "download"))).action(download);
}

async function download(sources: readonly string[], flags: DownloadFlags): Promise<void> {
  if (flags.out !== STANDARD_OUTPUT) return downloadInto(sources, flags);
  if (flags.json || sources.length > 1 || flags.serve !== undefined) {
    throw new CommandError(
      `--out - means standard output, and ${whyNotOut(flags)}. Name a folder with --out.`,
      flags.json,
    );
  }
  const out = await OneFileOut.open();
  try {
    await downloadInto(sources, { ...flags, out: out.folder }, out);
  } finally {
    await out.close();
  }
}

/** Why standard output is not for one file. */
function whyNotOut({ serve, json }: DownloadFlags): string {
  if (serve !== undefined) return "--serve says there where to play";
  return json ? "--json writes there, too" : "it takes one file";
}

/** `only`: what the person wants is one file, which goes to standard output, so nothing else may. */
async function downloadInto(
  sources: readonly string[],
  flags: DownloadFlags,
  only?: OneFileOut,
): Promise<void> {
  await runOnce("download", flags, async (run) => {
    const named = await findTrackers(flags.tracker, run.warn);
    const print = (text: string): void => (only === undefined ? status.print(text) : undefined);
    const selected = (info: Info, files: readonly number[]): void =>
      print(selectedText(info, files, flags.json));
    const chosen = only && ((...choice: Parameters<OneFileOut["chosen"]>) => only.chosen(...choice));
    const { out: folder, select, withoutKey, webSeed: webSeeds } = flags;
    const wish = { sources, webSeeds, folder, select, withoutKey, named, selected, chosen };
    const torrents = await findDownloads(wish, run.warn);
    for (const { trackers, metadata } of torrents) {
      if (trackers.length === 0) run.warn(foundWithoutTracker(flags, metadata?.info.isPrivate ?? false));
    }
    const peer = await startPeer(flags, named, run);
    const stopped = stopSignal();
    const status = showStatus(statusOfTorrents(peer), flags.json);
    let serving: Serving | undefined;
    try {
      if (flags.serve !== undefined) serving = await Serving.open(peer, flags, print);
      for (const torrent of torrents) await peer.add({ ...torrent, ...ownLimits(flags) });
      status.refresh();
      const views = await allOver(peer, stopped);
      if (views === undefined)
        throw new CommandError("Stopped. Run the same command again to resume.", flags.json);
      const seedAfter = flags.seedAfter || stopsByItself(flags);
      if (!seedAfter && serving === undefined) status.end();
      const done = views.filter(({ phase }) => phase !== "error");
      for (const view of done) print(downloadedText(view, flags, run));
      const failed = views.find(({ phase }) => phase === "error");
      if (failed !== undefined) throw new StorageError(failed.problem ?? "The download stopped.");
      await only?.write(process.stdout);
      const ended = (view: TorrentView, because: EndReason): void =>
        print(sharingEndedLine(view, because, flags.json));
      if (seedAfter)
        await lookUntil(stopped, whenStateChanges(peer), watchForStops(peer, { failed: run.warn, ended }));
      if (serving !== undefined) await stopped;
    } finally {
      serving?.close();
      status.end();
      await peer.close();
    }
  });
}

/** Waits until each torrent is complete or has failed. Undefined: stopped before that. */
function allOver(peer: HeadlessPeer, stopped: Promise<unknown>): Promise<readonly TorrentView[] | undefined> {
  return lookUntil(stopped, whenStateChanges(peer), () => {
    const views = peer.view();
    const isOver = (view: TorrentView): boolean =>
      view.phase === "seeding" || view.phase === "error" || peer.endReason(view) !== undefined;
    return views.every(isOver) ? views : undefined;
  });
}

function selectedText(info: Info, selected: readonly number[], asJson: boolean): string {
  const saved = safePaths(info);
  const files = selected.map((at) => ({ path: saved[at] ?? "", bytes: info.files[at]?.bytes ?? 0 }));
  if (asJson) return JSON.stringify({ type: "selected", files });
  const all = info.files.filter(isContent).length;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const shown = files.slice(0, MAX_FILES_SHOWN);
  const more = files.length - shown.length;
  return [
    `Selected ${files.length.toLocaleString("en")} of ${plural(all, "file", "files")}, ${formatBytes(bytes)}:`,
    ...shown.map((file) => `  ${printable(file.path)} (${formatBytes(file.bytes)})`),
    ...(more > 0 ? [`  and ${plural(more, "more", "more")}`] : []),
  ].join("\n");
}

function downloadedText(view: TorrentView, { json, out }: DownloadFlags, { log }: Run): string {
  const { name, infoHash, bytesTotal, pieceCount, failedPieces, files, linksLeftOut } = view;
  log.info({ infoHash, bytesTotal }, "downloaded");
  if (json) {
    const totals = { bytes: bytesTotal, pieces: pieceCount, failedPieces, linksLeftOut };
    const peers = peerRows(view);
    return JSON.stringify({ type: "downloaded", name, infoHash, folder: out, ...totals, peers });
  }
  const selected = files.filter((file) => file.selected);
  const isAll = selected.length === files.length;
  const what = isAll ? printable(name) : `${plural(selected.length, "file", "files")} of ${printable(name)}`;
  const bytes = selected.reduce((sum, file) => sum + file.bytes, 0);
  const links =
    linksLeftOut > 0
      ? ` ${plural(linksLeftOut, "symbolic link in it was", "symbolic links in it were")} left out.`
      : "";
  return `${peerTable(view)}${what} ${selected.length === 1 || isAll ? "is" : "are"} in ${printable(out)} (${formatBytes(bytes)}).${links}`;
}
