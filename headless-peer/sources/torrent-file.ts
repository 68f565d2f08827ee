import type { InfoHash } from "#shared/base/ids.ts";
import { MAX_TORRENT_FILE_BYTES, type Metainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import { infoHashOf } from "./hash-torrent.ts";
import { readStart } from "./read-start.ts";

/** A .torrent file and its info-hash. */
export interface TorrentFile extends Metainfo {
  readonly infoHash: InfoHash;
}

/** Reads a .torrent file. Rejects with a `StorageError` when it cannot be read, with a `ProtocolError` when we cannot use it. */
export async function readTorrentFile(path: string): Promise<TorrentFile> {
  return torrentFileOf(await readStart(path, MAX_TORRENT_FILE_BYTES + 1));
}

/** The same for its bytes. Throws a `ProtocolError` when we cannot use it. */
export function torrentFileOf(bytes: Uint8Array): TorrentFile {
  const metainfo = parseMetainfo(bytes);
  return { ...metainfo, infoHash: infoHashOf(metainfo.infoBytes) };
}
