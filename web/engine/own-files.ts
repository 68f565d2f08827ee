import { Bitfield } from "#shared/base/bitfield.ts";
import { UsageError } from "#shared/base/errors.ts";
import { type FileStorage, fileStorage } from "#shared/library/file-storage.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { type Info, isPieceHash, parseInfo } from "#shared/meta/info.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { EntryKey, PickedFile, SharedTorrent } from "./client.ts";
import { sharedOn } from "./controls.ts";
import type { SharedFile, TorrentRecord } from "./database.ts";

export { returnedFiles } from "./shared-files.ts";

import { hashFiles } from "./hash-files.ts";
import type { HashedFiles } from "./hash-picked.ts";
import { type Item, newRecord } from "./item.ts";
import { loaded } from "./load-later.ts";
import type { OwnShare } from "./seal-files.ts";
import { matchFiles, type Returned, sharedFile } from "./shared-files.ts";
import type { TorrentList } from "./torrent-list.ts";

/** Shares hashed files, under the key that they had while they were hashed. If the list already has the whole torrent, it stays as it is. */
export async function shareHashed(
  list: TorrentList,
  key: EntryKey,
  { infoHash, infoBytes, storage, files, sealed }: HashedFiles,
): Promise<SharedTorrent> {
  const info = parseInfo(infoBytes);
  const { name } = sealed?.list ?? info;
  const shared = { infoHash, name, bytes: info.layout.totalBytes, fileCount: files.length };
  const known = list.at(infoHash);
  if (known !== undefined && isWhole(list, known)) return shared;
  if (known !== undefined) await list.keepTotals();
  if (known !== undefined) list.forget(known);
  const fresh = newRecord(
    { infoHash, displayName: name, infoBytes, shareKey: sealed?.key },
    { type: "files", files },
  );
  const record = known === undefined ? fresh : { ...fresh, ...lasting(known.record) };
  const item = list.add(record, key);
  item.sealed = sealed;
  list.useFiles(item, storage);
  list.enter(item, Bitfield.full(info.layout.pieceCount), "awake");
  await list.keep(item, {});
  if (known !== undefined) await list.freePieces(known.record);
  return shared;
}

/** What stays of a torrent whose bytes come from elsewhere now: what it has done, and what the person has chosen for it. */
function lasting(record: TorrentRecord): Partial<TorrentRecord> {
  const { totals, controls, trackers } = record;
  return { totals, controls, trackers, ...sharedOn(record) };
}

/** Shares a torrent again from files that the person has picked once more. */
export async function shareAgain(
  list: TorrentList,
  item: Item,
  files: readonly SharedFile[],
  picked: readonly PickedFile[],
): Promise<void> {
  const matched = matchFiles(files, picked);
  await list.keep(item, { bytes: { type: "files", files: matched.map(sharedFile) } });
  await comeBack(list, item, { type: "here", files: matched.map(({ file }) => file) });
}

/**
 * Finds out again what is in an encrypted share of the person's own files, from their names and sizes. Where that is not what was
 * shared, nothing is known of it, and its files count as changed.
 */
export async function planAgain(item: Item): Promise<void> {
  const { record, metadata } = item;
  const { shareKey, bytes } = record;
  if (shareKey === undefined || metadata === undefined || bytes.type !== "files") return;
  const { planShare } = await loaded(import("./seal-files.ts"));
  const { pieceLength, totalBytes } = metadata.info.layout;
  try {
    const sealed = await planShare(planTorrent(bytes.files), shareKey, pieceLength);
    if (sealed.share.layout.totalBytes === totalBytes) item.sealed = sealed;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}

/** The files of a torrent are back, or still missing. Files that are back are hashed before they are served. */
export async function comeBack(list: TorrentList, item: Item, returned: Returned): Promise<void> {
  const { metadata, sealed } = item;
  const { infoHash } = item.record;
  item.needs = returned.type === "needs" ? returned.needs : undefined;
  if (returned.type === "needs") item.files = undefined;
  list.enter(item, undefined, "asleep");
  if (returned.type === "needs" || metadata === undefined)
    return list.feed({ type: "torrentPaused", infoHash });

  list.useFiles(item, returned);
  list.feed({ type: "checkBegan", infoHash, held: new Bitfield(metadata.info.layout.pieceCount) });
  item.checksFirst = item.record.shareKey !== undefined;
  if (!item.checksFirst) wake(list, item);
  const areWhole = await check(list, item, metadata, returned.files).finally(() => {
    item.checksFirst = false;
  });
  if (areWhole) {
    list.feed({ type: "checkEnded", infoHash });
    return wake(list, item);
  }
  await comeBack(list, item, { type: "needs", needs: "files" });
  throw new UsageError(
    "changed",
    `${sealed?.list.name ?? item.record.displayName ?? metadata.info.name} has changed since you shared it. Share it again to get a new link, or choose the unchanged files.`,
  );
}

function wake(list: TorrentList, { record: { infoHash, isPaused } }: Item): void {
  if (!isPaused) list.feed({ type: "torrentResumed", infoHash });
}

/** Tells the engine which pieces the files have. Resolves with whether that is all of them. */
async function check(
  list: TorrentList,
  { sealed, abort, record: { infoHash, shareKey } }: Item,
  { info }: TorrentMetadata,
  files: readonly File[],
): Promise<boolean> {
  if (shareKey !== undefined && sealed === undefined) return false;
  const { layout, pieceHashes } = info;
  let areWhole = true;
  await hashFiles({
    layout,
    storage: await readerOf(info, sealed, files),
    hashed: (piece, hash) => {
      const good = isPieceHash(pieceHashes, piece, hash);
      areWhole &&= good;
      list.feed({ type: "storedPieceChecked", infoHash, piece, good });
    },
    signal: abort.signal,
  });
  return areWhole;
}

/** Reads the torrent's bytes from the person's files. */
async function readerOf(
  { layout, files: entries }: Info,
  sealed: OwnShare | undefined,
  files: readonly File[],
): Promise<Pick<FileStorage, "readRange">> {
  if (sealed === undefined) return fileStorage(layout, entries, files);
  const { SealedFiles } = await loaded(import("./seal-files.ts"));
  return new SealedFiles(sealed.share, files);
}
/** Gives all torrents to an engine that has taken the place of another. */
export async function enterAgain(list: TorrentList, excuse: (error: unknown) => void): Promise<void> {
  await list.keepTotals();
  const items = list.items();
  const held = await Promise.all(
    items.map(({ metadata, store }) => metadata && store?.heldPieces(metadata.info.layout.pieceCount)),
  );
  for (const [at, item] of items.entries()) {
    if (item.record.bytes.type === "stored") list.enter(item, held[at], "awake");
    else enterOwn(list, item).catch(excuse);
  }
  await list.filled();
}

/** What was hashed need not be hashed again. */
async function enterOwn(list: TorrentList, item: Item): Promise<void> {
  const { metadata, files, needs = "files" } = item;
  const wasWhole = isWhole(list, item);
  if (files !== undefined && metadata !== undefined && wasWhole) {
    list.useFiles(item, { files });
    return list.enter(item, Bitfield.full(metadata.info.layout.pieceCount), "awake");
  }
  item.abort.abort();
  item.abort = new AbortController();
  await comeBack(list, item, files === undefined ? { type: "needs", needs } : { type: "here", files });
}

function isWhole(list: TorrentList, item: Item): boolean {
  const torrent = list.look(item);
  return (
    item.needs === undefined &&
    torrent !== undefined &&
    torrent.pieceCount > 0 &&
    torrent.piecesHeld === torrent.pieceCount
  );
}
