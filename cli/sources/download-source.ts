import { openDownload } from "#headless-peer/files/download-storage.ts";
import type { PeerTorrent, SelectFiles, Selection } from "#headless-peer/peer.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { selectByGlobs } from "../flags/select-flag.ts";
import { OPEN_FILES } from "./open-files.ts";
import { namedTorrent, readTorrentReferences, type TorrentReference } from "./torrent-reference.ts";
import type { NamedTrackers } from "./trackers.ts";

/** What a person wants to have downloaded. */
export interface DownloadWish {
  /** A .torrent file, or a text with magnet links, share links and info-hashes. */
  readonly source: string;
  /** Where to put it. */
  readonly folder: string;
  /** Globs. None: what the link selects, or everything. */
  readonly select: readonly string[];
  /** Trackers besides those that the torrent names. */
  readonly named: NamedTrackers;
  /** Hears what is fetched, once it is known that this is not everything. */
  readonly selected: (info: Info, files: readonly number[]) => void;
}

/**
 * The torrents as a peer takes them, at least one. Rejects with a `StorageError`, `ProtocolError` or `UsageError` when nothing is to be found
 * by this name; `warn` hears what is left out.
 */
export async function findDownloads(
  wish: DownloadWish,
  warn: (sentence: string) => void,
): Promise<readonly PeerTorrent[]> {
  const references = await readTorrentReferences(wish.source, warn);
  return Promise.all(references.map((reference) => findDownload(reference, wish, warn)));
}

async function findDownload(
  reference: TorrentReference,
  { named, folder, select, selected }: DownloadWish,
  warn: (sentence: string) => void,
): Promise<PeerTorrent> {
  const torrent = await namedTorrent(reference, named, warn);
  const { infoHash } = torrent;
  const choose = select.length > 0 ? selectByGlobs(select) : selectByLink(reference);
  return {
    ...torrent,
    select: (info) => {
      const files = choose(info);
      if (files !== undefined) selected(info, files);
      return files;
    },
    open: ({ info }, selectedFiles) => openDownload({ infoHash, info, folder, selectedFiles }, OPEN_FILES),
  };
}

/** What a magnet link selects (BEP 53). */
function selectByLink(reference: TorrentReference): SelectFiles {
  const chosen = reference.type === "torrent" ? undefined : reference.link.selectedFiles;
  return ({ files }): Selection => {
    const there = chosen?.filter((at) => files[at] !== undefined && isContent(files[at]));
    if (there?.length !== 0) return there;
    throw new UsageError(
      "nothingSelected",
      "The link selects files that the torrent does not have. Take everything, with --select '**'.",
    );
  };
}
