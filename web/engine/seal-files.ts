import type { ShareKey } from "#shared/base/ids.ts";
import { freshShareKey } from "#shared/base/share-key.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { EncryptedShare } from "#shared/encrypted/share.ts";
import type { FileList } from "#shared/meta/info.ts";
import { browserRandom } from "./platform.ts";
import { shareKeys } from "./share-keys.ts";

export { SealedFiles } from "#shared/library/sealed-files.ts";

/** An encrypted share of the person's own files. */
export interface OwnShare {
  readonly key: ShareKey;
  /** The files as the person has them. */
  readonly list: FileList;
  readonly share: EncryptedShare;
}

/** A key that no other share has: under one key, no other bytes may ever be encrypted. */
export function newShareKey(): ShareKey {
  return freshShareKey(browserRandom);
}

/**
 * Files as an encrypted share with this key. `pieceLength` in bytes; undefined: by their size. A shorter one than a share can have is
 * lengthened. Throws a `UsageError` with a sentence if they cannot be one share.
 */
export async function planShare(
  { name, isFolder, files }: FileList,
  key: ShareKey,
  pieceLength: number | undefined,
): Promise<OwnShare> {
  const list = { name, isFolder, files };
  const keys = await shareKeys(key);
  const share = EncryptedShare.plan(list, keys, pieceLength && Math.max(pieceLength, RECORD_BYTES));
  return { key, list, share };
}
