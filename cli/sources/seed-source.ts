import { dirname } from "node:path";
import { locateFiles } from "#headless-peer/files/locate-files.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { openSeed, type Seed } from "#headless-peer/files/seed-storage.ts";
import { findFiles, type SkippedEntry } from "#headless-peer/sources/find-files.ts";
import { hashTorrent } from "#headless-peer/sources/hash-torrent.ts";
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { type NamedTrackers, withTyped } from "#headless-peer/trackers/named-trackers.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import type { Progress, Work } from "../show/progress.ts";

/** What a person wants to seed. */
export interface SeedWish {
  /** Files and folders, or one .torrent file. */
  readonly paths: readonly string[];
  /** Where the data of the .torrent is. Absent: next to it. */
  readonly data?: string;
  /** The name of the torrent to make from the files. */
  readonly name?: string;
  readonly pieceLength?: number;
  readonly private: boolean;
}

/** A torrent to seed, and where its files are. */
export interface FoundSeed {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array;
  readonly seed: Seed;
  /** As its .torrent file names them. */
  readonly trackerTiers: TrackerTiers;
  /** What we ignored in its .torrent file, in sentences. */
  readonly warnings: readonly string[];
}

/** Called while finding and hashing. */
export interface SeedEvents {
  /** Shows how far hashing is. */
  readonly hashing: (work: Work) => Progress;
  /** Reports what is left out of the folders. */
  readonly skipped: (entries: readonly SkippedEntry[]) => void;
}

/**
 * Finds what to seed, and hashes files that have no .torrent yet. Rejects with a `StorageError`, `ProtocolError` or `UsageError`,
 * or with what an event throws.
 */
export async function findSeed(wish: SeedWish, events: SeedEvents): Promise<FoundSeed> {
  const [only] = wish.paths;
  if (only !== undefined && wish.paths.length === 1 && isTorrentFile(only))
    return seedOfTorrent(only, wish.data ?? dirname(only));
  return seedOfFiles(wish, events);
}

/** Whether a path names a .torrent file, not a file to share as it is. */
export function isTorrentFile(path: string): boolean {
  return path.toLowerCase().endsWith(".torrent");
}

/** Makes it ready for a peer. */
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
    open: () => openSeed(seed, OPEN_FILES),
  };
}

/** The links that lead others to it: a magnet link and, where a Tabswarm tracker has a page, a share link. */
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
  const { infoHash, info, infoBytes, trackerTiers, warnings } = await readTorrentFile(path);
  const files = await locateFiles(info, data);
  return { infoHash, infoBytes, seed: { info, files, isVerified: false }, trackerTiers, warnings };
}

async function seedOfFiles(wish: SeedWish, { hashing, skipped }: SeedEvents): Promise<FoundSeed> {
  const found = await findFiles(wish.paths);
  if (found.skipped.length > 0) skipped(found.skipped);
  const { files } = found;
  const plan = planTorrent(files, wish);
  const work = { verb: "Hashing", name: plan.name, bytesTotal: plan.layout.totalBytes };
  const progress = hashing(work);
  try {
    const { infoHash, infoBytes } = await hashTorrent(plan, wish.private, progress.add);
    const seed = { info: parseInfo(infoBytes), files: plan.sources, isVerified: true };
    return { infoHash, infoBytes, seed, trackerTiers: [], warnings: [] };
  } finally {
    progress.end();
  }
}
