import type { ShareKey } from "#shared/base/ids.ts";
import { freshShareKey } from "#shared/base/share-key.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { EncryptedShare } from "#shared/encrypted/share.ts";
import { SealedFiles } from "#shared/library/sealed-files.ts";
import type { FileList } from "#shared/meta/info.ts";
import { browserRandom } from "./platform.ts";
import { shareKeys } from "./share-keys.ts";

/** A key that no other share has: under one key, no other bytes may ever be encrypted. */
export function newShareKey(): ShareKey {
  return freshShareKey(browserRandom);
}

/**
 * The files of a list as an encrypted share with this key. `pieceLength` in bytes: a shorter one than a share can have is lengthened.
 * Throws a `UsageError` with a sentence if they cannot be one share.
 */
export async function sealFiles(
  list: FileList,
  files: readonly File[],
  key: ShareKey,
  pieceLength: number | undefined,
): Promise<SealedFiles> {
  const share = EncryptedShare.plan(
    list,
    await shareKeys(key),
    pieceLength && Math.max(pieceLength, RECORD_BYTES),
  );
  return new SealedFiles(share, files);
}
