import { Command } from "commander";
import { openDownload } from "#headless-peer/files/download-storage.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import type { PeerTorrent } from "#headless-peer/peer.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { CommandError } from "./failure.ts";
import { formatBytes, plural, printable } from "./format.ts";
import { type Run, runOnce, withCommonFlags } from "./once.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags, startPeer } from "./peer-flags.ts";
import { peerRows, peerTable } from "./peer-table.ts";
import { showStatus } from "./status.ts";
import { stopSignal } from "./stop-signal.ts";
import { readTorrentSource } from "./torrent-source.ts";
import { findTrackers } from "./trackers.ts";

interface DownloadFlags extends PeerFlags {
  readonly out: string;
  readonly seedAfter: boolean;
}

const LOOK_MILLIS = 200;

/** `tabswarm download`: fetches a torrent into a folder; started again it goes on with what is there. */
export function downloadCommand(): Command {
  const command = new Command("download")
    .description("download by magnet link, info-hash or .torrent; started again it goes on")
    .argument("<torrent>", "magnet link, share link, info-hash or .torrent file")
    .option("--out <folder>", "where to put it", ".")
    .option("--seed-after", "share it afterwards, until you press Ctrl-C", false);
  return withCommonFlags(addPeerFlags(command)).action(download);
}

async function download(source: string, flags: DownloadFlags): Promise<void> {
  await runOnce("download", flags, async (run) => {
    const trackers = await findTrackers(flags.tracker, run.warn);
    const torrent = await torrentOf(source, trackers.announceUrls, flags.out);
    if (torrent.trackers.length === 0)
      run.warn(foundWithoutTracker(flags, torrent.metadata?.info.isPrivate ?? false));
    const peer = await startPeer(flags, trackers, run);
    const look = (): readonly TorrentView[] => peer.view();
    const status = showStatus(look, statusText, flags.json);
    const stopped = stopSignal();
    try {
      await peer.add(torrent);
      const isDone = await Promise.race([completed(look), stopped.then(() => false)]);
      status.end();
      if (!isDone) throw new CommandError("Stopped. Run the same command again to go on.", flags.json);
      tellDone(look(), flags, run);
      if (flags.seedAfter) await stopped;
    } finally {
      status.end();
      await peer.close();
    }
  });
}

async function torrentOf(text: string, own: readonly TrackerUrl[], folder: string): Promise<PeerTorrent> {
  const source = await readTorrentSource(text);
  const named = source.type === "torrent" ? source.torrent.trackerTiers.flat() : source.magnet.trackers;
  const { infoHash } = source.type === "torrent" ? source.torrent : source.magnet;
  const selectedFiles = source.type === "torrent" ? undefined : source.magnet.selectedFiles;
  return {
    infoHash,
    displayName: source.type === "torrent" ? source.torrent.info.name : source.magnet.displayName,
    metadata: source.type === "torrent" ? source.torrent : undefined,
    trackers: [...new Set([...own, ...named])],
    selectedFiles,
    open: ({ info }) => openDownload({ infoHash, info, folder, selectedFiles }, new OpenFiles()),
  };
}

/** True when everything that was selected is here. Rejects with a `StorageError` when the torrent stops. */
function completed(look: () => readonly TorrentView[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const [view] = look();
      if (view?.phase !== "seeding" && view?.phase !== "error") return;
      clearInterval(timer);
      if (view.phase === "seeding") resolve(true);
      else reject(new StorageError(view.problem ?? "The download stopped."));
    }, LOOK_MILLIS);
  });
}

function tellDone([view]: readonly TorrentView[], { json, out }: DownloadFlags, { log }: Run): void {
  if (view === undefined) return;
  const { name, infoHash, bytesTotal, pieceCount, failedPieces } = view;
  log.info({ infoHash, bytesTotal }, "downloaded");
  if (json) {
    const totals = { bytes: bytesTotal, pieces: pieceCount, failedPieces };
    console.log(
      JSON.stringify({ type: "downloaded", name, infoHash, folder: out, ...totals, peers: peerRows(view) }),
    );
  } else {
    console.log(
      `${peerTable(view)}\n${printable(name)} is in ${out}: ${formatBytes(bytesTotal)}, ${plural(pieceCount, "piece", "pieces")}, ${plural(failedPieces, "failed attempt", "failed attempts")}.`,
    );
  }
}

function statusText([view]: readonly TorrentView[]): string {
  if (view === undefined) return "";
  const { phase, bytesDone, bytesTotal, downBytesPerSecond, secondsLeft, peers, problem } = view;
  if (problem !== undefined) return problem;
  const browsers = peers.filter(({ kind }) => kind === "rtc").length;
  const who = `${plural(browsers, "browser", "browsers")}, ${plural(peers.length - browsers, "desktop", "desktops")}`;
  if (phase === "metadata") return `Finding out what is in it (${who})`;
  const percent = Math.floor((100 * bytesDone) / Math.max(1, bytesTotal));
  const verb = phase === "checking" ? "Checking" : phase === "seeding" ? "Sharing" : "Downloading";
  const left = secondsLeft === undefined ? "" : `, ${Math.ceil(secondsLeft)} s left`;
  return `${verb} ${percent} % of ${formatBytes(bytesTotal)}, ${formatBytes(downBytesPerSecond)}/s${left} (${who})`;
}
