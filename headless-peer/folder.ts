import {
  KnowingStorage,
  type OpenStorage,
  type ShareToStore,
  storeOpeningOf,
} from "#shared/library/storage.ts";
import { openDownload } from "./files/download-storage.ts";
import { EncryptedDownload } from "./files/encrypted-download.ts";
import { OPEN_FILES } from "./files/process-files.ts";

/**
 * Keeps torrents as files in a folder, as `tabswarm download` does: each file is `.partial` until it is complete and verified. What a
 * run has verified is not hashed again by the next one, unless it changed. Files that were there before are checked, and shared if they
 * are the torrent's. Of an encrypted share it keeps what is in it, decrypted. The folder is made if it is missing. Files stay when a torrent is removed.
 */
export function folder(path: string): OpenStorage {
  return async (torrent) => {
    const { infoHash } = torrent;
    const { info, selectedFiles, share } = storeOpeningOf(torrent);
    const wish = { infoHash, info, folder: path };
    const openShare = ({ key, select, events }: ShareToStore) =>
      EncryptedDownload.open({ ...wish, key, select }, events, OPEN_FILES);
    return new KnowingStorage(
      share === undefined
        ? await openDownload({ ...wish, selectedFiles }, OPEN_FILES)
        : await openShare(share),
    );
  };
}
