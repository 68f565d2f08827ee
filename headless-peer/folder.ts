import { KnowingStorage, type OpenStorage, openingOf } from "#shared/library/storage.ts";
import { openDownload } from "./files/download-storage.ts";
import { OPEN_FILES } from "./files/process-files.ts";

/**
 * Keeps torrents as files in a folder, as `tabswarm download` does: each file is `.partial` until it is complete and verified. What a
 * run has verified is not hashed again by the next one, unless it changed. Files that were there before are checked, and shared if they
 * are the torrent's. The folder is made if it is missing. Files stay when a torrent is removed.
 */
export function folder(path: string): OpenStorage {
  return async (torrent) => {
    const { infoHash } = torrent;
    const { info, selectedFiles } = openingOf(torrent);
    return new KnowingStorage(
      await openDownload({ infoHash, info, folder: path, selectedFiles }, OPEN_FILES),
    );
  };
}
