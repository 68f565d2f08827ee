import type { StorageUse, StoredTorrent } from "../../engine/client.ts";
import { formatBytes } from "../format.ts";
import { texts } from "../texts/texts.ts";

export const bytesOf = (stored: readonly StoredTorrent[]): number =>
  stored.reduce((sum, { bytes }) => sum + bytes, 0);

/** How much it is altogether. */
export function total({ torrents, allBytes, mostBytes }: StorageUse): string {
  const words = texts.storage;
  const own =
    torrents.length === 0
      ? words.nothingStored
      : words.downloads(torrents.length, formatBytes(bytesOf(torrents)));
  if (allBytes === undefined) return own;
  const all = formatBytes(allBytes);
  return `${own} ${mostBytes === undefined ? words.all(all) : words.allOfMost(all, formatBytes(mostBytes))}`;
}

/** What is stored of a torrent. Follows its name. */
export function storedOf({ place, bytes, isWhole, isSaved }: StoredTorrent): string {
  const size = formatBytes(bytes);
  if (place === "elsewhere") return texts.storage.elsewhere(size);
  const words = place === "removed" ? texts.storage.removed : texts.storage.listed;
  if (!isWhole) return words.part(size);
  return isSaved ? words.saved(size) : words.unsaved(size);
}

/** What goes and what stays. */
export function consequences({ place, isWhole, isSaved, bytes }: StoredTorrent): string {
  const words = texts.storage;
  const isListed = place === "here";
  const goes = isListed ? words.deletesListed(formatBytes(bytes)) : words.deletes(formatBytes(bytes));
  if (isSaved) return `${goes} ${words.savedStays}`;
  if (!isWhole) return `${goes} ${words.startsAnew}`;
  return `${goes} ${isListed ? words.saveFirst : words.openFirst}`;
}

/** The same of several that are in no list. */
export function consequencesOfAll(removed: readonly StoredTorrent[]): string {
  const unsaved = removed.filter(({ isWhole, isSaved }) => isWhole && !isSaved).length;
  const { listStays, unsaved: warning } = texts.storage;
  return unsaved === 0 ? listStays : `${listStays} ${warning(unsaved)}`;
}
