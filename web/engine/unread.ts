import type { TorrentView } from "#shared/session/view.ts";

/** What tells whether somebody can read an encrypted share: see `Entry`. */
export interface Locked {
  readonly lock?: "open" | "closed" | undefined;
  readonly torrent: Pick<TorrentView, "files">;
}

/** An encrypted share whose files are not known: its key is missing or wrong, or its list of files is not here. */
export function isUnread({ lock, torrent }: Locked): boolean {
  return lock === "closed" || (lock === "open" && torrent.files.length === 0);
}
