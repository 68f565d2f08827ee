import { dirname } from "node:path";
import { locateFiles } from "#headless-peer/files/locate-files.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import { openSeed, type Seed } from "#headless-peer/files/seed-storage.ts";
import type { PeerTorrent } from "#headless-peer/peer.ts";
import { findFiles } from "#headless-peer/sources/find-files.ts";
import { hashTorrent } from "#headless-peer/sources/hash-torrent.ts";
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import type { Progress, Work } from "../show/progress.ts";
import { type NamedTrackers, withTyped } from "./trackers.ts";

/** What a person wants to have seeded. */
export interface SeedWish {
  /** Files and folders, or one .torrent file. */
  readonly paths: readonly string[];
  /** Where the data of the .torrent lies. Absent: beside it. */
  readonly data?: string;
  /** Of the torrent that is made of the files. */
  readonly name?: string;
  readonly pieceLength?: number;
  readonly private: boolean;
}

/** What is to be seeded, and where its files lie. */
export interface FoundSeed {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array;
  readonly seed: Seed;
  /** As its .torrent file names them. */
  readonly trackerTiers: TrackerTiers;
}

/**
 * Finds and, where there is no .torrent yet, hashes what is to be seeded; `showHashing` shows how far that is. Rejects with a
 * `StorageError` or `ProtocolError`, or with what `showHashing` throws.
 */
export async function findSeed(wish: SeedWish, showHashing: (work: Work) => Progress): Promise<FoundSeed> {
  const [only] = wish.paths;
  if (only !== undefined && isTorrentFile(wish.paths)) return seedOfTorrent(only, wish.data ?? dirname(only));
  return seedOfFiles(wish, showHashing);
}

/** Whether paths are one .torrent file, and not files to make one of. */
export function isTorrentFile(paths: readonly string[]): boolean {
  return paths.length === 1 && (paths[0]?.endsWith(".torrent") ?? false);
}

/** What is found, as a peer takes it. */
export function seedTorrent(
  { infoHash, infoBytes, seed, trackerTiers }: FoundSeed,
  named: NamedTrackers,
): PeerTorrent {
  return {
    infoHash,
    displayName: seed.info.name,
    metadata: { info: seed.info, infoBytes },
    trackers: withTyped(named, trackerTiers),
    select: () => undefined,
    open: () => openSeed(seed, new OpenFiles()),
  };
}

/** The links by which others find it: a magnet link and, where a Tabswarm tracker has a page, a share link. */
export function seedLinks(
  { infoHash, seed, trackerTiers }: FoundSeed,
  { publicUrls, pageUrl }: NamedTrackers,
): { readonly magnet: string; readonly link: string | undefined } {
  const trackers = [...new Set([...publicUrls, ...trackerTiers.flat()])];
  const named = { infoHash, displayName: seed.info.name, trackers };
  return {
    magnet: formatMagnet({ ...named, selectedFiles: undefined }),
    link: pageUrl && formatShareLink(pageUrl, { ...named, trackers: [] }),
  };
}

async function seedOfTorrent(path: string, data: string): Promise<FoundSeed> {
  const { infoHash, info, infoBytes, trackerTiers } = await readTorrentFile(path);
  const files = await locateFiles(info, data);
  return { infoHash, infoBytes, seed: { info, files, isVerified: false }, trackerTiers };
}

async function seedOfFiles(wish: SeedWish, showHashing: (work: Work) => Progress): Promise<FoundSeed> {
  const { files } = await findFiles(wish.paths);
  const plan = planTorrent(files, wish);
  const work = { verb: "Hashing", name: plan.name, bytesTotal: plan.layout.totalBytes };
  const progress = showHashing(work);
  try {
    const { infoHash, infoBytes } = await hashTorrent(plan, wish.private, progress.add);
    const seed = { info: parseInfo(infoBytes), files: plan.sources, isVerified: true };
    return { infoHash, infoBytes, seed, trackerTiers: [] };
  } finally {
    progress.end();
  }
}
