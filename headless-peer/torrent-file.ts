import { open } from "node:fs/promises";
import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { MAX_TORRENT_FILE_BYTES, type Metainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import { onDisk } from "./files/disk-error.ts";
import { infoHashOf } from "./hash-torrent.ts";

/** A .torrent file and the info-hash of what it describes. */
export interface TorrentFile extends Metainfo {
  readonly infoHash: InfoHash;
}

const READ_BYTES = 256 * 1024;

/** Reads a .torrent file. A `StorageError` when it cannot be read, a `ProtocolError` when it is none that we can use. */
export async function readTorrentFile(path: string): Promise<TorrentFile> {
  const bytes = await onDisk(path, () => readStart(path, MAX_TORRENT_FILE_BYTES + 1));
  const metainfo = parseMetainfo(bytes);
  return { ...metainfo, infoHash: infoHashOf(metainfo.infoBytes) };
}

/** Devices have no size, and a file may grow: so it is read up to a limit, whatever size it says it has. */
async function readStart(path: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const handle = await open(path, "r");
  try {
    if ((await handle.stat()).isDirectory()) {
      throw new StorageError(`${path} is a folder. Name a .torrent file.`);
    }
    const options = { end: most - 1, highWaterMark: READ_BYTES, autoClose: false };
    for await (const chunk of handle.createReadStream(options)) chunks.push(chunk);
  } finally {
    await handle.close();
  }
  return Buffer.concat(chunks);
}
