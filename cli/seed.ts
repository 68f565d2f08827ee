import { dirname } from "node:path";
import { Command } from "commander";
import { locateFiles } from "#headless-peer/files/locate-files.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import { openSeed, type Seed } from "#headless-peer/files/seed-storage.ts";
import { findFiles } from "#headless-peer/find-files.ts";
import { hashTorrent } from "#headless-peer/hash-torrent.ts";
import { readTorrentFile } from "#headless-peer/torrent-file.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import { parseInfo } from "#shared/meta/metainfo.ts";
import { eachAlone, type TrackerTiers } from "#shared/meta/tracker-url.ts";
import { parsePieceLength } from "./byte-flags.ts";
import { formatBytes, printable } from "./format.ts";
import { type Run, runOnce, withCommonFlags } from "./once.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags, startPeer } from "./peer-flags.ts";
import { showProgress } from "./progress.ts";
import { showStatus, statusOfTorrents } from "./status.ts";
import { stopSignal } from "./stop-signal.ts";
import { findTrackers, type NamedTrackers } from "./trackers.ts";

interface SeedFlags extends PeerFlags {
  readonly data?: string;
  readonly name?: string;
  readonly pieceLength?: number;
  readonly private: boolean;
}

/** What is to be seeded, and where its files lie. */
interface FoundSeed {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array;
  readonly seed: Seed;
  /** As its .torrent file names them. */
  readonly trackerTiers: TrackerTiers;
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

async function seed(paths: readonly string[], flags: SeedFlags): Promise<void> {
  await runOnce("seed", flags, async (run) => {
    const trackers = await findTrackers(flags.tracker, run.warn);
    const found = await findSeed(paths, flags);
    const tiers = [...eachAlone(trackers.announceUrls), ...found.trackerTiers];
    const urls = [...new Set(tiers.flat())];
    if (urls.length === 0) run.warn(foundWithoutTracker(flags, found.seed.info.isPrivate));

    const peer = await startPeer(flags, trackers, run);
    try {
      const { infoHash, infoBytes, seed } = found;
      tellLinks(found, urls, trackers, peer.port, flags.json, run);
      await peer.add({
        infoHash,
        displayName: seed.info.name,
        metadata: { info: seed.info, infoBytes },
        trackers: tiers,
        select: () => undefined,
        open: () => openSeed(seed, new OpenFiles()),
      });
      const status = showStatus(statusOfTorrents(peer), flags.json);
      await stopSignal().finally(() => status.end());
    } finally {
      await peer.close();
    }
  });
}

async function findSeed(paths: readonly string[], flags: SeedFlags): Promise<FoundSeed> {
  const [only, ...others] = paths;
  const isTorrent = only !== undefined && others.length === 0 && only.endsWith(".torrent");
  if (isTorrent) return seedOfTorrent(only, flags.data ?? dirname(only));
  if (flags.data === undefined) return seedOfFiles(paths, flags);
  throw new ProtocolError(
    "dataWithoutTorrent",
    "--data goes with one .torrent file. Leave it out, or name a .torrent.",
  );
}

async function seedOfTorrent(path: string, data: string): Promise<FoundSeed> {
  const { infoHash, info, infoBytes, trackerTiers } = await readTorrentFile(path);
  const files = await locateFiles(info, data);
  return { infoHash, infoBytes, seed: { info, files, isVerified: false }, trackerTiers };
}

async function seedOfFiles(paths: readonly string[], flags: SeedFlags): Promise<FoundSeed> {
  const { files } = await findFiles(paths);
  const plan = planTorrent(files, flags);
  const work = { verb: "Hashing", name: plan.name, bytesTotal: plan.layout.totalBytes };
  const progress = showProgress(work, flags.json);
  try {
    const { infoHash, infoBytes } = await hashTorrent(plan, flags.private, progress.add);
    const seed = { info: parseInfo(infoBytes), files: plan.sources, isVerified: true };
    return { infoHash, infoBytes, seed, trackerTiers: [] };
  } finally {
    progress.end();
  }
}

function tellLinks(
  { infoHash, seed }: FoundSeed,
  trackers: readonly TrackerUrl[],
  { pageUrl }: NamedTrackers,
  port: number | undefined,
  asJson: boolean,
  { log }: Run,
): void {
  const { name, layout } = seed.info;
  const named = { infoHash, displayName: name, trackers };
  const magnet = formatMagnet({ ...named, selectedFiles: undefined });
  const link = pageUrl && formatShareLink(pageUrl, { ...named, trackers: [] });
  log.info({ infoHash, port, trackers }, "seeding");
  if (asJson) return console.log(JSON.stringify({ type: "seeding", name, infoHash, magnet, link, port }));
  console.log(`Sharing ${printable(name)} (${formatBytes(layout.totalBytes)})\n  magnet     ${magnet}`);
  if (link !== undefined) console.log(`  share link ${link}`);
  if (port !== undefined) console.log(`  TCP port   ${port}`);
  console.log("Press Ctrl-C to stop.");
}
