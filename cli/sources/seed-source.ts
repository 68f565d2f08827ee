import { dirname } from "node:path";
import { locateFiles } from "#headless-peer/files/locate-files.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { openSeed, type Seed } from "#headless-peer/files/seed-storage.ts";
import { findFiles, type SkippedEntry, type SourceFile } from "#headless-peer/sources/find-files.ts";
import { hashTorrent } from "#headless-peer/sources/hash-torrent.ts";
import { makeShare, planShareOfFiles } from "#headless-peer/sources/make-share.ts";
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { type NamedTrackers, withTyped } from "#headless-peer/trackers/named-trackers.ts";
import type { InfoHash, ShareKey, WebSeedUrl } from "#shared/base/ids.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { Encryption } from "#shared/library/platform.ts";
import { planTorrent, type TorrentPlan } from "#shared/meta/create.ts";
import { type Info, parseInfo } from "#shared/meta/info.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import { type NamedWebSeed, namedWebSeeds } from "#shared/meta/web-seeds.ts";
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
  /** Web servers that have the files, too. Absent: those of the .torrent file alone. */
  readonly webSeeds?: readonly WebSeedUrl[];
  /** Make an encrypted share of the files. Absent: others can read them. */
  readonly encrypt?: Encryption | undefined;
}

/** A torrent to seed, and where its files are. */
export interface FoundSeed {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array;
  /** As the session knows it: that of the seed, or for an encrypted share the places of its files in the torrent. */
  readonly info: Info;
  readonly seed: Seed;
  /** What reads it. Absent: it is not encrypted. */
  readonly key?: ShareKey;
  /** As its .torrent file names them. */
  readonly trackerTiers: TrackerTiers;
  readonly webSeeds: readonly NamedWebSeed[];
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
    return seedOfTorrent(only, wish.data ?? dirname(only), wish.webSeeds);
  return seedOfFiles(wish, events);
}

/** Whether a path names a .torrent file, not a file to share as it is. */
export function isTorrentFile(path: string): boolean {
  return path.toLowerCase().endsWith(".torrent");
}

/** Makes it ready for a peer. */
export function seedTorrent(
  { infoHash, infoBytes, info, seed, trackerTiers, webSeeds }: FoundSeed,
  named: NamedTrackers,
): PeerTorrent {
  return {
    infoHash,
    displayName: info.name,
    metadata: { info, infoBytes },
    trackers: withTyped(named, trackerTiers),
    webSeeds,
    ...{ share: seed.share, select: () => undefined },
    open: () => openSeed(seed, OPEN_FILES),
  };
}

/**
 * The links that lead others to it: a magnet link and, where a Tabswarm tracker has a page, a share link. Of an encrypted share the
 * magnet link has neither key nor name; its share link has the key, and begins with `#` where there is no page.
 */
export function seedLinks(
  { infoHash, info, key, trackerTiers, webSeeds }: FoundSeed,
  { publicUrls, pageUrl }: NamedTrackers,
): { readonly magnet: string; readonly link: string | undefined } {
  const trackers = [...new Set([...publicUrls, ...trackerTiers.flat()])];
  const displayName = key === undefined ? info.name : undefined;
  const named = { infoHash, displayName, trackers, webSeeds: webSeeds.map(({ url }) => url) };
  const magnet = formatMagnet({ ...named, selectedFiles: undefined });
  if (pageUrl !== undefined)
    return { magnet, link: formatShareLink(pageUrl, { ...named, trackers: [] }, key) };
  return { magnet, link: key && formatShareLink("", named, key) };
}

async function seedOfTorrent(
  path: string,
  data: string,
  own: readonly WebSeedUrl[] = [],
): Promise<FoundSeed> {
  const { infoHash, info, infoBytes, trackerTiers, webSeeds, warnings } = await readTorrentFile(path);
  const files = await locateFiles(info, data);
  const seed = { info, files, isVerified: false };
  return { infoHash, infoBytes, info, seed, trackerTiers, webSeeds: namedWebSeeds(own, webSeeds), warnings };
}

async function seedOfFiles(wish: SeedWish, { hashing, skipped }: SeedEvents): Promise<FoundSeed> {
  const found = await findFiles(wish.paths);
  if (found.skipped.length > 0) skipped(found.skipped);
  const { files } = found;
  const plan = planTorrent(files, wish);
  const work = { verb: "Hashing", name: plan.name, bytesTotal: plan.layout.totalBytes };
  if (wish.encrypt !== undefined) return encryptedSeed(plan, wish, wish.encrypt, hashing);
  return withProgress(hashing(work), async (progress) => {
    const { infoHash, infoBytes } = await hashTorrent(plan, wish.private, progress.add);
    const info = parseInfo(infoBytes);
    const seed = { info, files: plan.sources, isVerified: true };
    const webSeeds = namedWebSeeds(wish.webSeeds ?? [], []);
    return { infoHash, infoBytes, info, seed, trackerTiers: [], webSeeds, warnings: [] };
  });
}

async function encryptedSeed(
  plan: TorrentPlan<SourceFile>,
  { pieceLength }: SeedWish,
  encryption: Encryption,
  hashing: SeedEvents["hashing"],
): Promise<FoundSeed> {
  const planned = await planShareOfFiles(plan, encryption, pieceLength);
  const { key, share } = planned;
  const work = { verb: "Encrypting", name: plan.name, bytesTotal: share.layout.totalBytes };
  return withProgress(hashing(work), async (progress) => {
    const made = await makeShare(planned, plan.sources, progress.add);
    return { ...made, key, trackerTiers: [], webSeeds: [], warnings: [] };
  });
}

async function withProgress<Result>(
  progress: Progress,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
