import type { SeededFile } from "#headless-peer/files/seed-storage.ts";
import { namedTorrent, type TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import { torrentFileOf } from "#headless-peer/sources/torrent-file.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { findLinks } from "#shared/meta/links.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { TorrentLimits } from "../flags/limit-flags.ts";
import { findSeed, type SeedEvents, type SeedWish } from "../sources/seed-source.ts";
import { ownShareOf } from "./own-share.ts";
import type { OwnFiles, TorrentRecord } from "./record.ts";

/** A torrent that is to enter a daemon. */
export interface NewTorrent {
  readonly record: TorrentRecord;
  /** Undefined: peers send it. */
  readonly metadata: TorrentMetadata | undefined;
  /** The person's own files, if they have just been hashed. */
  readonly hashed?: readonly SeededFile[] | undefined;
}

/** What somebody chooses for a download. */
export interface DownloadChoice {
  readonly folder: string;
  /** None: what the link selects, or everything. */
  readonly globs: readonly string[];
  /** Whether an encrypted share is kept as it is, and carried for others. */
  readonly withoutKey: boolean;
  readonly isPaused: boolean;
  readonly limits: TorrentLimits;
}

type Warn = (sentence: string) => void;

/** Finds the links in a text. Throws a `ProtocolError` if it has no link. Tells `warn` what it leaves out. */
export function linksIn(text: string, warn: Warn): readonly TorrentReference[] {
  const { links, leftOut } = findLinks(text);
  for (const sentence of leftOut) warn(sentence);
  return links.map((link) => ({ type: "link", link }));
}

/** The torrent of a `.torrent` file. Throws a `ProtocolError` with a sentence. */
export function torrentIn(bytes: Uint8Array): TorrentReference {
  return { type: "torrent", torrent: torrentFileOf(bytes) };
}

/** A torrent to download. The daemon's own trackers come later: they may be others at its next start. */
export async function newDownload(
  reference: TorrentReference,
  choice: DownloadChoice,
  named: NamedTrackers,
  warn: Warn,
): Promise<NewTorrent> {
  const { folder, globs, withoutKey, isPaused, limits } = choice;
  const own = { ...named, announceUrls: [], announceTiers: [], publicUrls: [], withKey: same };
  const torrent = await namedTorrent(reference, own, warn);
  const { infoHash, displayName, metadata, trackers, impliedTrackers = [] } = torrent;
  const link = reference.type === "link" ? reference.link : undefined;
  const chosen = globs.length === 0 ? link?.selectedFiles : undefined;
  const reading = withoutKey ? ({ withoutKey } as const) : { key: link?.key };
  const webSeeds = reading.key === undefined ? torrent.webSeeds.map(({ url }) => url) : []; // No server has what is encrypted.
  const record: TorrentRecord = {
    ...{ infoHash, addedAt: Date.now(), displayName, trackers, webSeeds, impliedTrackers },
    content: { type: "download", folder, globs, ...reading },
    ...{ selectedFiles: chosen, firstFiles: [], isPaused, limits },
    ...{ completedAt: undefined, description: undefined },
  };
  return { record, metadata };
}

const same = <Url>(url: Url): Url => url;

/** What somebody chooses for files of their own. */
export interface SeedChoice {
  readonly isPaused: boolean;
  readonly limits: TorrentLimits;
  /** What catalogs say. Absent: it is not published. */
  readonly description?: string | undefined;
}

/** The person's own files as a torrent. Hashes those that have no .torrent yet. Rejects with a sentence. */
export async function newSeed(
  wish: SeedWish,
  { isPaused, limits, description }: SeedChoice,
  events: SeedEvents,
  warn: Warn,
): Promise<NewTorrent> {
  const { infoHash, infoBytes, seed, trackerTiers, warnings, ...found } = await findSeed(wish, events);
  const webSeeds = found.webSeeds.map(({ url }) => url);
  for (const sentence of warnings) warn(sentence);
  const content: OwnFiles = {
    ...{ type: "own", paths: seed.files.map(({ diskPath }) => diskPath) },
    ...(found.key !== undefined && { share: ownShareOf(seed.info, found.key) }),
  };
  const record: TorrentRecord = {
    ...{ infoHash, addedAt: Date.now(), displayName: seed.info.name },
    ...{ trackers: trackerTiers, webSeeds, impliedTrackers: [], content },
    ...{ selectedFiles: undefined, firstFiles: [], isPaused, limits },
    ...{ completedAt: undefined, description },
  };
  return {
    record,
    metadata: { info: found.key === undefined ? seed.info : parseInfo(infoBytes), infoBytes },
    hashed: seed.isVerified ? seed.files : undefined,
  };
}
