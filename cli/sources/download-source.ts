import { openDownload } from "#headless-peer/files/download-storage.ts";
import { EncryptedDownload } from "#headless-peer/files/encrypted-download.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import {
  type NamedTorrent,
  namedTorrent,
  type TorrentReference,
} from "#headless-peer/sources/named-torrent.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, WebSeedUrl } from "#shared/base/ids.ts";
import { isEncryptedShare } from "#shared/encrypted/share.ts";
import type { PeerTorrent, SelectFiles, Selection } from "#shared/library/peer-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { type NamedWebSeed, namedWebSeeds } from "#shared/meta/web-seeds.ts";
import { selectByGlobs } from "../flags/select-flag.ts";
import { MAX_TORRENTS } from "./start-config.ts";
import { readTorrentReferences } from "./torrent-reference.ts";

/** What a person wants to download. */
export interface DownloadWish {
  /** Each a .torrent file, a text with magnet links, share links and info-hashes, or `-` for standard input. */
  readonly sources: readonly string[];
  /** The folder to download into. */
  readonly folder: string;
  /** Globs. None: what the link selects, or everything. */
  readonly select: readonly string[];
  /** Encrypted shares are downloaded as they are, to be carried for others. */
  readonly withoutKey: boolean;
  /** Web seeds to add to the torrent's own. */
  readonly webSeeds: readonly WebSeedUrl[];
  /** Trackers to add to the torrent's own. */
  readonly named: NamedTrackers;
  /** Called with the files that the globs or the link select, once the metadata is known. */
  readonly selected: (info: Info, files: readonly number[]) => void;
  /** Called with what is going to be downloaded: undefined means everything. May throw a `UsageError`. */
  readonly chosen?: ((infoHash: InfoHash, info: Info, files: Selection) => void) | undefined;
}

/**
 * Finds at least one torrent, ready for a peer. Rejects with a `StorageError`, `ProtocolError` or `UsageError` when there is
 * none; tells `warn` what it leaves out.
 */
export async function findDownloads(
  wish: DownloadWish,
  warn: (sentence: string) => void,
): Promise<readonly PeerTorrent[]> {
  const found = new Map<InfoHash, PeerTorrent>();
  for (const source of wish.sources) {
    const references = await readTorrentReferences(source, warn);
    const torrents = await Promise.all(references.map((reference) => findDownload(reference, wish, warn)));
    for (const torrent of torrents) if (!found.has(torrent.infoHash)) found.set(torrent.infoHash, torrent);
  }
  if (found.size > MAX_TORRENTS)
    throw new UsageError("tooMany", `One peer downloads at most ${MAX_TORRENTS} torrents. Name fewer.`);
  return [...found.values()];
}

async function findDownload(
  reference: TorrentReference,
  { named, webSeeds, folder, select: globs, selected, chosen, withoutKey }: DownloadWish,
  warn: (sentence: string) => void,
): Promise<PeerTorrent> {
  const torrent = await namedTorrent(reference, named, warn);
  const { infoHash } = torrent;
  const link = reference.type === "link" ? reference.link : undefined;
  const key = withoutKey ? undefined : link?.key;
  const choose = globs.length > 0 ? selectByGlobs(globs) : selectByIndex(link?.selectedFiles);
  const select: SelectFiles = (info) => {
    const files = choose(info);
    chosen?.(infoHash, info, files);
    if (files !== undefined) selected(info, files);
    return files;
  };
  return {
    ...torrent,
    webSeeds: key === undefined ? withOwn(webSeeds, torrent) : [], // No server has what is encrypted.
    select(info) {
      const isEncrypted = isEncryptedShare(info);
      if (isEncrypted && key === undefined && !withoutKey) throw needsKeyError();
      if (!isEncrypted && key !== undefined) throw notEncryptedError();
      return key === undefined ? select(info) : undefined; // Its own files are not known yet.
    },
    open: ({ info }, selectedFiles, events) =>
      key === undefined
        ? openDownload({ infoHash, info, folder, selectedFiles }, OPEN_FILES)
        : EncryptedDownload.open({ infoHash, info, key, folder, select }, events, OPEN_FILES),
  };
}

function needsKeyError(): UsageError {
  return new UsageError(
    "needsKey",
    "This share needs its key, which is the part &k=… of its share link. Ask for the whole link. To carry the share for others without reading it, pass --without-key.",
  );
}

function notEncryptedError(): UsageError {
  return new UsageError(
    "notEncrypted",
    "The link has a key, but what it leads to is no encrypted share that this version can read. Copy the whole link again.",
  );
}

function withOwn(own: readonly WebSeedUrl[], torrent: NamedTorrent): readonly NamedWebSeed[] {
  return namedWebSeeds(
    own,
    torrent.webSeeds.map(({ url }) => url),
  );
}

/** What a magnet link selects (BEP 53), or somebody has chosen: files by their index. Undefined: all. */
export function selectByIndex(chosen: Selection): SelectFiles {
  return ({ files }): Selection => {
    const there = chosen?.filter((at) => files[at] !== undefined && isContent(files[at]));
    if (there?.length !== 0) return there;
    throw new UsageError(
      "nothingSelected",
      "The link selects files that the torrent does not have. To download everything, pass --select '**'.",
    );
  };
}
