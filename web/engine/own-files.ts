import { Bitfield } from "#shared/base/bitfield.ts";
import { UsageError } from "#shared/base/errors.ts";
import { isPieceHash, parseInfo } from "#shared/meta/info.ts";
import type { EntryKey, PickedFile, SharedTorrent } from "./client.ts";
import { sharedOn } from "./controls.ts";
import type { SharedFile, TorrentRecord } from "./database.ts";

export { returnedFiles } from "./shared-files.ts";

import { fileStorage } from "#shared/library/file-storage.ts";
import { hashFiles } from "./hash-files.ts";
import type { HashedFiles } from "./hash-picked.ts";
import { type Item, newRecord } from "./item.ts";
import { matchFiles, type Returned, sharedFile } from "./shared-files.ts";
import type { TorrentList } from "./torrent-list.ts";

/** Shares hashed files, under the key that they had while they were hashed. If the list already has the whole torrent, it stays as it is. */
export async function shareHashed(
  list: TorrentList,
  key: EntryKey,
  { infoHash, infoBytes, storage, files }: HashedFiles,
): Promise<SharedTorrent> {
  const info = parseInfo(infoBytes);
  const { name, layout } = info;
  const shared = { infoHash, name, bytes: layout.totalBytes, fileCount: info.files.length };
  const known = list.at(infoHash);
  if (known !== undefined && isWhole(list, known)) return shared;
  if (known !== undefined) await list.keepTotals();
  if (known !== undefined) list.forget(known);
  const fresh = newRecord({ infoHash, displayName: name, infoBytes }, { type: "files", files });
  const record = known === undefined ? fresh : { ...fresh, ...lasting(known.record) };
  const item = list.add(record, key);
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

/** The files of a torrent are back, or still missing. Files that are back are hashed before they are served. */
export async function comeBack(list: TorrentList, item: Item, returned: Returned): Promise<void> {
  const { metadata } = item;
  const { infoHash } = item.record;
  item.needs = returned.type === "needs" ? returned.needs : undefined;
  if (returned.type === "needs") item.files = undefined;
  list.enter(item, undefined, "asleep");
  if (returned.type === "needs" || metadata === undefined)
    return list.feed({ type: "torrentPaused", infoHash });

  const { layout, files, pieceHashes } = metadata.info;
  const storage = fileStorage(layout, files, returned.files);
  list.useFiles(item, storage);
  list.feed({ type: "checkBegan", infoHash, held: new Bitfield(layout.pieceCount) });
  if (!item.record.isPaused) list.feed({ type: "torrentResumed", infoHash });
  let areWhole = true;
  await hashFiles({
    layout,
    storage,
    hashed: (piece, hash) => {
      const good = isPieceHash(pieceHashes, piece, hash);
      areWhole &&= good;
      list.feed({ type: "storedPieceChecked", infoHash, piece, good });
    },
    signal: item.abort.signal,
  });
  if (areWhole) return list.feed({ type: "checkEnded", infoHash });
  await comeBack(list, item, { type: "needs", needs: "files" });
  throw new UsageError(
    "changed",
    `${metadata.info.name} has changed since you shared it. Share it again to get a new link, or choose the unchanged files.`,
  );
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
