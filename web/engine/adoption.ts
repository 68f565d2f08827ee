import type { InfoHash } from "#shared/base/ids.ts";
import { sweepArrivals } from "#web/service-worker/inbox.ts";
import {
  type Change,
  type Database,
  freeUnnamed,
  pieceRange,
  readRecord,
  type TabId,
  type TorrentRecord,
  tabRange,
} from "./database.ts";
import { asLife, type Owner } from "./lives.ts";
import { deletePieceFiles } from "./piece-files.ts";

// This is loaded while the page asks the other tabs who they are.

/** The worth, in pieces, of a record that shares the person's own files: less than one stored piece. */
const SHARED_WORTH = 0.5;

/**
 * Moves a closed tab's torrents to this one. If both have a torrent, the record with more pieces stays, and the pieces of
 * the other are deleted. False: the owner is back, or another tab was faster.
 */
export async function adopt(database: Database, { tab: owner, life }: Owner, tab: TabId): Promise<boolean> {
  const change = database.transaction(["lives", "torrents", "pieces"], "readwrite");
  const isAsSeen = asLife(await change.objectStore("lives").get(owner)) === life;
  const keys = isAsSeen ? await change.objectStore("torrents").getAllKeys(tabRange(owner)) : [];
  for (const key of keys) {
    const orphans = readRecord(await change.objectStore("torrents").get(key));
    await change.objectStore("torrents").delete(key);
    for (const orphan of orphans) await takeIn(change, tab, orphan);
  }
  if (keys.length > 0) await change.objectStore("lives").delete(owner);
  await change.done;
  return keys.length > 0;
}

/** What other apps have shared stays this long without a torrent: somebody may still be asked, or it is being hashed. */
const ARRIVAL_MILLIS = 24 * 3_600_000;

/** Deletes pieces and files that no record names, such as a crash leaves, and forgets tabs without torrents. */
export async function sweep(database: Database, tab: TabId): Promise<void> {
  const change = database.transaction(["lives", "torrents", "pieces"], "readwrite");
  const owners = new Set<string>([tab]);
  for (const [owner] of await change.objectStore("torrents").getAllKeys()) owners.add(owner);
  for (const owner of await change.objectStore("lives").getAllKeys()) {
    if (!owners.has(owner)) await change.objectStore("lives").delete(owner);
  }

  const records = (await change.objectStore("torrents").getAll()).flatMap(readRecord);
  const named = new Set(records.map(storageOf));
  const pieces = change.objectStore("pieces");
  let cursor = await pieces.openKeyCursor();
  while (cursor !== null) {
    const [storageId] = cursor.key;
    if (!named.has(storageId)) await pieces.delete(pieceRange(storageId));
    cursor = await cursor.continue([storageId, Number.POSITIVE_INFINITY]); // The first piece of the next storage.
  }
  await change.done;
  await deletePieceFiles((storageId) => !named.has(storageId));
  const own = records.flatMap(({ bytes }) => (bytes.type === "files" ? bytes.files : []));
  const handles = own.flatMap(({ handle }) => handle ?? []);
  await sweepArrivals(handles, Date.now() - ARRIVAL_MILLIS).catch(() => {}); // There are none, or no such file system.
}

/**
 * Deletes the pieces that removed torrents have kept for their return, and that no other tab uses, of all or only of `wanted`
 * records. False: there were none.
 */
export async function freeRemoved(
  database: Database,
  wanted: (record: TorrentRecord) => boolean = () => true,
): Promise<boolean> {
  const change = database.transaction(["lives", "torrents", "pieces"], "readwrite");
  const torrents = change.objectStore("torrents");
  const freed = new Set<string | undefined>();
  for (const key of await torrents.getAllKeys()) {
    for (const record of readRecord(await torrents.get(key))) {
      if (!record.isRemoved || !wanted(record)) continue;
      await torrents.delete(key);
      if (await free(change, record)) freed.add(storageOf(record));
    }
  }
  await change.done;
  await deletePieceFiles((storageId) => freed.has(storageId));
  return freed.size > 0;
}

async function takeIn(change: Change, tab: TabId, orphan: TorrentRecord): Promise<void> {
  const torrents = change.objectStore("torrents");
  const key: [TabId, InfoHash] = [tab, orphan.infoHash];
  const [own] = readRecord(await torrents.get(key));
  if (own === undefined) {
    await torrents.put(orphan, key);
    return;
  }
  const isBetter = (await worth(change, orphan)) > (await worth(change, own));
  const [kept, lost] = isBetter ? [orphan, own] : [own, orphan];
  await torrents.put({ ...kept, isRemoved: own.isRemoved && orphan.isRemoved }, key);
  await free(change, lost);
}

async function worth(change: Change, record: TorrentRecord): Promise<number> {
  const storageId = storageOf(record);
  return storageId === undefined ? SHARED_WORTH : change.objectStore("pieces").count(pieceRange(storageId));
}

/** Deletes the pieces of a record that is no longer stored. False: there are none, or another record names them. */
async function free(change: Change, record: TorrentRecord): Promise<boolean> {
  const storageId = storageOf(record);
  return storageId !== undefined && freeUnnamed(change, storageId);
}

function storageOf({ bytes }: TorrentRecord): string | undefined {
  return bytes.type === "stored" ? bytes.storageId : undefined;
}
