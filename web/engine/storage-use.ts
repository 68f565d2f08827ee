import type { PieceIndex } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { freeRemoved } from "./adoption.ts";
import type { EntryKey, StorageUse, StoredTorrent } from "./client.ts";
import { type Database, pieceRange, readRecord, type TabId, type TorrentRecord } from "./database.ts";
import { readMetadata } from "./item.ts";
import { storageEstimate } from "./storage-estimate.ts";
import type { TorrentList } from "./torrent-list.ts";

// This is loaded once a person looks at what is stored.

/** The records that name one storage, and what they know of it. */
interface StorageRecords {
  /** This tab's comes first. */
  readonly records: TorrentRecord[];
  isHere: boolean;
  isElsewhere: boolean;
}

/** What the browser stores for this page. Undefined: nothing, because it does not let it. */
export async function storageUse({ kept }: TorrentList): Promise<StorageUse | undefined> {
  if (kept === undefined) return undefined;
  const torrents = await storedTorrents(kept.database, kept.tab.id);
  const { usage, quota } = await storageEstimate();
  return { torrents, allBytes: usage, mostBytes: quota };
}

/** What each torrent has stored, by the pieces of which the database knows, those with most first. */
export async function storedTorrents(database: Database, tab: TabId): Promise<readonly StoredTorrent[]> {
  const stored: StoredTorrent[] = [];
  for (const [storageId, { records, isHere, isElsewhere }] of await storages(database, tab)) {
    const [record] = records;
    const info = record && readMetadata(record)?.info;
    if (record === undefined || info === undefined) continue;
    const pieces = await database.count("pieces", pieceRange(storageId));
    if (pieces > 0)
      stored.push({
        storageId,
        infoHash: record.infoHash,
        name: printable(nameOf(info, record)),
        bytes: await bytesOf(database, storageId, info.layout, pieces),
        isWhole: pieces === info.layout.pieceCount,
        isSaved: records.some(({ isSaved }) => isSaved),
        place: isElsewhere ? "elsewhere" : isHere ? "here" : "removed",
      });
  }
  return stored.sort((left, right) => right.bytes - left.bytes);
}

/**
 * Deletes what is stored under these ids: of this tab's torrents, which leave the list by `remove`, and of those that are in no list.
 * What another tab's list has stays.
 */
export async function freeStorage(
  list: TorrentList,
  storageIds: readonly string[],
  remove: (key: EntryKey) => Promise<void>,
): Promise<void> {
  const wanted = new Set(storageIds);
  const names = ({ bytes }: TorrentRecord): boolean => bytes.type === "stored" && wanted.has(bytes.storageId);
  for (const { key, record } of list.items()) if (names(record)) await remove(key);
  if (list.kept !== undefined) await freeRemoved(list.kept.database, names);
}

async function storages(database: Database, tab: TabId): Promise<ReadonlyMap<string, StorageRecords>> {
  const found = new Map<string, StorageRecords>();
  const read = database.transaction("torrents");
  const [keys, values] = await Promise.all([read.store.getAllKeys(), read.store.getAll()]);
  for (const [at, [owner]] of keys.entries()) {
    for (const record of readRecord(values[at])) {
      if (record.bytes.type !== "stored") continue;
      const { storageId } = record.bytes;
      const known = found.get(storageId) ?? { records: [], isHere: false, isElsewhere: false };
      found.set(storageId, known);
      if (owner === tab) known.records.unshift(record);
      else known.records.push(record);
      if (record.isRemoved) continue;
      if (owner === tab) known.isHere = true;
      else known.isElsewhere = true;
    }
  }
  return found;
}

/** The name of what is in an encrypted share is in its record, once it is known. */
function nameOf(info: Info, { displayName }: TorrentRecord): string {
  return (isEncryptedShare(info) ? displayName : undefined) ?? info.name;
}

/** The last piece may be shorter than the others. */
async function bytesOf(
  database: Database,
  storageId: string,
  { pieceCount, pieceLength, totalBytes }: Layout,
  pieces: number,
): Promise<number> {
  const last = (pieceCount - 1) as PieceIndex;
  const hasLast = (await database.count("pieces", [storageId, last])) > 0;
  return pieces * pieceLength - (hasLast ? pieceCount * pieceLength - totalBytes : 0);
}
