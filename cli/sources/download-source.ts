import { openDownload } from "#headless-peer/files/download-storage.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import type { PeerTorrent, SelectFiles, Selection } from "#headless-peer/peer.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { selectByGlobs } from "../flags/select-flag.ts";
import { namedTorrent, readTorrentSource, type TorrentSource } from "./torrent-source.ts";
import type { NamedTrackers } from "./trackers.ts";

/** What a person wants to have downloaded. */
export interface DownloadWish {
  /** Magnet link, share link, info-hash or .torrent file. */
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

/** A torrent as a peer takes it. Rejects with a `StorageError` or `ProtocolError` when nothing is to be found by this name. */
export async function findDownload(wish: DownloadWish): Promise<PeerTorrent> {
  const { folder, selected } = wish;
  const source = await readTorrentSource(wish.source);
  const torrent = namedTorrent(source, wish.named);
  const { infoHash } = torrent;
  const choose = wish.select.length > 0 ? selectByGlobs(wish.select) : selectByLink(source);
  return {
    ...torrent,
    select: (info) => {
      const files = choose(info);
      if (files !== undefined) selected(info, files);
      return files;
    },
    open: ({ info }, selectedFiles) =>
      openDownload({ infoHash, info, folder, selectedFiles }, new OpenFiles()),
  };
}

/** What a magnet link selects (BEP 53). */
function selectByLink(source: TorrentSource): SelectFiles {
  const chosen = source.type === "torrent" ? undefined : source.magnet.selectedFiles;
  return ({ files }): Selection => {
    const there = chosen?.filter((at) => files[at] !== undefined && isContent(files[at]));
    if (there?.length !== 0) return there;
    throw new ProtocolError(
      "nothingSelected",
      "The link selects files that the torrent does not have. Take everything, with --select '**'.",
    );
  };
}
