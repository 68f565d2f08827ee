import type { TorrentView } from "#shared/session/view.ts";
import { isUnread, type Locked } from "./unread.ts";

/**
 * A torrent with the sizes that people know its files by: without what encryption adds to a share, which is 128 KiB and more for a
 * short text. What is not read yet has no other sizes than its own; once it has stopped, as with a wrong key, nothing of it is here,
 * whatever another tab has stored.
 */
export function withPlainSizes(torrent: TorrentView, lock: Locked["lock"]): TorrentView {
  if (lock === undefined) return torrent;
  if (isUnread({ lock, torrent })) return torrent.phase === "error" ? { ...torrent, bytesDone: 0 } : torrent;
  const wanted = torrent.files.filter(({ selected }) => selected);
  const bytesTotal = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  if (bytesTotal === 0 || torrent.bytesTotal === 0) return torrent;
  const isWhole = torrent.bytesDone >= torrent.bytesTotal;
  const part = Math.floor((torrent.bytesDone / torrent.bytesTotal) * bytesTotal);
  return { ...torrent, bytesTotal, bytesDone: isWhole ? bytesTotal : Math.min(part, bytesTotal - 1) };
}
