import { Bitfield } from "#shared/base/bitfield.ts";
import { UsageError } from "#shared/base/errors.ts";
import { isPieceHash, parseInfo } from "#shared/meta/info.ts";
import type { EntryKey, PickedFile } from "./client.ts";
import type { SharedFile } from "./database.ts";

export { returnedFiles } from "./shared-files.ts";

import { fileStorage } from "./file-storage.ts";
import { hashFiles } from "./hash-files.ts";
import type { HashedFiles } from "./hash-picked.ts";
import { type Item, newRecord } from "./item.ts";
import { matchFiles, type Returned, sharedFile } from "./shared-files.ts";
import type { TorrentList } from "./torrent-list.ts";

/** Shares hashed files, under the key that they had while they were hashed. If the list already has the whole torrent, nothing changes. */
export async function shareHashed(
  list: TorrentList,
  key: EntryKey,
  { infoHash, infoBytes, storage, files }: HashedFiles,
): Promise<void> {
  const known = list.at(infoHash);
  if (known !== undefined && isWhole(list, known)) return;
  if (known !== undefined) list.forget(known);
  const info = parseInfo(infoBytes);
  const record = newRecord({ infoHash, displayName: info.name, infoBytes }, { type: "files", files });
  const item = list.add(record, key);
  list.useFiles(item, storage);
  list.enter(item, Bitfield.full(info.layout.pieceCount), "awake");
  await list.keep(item, {});
  if (known !== undefined) await list.freePieces(known.record);
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

function isWhole(list: TorrentList, item: Item): boolean {
  const torrent = list.look(item);
  return (
    item.needs === undefined &&
    torrent !== undefined &&
    torrent.pieceCount > 0 &&
    torrent.piecesHeld === torrent.pieceCount
  );
}
