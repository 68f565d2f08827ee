import { ProtocolError } from "#shared/base/errors.ts";
import { parseInfo } from "#shared/meta/info.ts";
import type { TorrentMetadata } from "#shared/session/effect.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry, EntryKey } from "./client.ts";
import type { TorrentBytes, TorrentRecord } from "./database.ts";
import type { FileStorage } from "./file-storage.ts";
import type { PieceStore } from "./piece-store.ts";
import type { LinkedTorrent, TorrentLinks } from "./torrent-links.ts";

/** A torrent of this tab. */
export interface Item {
  readonly key: EntryKey;
  /** What is kept of it. */
  record: TorrentRecord;
  metadata: TorrentMetadata | undefined;
  storage: PieceStore | FileStorage | undefined;
  /** What shared files that have not come back wait for. */
  needs: "permission" | "files" | undefined;
  /** Share of a save that runs, 0 to 1. */
  saving: number | undefined;
  /** Ends the checking of files that came back. */
  readonly abort: AbortController;
}

/** What has to be known of a torrent to keep it. */
export type NewTorrent = Pick<TorrentRecord, "infoHash" | "displayName" | "infoBytes"> &
  Partial<Pick<TorrentRecord, "encoding" | "trackers" | "selectedFiles">>;

export function newRecord(torrent: NewTorrent, bytes: TorrentBytes): TorrentRecord {
  return {
    infoHash: torrent.infoHash,
    displayName: torrent.displayName,
    infoBytes: torrent.infoBytes,
    encoding: torrent.encoding,
    trackers: torrent.trackers ?? [],
    selectedFiles: torrent.selectedFiles,
    isPaused: false,
    isRemoved: false,
    addedAt: Date.now(),
    bytes,
  };
}

/** The kept info dictionary. Undefined: none is known yet, or what was kept is damaged and is fetched again. */
export function readMetadata({ infoBytes, encoding }: TorrentRecord): TorrentMetadata | undefined {
  if (infoBytes === undefined) return undefined;
  try {
    return { info: parseInfo(infoBytes, encoding), infoBytes };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** What links and trackers have to know of it. */
export function linkedTorrent({ record, metadata }: Item, name: string | undefined): LinkedTorrent {
  const { infoHash, trackers } = record;
  return { infoHash, name, trackers, isPrivate: metadata?.info.isPrivate ?? false };
}

/** What the page shows of it. */
export function entryOf(item: Item, torrent: TorrentView, links: TorrentLinks): Entry {
  const { key, record, needs, saving } = item;
  const linked = linkedTorrent(item, torrent.name);
  return {
    state: needs === undefined ? torrent.phase : "needs-file",
    key,
    infoHash: torrent.infoHash,
    torrent,
    magnetLink: links.magnetLink(linked),
    shareLink: links.shareLink(linked),
    canSave: record.bytes.type === "stored" && torrent.phase === "seeding",
    ...(needs === undefined ? {} : { needs }),
    ...(saving === undefined ? {} : { saving }),
  };
}
