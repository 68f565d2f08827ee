import { openDownload } from "#headless-peer/files/download-storage.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { namedTorrent, type TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { PeerTorrent, SelectFiles, Selection } from "#shared/library/peer-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
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
  { named, folder, select, selected, chosen }: DownloadWish,
  warn: (sentence: string) => void,
): Promise<PeerTorrent> {
  const torrent = await namedTorrent(reference, named, warn);
  const { infoHash } = torrent;
  const linked = reference.type === "torrent" ? undefined : reference.link.selectedFiles;
  const choose = select.length > 0 ? selectByGlobs(select) : selectByIndex(linked);
  return {
    ...torrent,
    select: (info) => {
      const files = choose(info);
      chosen?.(infoHash, info, files);
      if (files !== undefined) selected(info, files);
      return files;
    },
    open: ({ info }, selectedFiles) => openDownload({ infoHash, info, folder, selectedFiles }, OPEN_FILES),
  };
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
