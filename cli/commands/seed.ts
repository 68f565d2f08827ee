import { Command } from "commander";
import type { PeerTorrent } from "#headless-peer/peer.ts";
import { printable } from "#shared/base/printable.ts";
import { parsePieceLength } from "../flags/byte-flags.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags } from "../flags/peer-flags.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { formatBytes } from "../show/format.ts";
import { showProgress } from "../show/progress.ts";
import { showStatus, statusOfTorrents } from "../show/status.ts";
import { type FoundSeed, findSeed, isTorrentFile, seedLinks, seedTorrent } from "../sources/seed-source.ts";
import { findTrackers, type NamedTrackers } from "../sources/trackers.ts";
import { startPeer } from "../start-peer.ts";
import { stopSignal } from "../stop-signal.ts";

interface SeedFlags extends PeerFlags {
  readonly data?: string;
  readonly name?: string;
  readonly pieceLength?: number;
  readonly private: boolean;
}

/** `tabswarm seed`: shares files with browsers and desktops until it is told to stop. */
export function seedCommand(): Command {
  const command = new Command("seed")
    .description("share files and folders, or the data of a .torrent, until you press Ctrl-C")
    .argument("<path...>", "file or folder; several make one torrent. Or one .torrent file")
    .option("--data <path>", "where the data of the .torrent lies, by default beside it")
    .option("--name <name>", "the torrent's name, by default that of its file or folder")
    .option("--piece-length <bytes>", "power of two from 16K to 16M (powers of 1024)", parsePieceLength)
    .option("--private", "let peers come from the torrent's trackers only", false);
  return withCommonFlags(addPeerFlags(command)).action(seed);
}

async function seed(paths: readonly string[], flags: SeedFlags, command: Command): Promise<void> {
  if (flags.data !== undefined && !isTorrentFile(paths)) {
    command.error("error: --data goes with one .torrent file. Leave it out, or name a .torrent.");
  }
  await runOnce("seed", flags, async (run) => {
    const named = await findTrackers(flags.tracker, run.warn);
    const found = await findSeed({ ...flags, paths }, (work) => showProgress(work, flags.json));
    const torrent = seedTorrent(found, named);
    if (torrent.trackers.flat().length === 0) run.warn(foundWithoutTracker(flags, found.seed.info.isPrivate));

    const stopped = stopSignal(); // Before a word is said: who hears it may answer with Ctrl-C at once.
    const peer = await startPeer(flags, named, run);
    try {
      tellLinks(found, torrent, named, peer.port, flags.json, run);
      await peer.add(torrent);
      const status = showStatus(statusOfTorrents(peer), flags.json);
      await stopped.finally(() => status.end());
    } finally {
      await peer.close();
    }
  });
}

function tellLinks(
  found: FoundSeed,
  torrent: PeerTorrent,
  named: NamedTrackers,
  port: number | undefined,
  asJson: boolean,
  { log }: Run,
): void {
  const { infoHash, seed } = found;
  const { name, layout } = seed.info;
  const { magnet, link } = seedLinks(found, named);
  log.info({ infoHash, port, trackers: torrent.trackers }, "seeding");
  if (asJson) return console.log(JSON.stringify({ type: "seeding", name, infoHash, magnet, link, port }));
  console.log(`Sharing ${printable(name)} (${formatBytes(layout.totalBytes)})\n  magnet     ${magnet}`);
  if (link !== undefined) console.log(`  share link ${link}`);
  if (port !== undefined) console.log(`  TCP port   ${port}`);
  console.log("Press Ctrl-C to stop.");
}
