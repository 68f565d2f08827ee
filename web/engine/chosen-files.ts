import { UsageError } from "#shared/base/errors.ts";
import { bytesHeld } from "#shared/meta/file-bytes.ts";
import type { FileEntry } from "#shared/meta/layout.ts";
import type { FileChoice } from "./client.ts";
import type { Item } from "./item.ts";
import { readable } from "./readable.ts";
import { fileBlob, type SavedContent, saveTorrent } from "./save.ts";
import type { TorrentList } from "./torrent-list.ts";

const NOT_COMPLETE = "This file is not complete yet. Wait until it is, then save it.";

/** Fetches these files from now on, and remembers it. A choice of nothing is none. */
export async function chooseFiles(list: TorrentList, item: Item, choice: FileChoice): Promise<void> {
  const { selectedFiles, firstFiles } = choice;
  if (item.store === undefined || selectedFiles?.length === 0) return;
  const { infoHash, selectedFiles: before, isSaved } = item.record;
  const had = before && new Set(before);
  const isMore =
    had !== undefined && (selectedFiles === undefined || selectedFiles.some((index) => !had.has(index)));
  list.feed({ type: "filesChosen", infoHash, selectedFiles, firstFiles });
  await list.keep(item, { selectedFiles, firstFiles, isSaved: isSaved && !isMore });
}

/** How many bytes of each file are in good pieces here, by its number. Undefined: its files are not known, or not here. */
export async function bytesOfFiles(item: Item): Promise<readonly number[] | undefined> {
  if (item.files !== undefined) return item.files.map(({ size }) => size);
  const content = await readable(item);
  if (content === undefined || item.store === undefined) return undefined;
  const { files, layout } = content.stored;
  const held = await item.store.heldPieces(layout.pieceCount);
  if (held.isFull) return files.map(({ bytes, plainBytes = bytes }) => plainBytes);
  return files.map((file) => bytesHeld(file, layout, (piece) => held.has(piece)));
}

/** Saves one complete file, as a browser download. `progress` as for `saveTorrent`. */
export async function saveFile(item: Item, index: number, progress: (share: number) => void): Promise<void> {
  const found = await completeFile(item, index);
  if (found !== undefined) await saveTorrent(found.content, progress);
}

/**
 * One complete file, or its first `most` bytes, without a type: the person's own, too, are shown by what they are. No more of an
 * encrypted share is decrypted, which would all be in memory.
 */
export async function readFile(
  item: Item,
  index: number,
  most = Number.POSITIVE_INFINITY,
): Promise<Blob | undefined> {
  if (item.files !== undefined) return item.files[index]?.slice(0, most);
  const found = await completeFile(item, index);
  return found && fileBlob(found.content, { ...found.file, bytes: Math.min(found.file.bytes, most) });
}

/** Undefined: there is no such file, or it is the person's own. Rejects if it is not complete. */
async function completeFile(
  item: Item,
  index: number,
): Promise<{ readonly content: SavedContent; readonly file: FileEntry } | undefined> {
  const content = await readable(item);
  const file = content?.info.files[index];
  const stored = content?.stored.files[index];
  if (content === undefined || file === undefined || stored === undefined || item.store === undefined)
    return undefined;
  const { layout } = content.stored;
  const held = await item.store.heldPieces(layout.pieceCount);
  if (bytesHeld(stored, layout, (piece) => held.has(piece)) < file.bytes)
    throw new UsageError("notComplete", NOT_COMPLETE);
  return { content: { ...content, selectedFiles: [index] }, file };
}
