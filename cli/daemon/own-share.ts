import { shareKeys } from "#headless-peer/files/share-keys.ts";
import type { ShareKey } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { EncryptedShare } from "#shared/encrypted/share.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, isContent } from "#shared/meta/layout.ts";

/** What a daemon keeps of an encrypted share of the person's own files: from that and the files, it is the same share again. */
export interface OwnShare {
  readonly key: ShareKey;
  readonly name: string;
  readonly isFolder: boolean;
  /** In the order of the share. */
  readonly files: readonly Pick<FileEntry, "path" | "bytes">[];
}

/** `info`: its `plainInfo`. */
export function ownShareOf({ name, isFolder, files }: Info, key: ShareKey): OwnShare {
  const content = files.filter(isContent).map(({ path, bytes }) => ({ path, bytes }));
  return { key, name, isFolder, files: content };
}

/** The share of a torrent. Rejects with a `StorageError` if it does not belong to that. */
export async function openOwnShare(
  { key, name, isFolder, files: kept }: OwnShare,
  { layout }: Info,
): Promise<EncryptedShare> {
  let end = 0;
  const files = kept.map(({ path, bytes }): FileEntry => {
    const offset = end;
    end += bytes;
    return { path, bytes, offset };
  });
  const list = { name, isFolder, files };
  const share = EncryptedShare.plan(list, await shareKeys(key), layout.pieceLength);
  if (share.layout.totalBytes === layout.totalBytes) return share;
  throw new StorageError(
    `What the daemon has kept of ${name} does not belong together. Remove it, and share the files again.`,
  );
}
