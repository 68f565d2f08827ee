import { openDownload } from "#headless-peer/files/download-storage.ts";
import { EncryptedDownload } from "#headless-peer/files/encrypted-download.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, ShareKey } from "#shared/base/ids.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import type { PeerTorrent, SelectFiles } from "#shared/library/peer-torrent.ts";

/** A download into a folder. */
export interface Opening {
  readonly infoHash: InfoHash;
  readonly folder: string;
  /** Undefined: its link has none. */
  readonly key: ShareKey | undefined;
  /** An encrypted share is downloaded as it is, to be carried for others. */
  readonly withoutKey: boolean;
  /** Called with the files of a torrent, or those in an encrypted share, once they are known. */
  readonly choose: SelectFiles;
}

/**
 * How a peer chooses and opens what it downloads. Throws a `UsageError` when an encrypted share comes without its key, or a key with
 * anything else.
 */
export function openingOf(opening: Opening): Required<Pick<PeerTorrent, "select" | "open" | "revealsFiles">> {
  const { infoHash, folder, withoutKey, choose } = opening;
  const key = withoutKey ? undefined : opening.key;
  return {
    revealsFiles: key !== undefined,
    select(info) {
      const isEncrypted = isEncryptedShare(info);
      if (isEncrypted && key === undefined && !withoutKey) throw needsKeyError();
      if (!isEncrypted && key !== undefined) throw notEncryptedError();
      return key === undefined ? choose(info) : undefined; // Its own files are not known yet.
    },
    open: ({ info }, selectedFiles, events) =>
      key === undefined
        ? openDownload({ infoHash, info, folder, selectedFiles }, OPEN_FILES)
        : EncryptedDownload.open({ infoHash, info, key, folder, select: choose }, events, OPEN_FILES),
  };
}

function needsKeyError(): UsageError {
  return new UsageError(
    "needsKey",
    "This share needs its key, which is the part &k=… of its share link. Ask for the whole link. To carry the share for others without reading it, pass --without-key.",
  );
}

function notEncryptedError(): UsageError {
  return new UsageError(
    "notEncrypted",
    "The link has a key, but what it leads to is no encrypted share that this version can read. Copy the whole link again.",
  );
}
