import { UsageError } from "../base/errors.ts";
import type { ShareKey } from "../base/ids.ts";
import { isEncryptedShare } from "../encrypted/share-torrent.ts";
import type { Info } from "../meta/info.ts";
import type { PeerTorrent, SelectFiles, Selection, ShareEvents, TorrentStore } from "./peer-torrent.ts";

/** A torrent to download, which may be an encrypted share. */
export interface Opening {
  /** Undefined: its link has none. */
  readonly key: ShareKey | undefined;
  /** An encrypted share is downloaded as it is, to be carried for others. */
  readonly withoutKey: boolean;
  /** What to do for that, as the end of a sentence. */
  readonly carry: string;
  /** Called with the files of a torrent, or those in an encrypted share, once they are known. */
  readonly choose: SelectFiles;
  readonly openFiles: (info: Info, selectedFiles: Selection) => Promise<TorrentStore>;
  readonly openShare: (wish: ShareToOpen) => Promise<TorrentStore>;
}

/** An encrypted share whose metadata is known. */
interface ShareToOpen {
  /** Its torrent, as those without the key see it. */
  readonly info: Info;
  readonly key: ShareKey;
  /** What was chosen of its files while they were known. Undefined: all, or they were not. */
  readonly selectedFiles: Selection;
  readonly events: ShareEvents;
}

/**
 * How a peer chooses and opens what it downloads. `select` throws a `UsageError` when an encrypted share comes without its key, or a key
 * with anything else.
 */
export function openingOf(opening: Opening): Required<Pick<PeerTorrent, "select" | "open" | "revealsFiles">> {
  const { withoutKey, carry, choose, openFiles, openShare } = opening;
  const key = withoutKey ? undefined : opening.key;
  return {
    revealsFiles: key !== undefined,
    select(info) {
      const isEncrypted = isEncryptedShare(info);
      if (isEncrypted && key === undefined && !withoutKey) throw needsKeyError(carry);
      if (!isEncrypted && key !== undefined) throw notEncryptedError();
      return key === undefined ? choose(info) : undefined; // Its own files are not known yet.
    },
    open: ({ info }, selectedFiles, events) =>
      key === undefined ? openFiles(info, selectedFiles) : openShare({ info, key, selectedFiles, events }),
  };
}

function needsKeyError(carry: string): UsageError {
  return new UsageError(
    "needsKey",
    `This share needs its key, which is the part &k=… of its share link. Ask for the whole link. To carry the share for others without reading it, ${carry}.`,
  );
}

function notEncryptedError(): UsageError {
  return new UsageError(
    "notEncrypted",
    "The link has a key, but what it leads to is no encrypted share that this version can read. Copy the whole link again.",
  );
}
