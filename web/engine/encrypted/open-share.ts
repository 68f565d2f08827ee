import type { ShareKey } from "#shared/base/ids.ts";
import type { PieceStorage } from "#shared/driver/ports.ts";
import { StoredShare, type StoredShareWish } from "#shared/library/stored-share.ts";
import { shareKeys } from "../share-keys.ts";

/** An encrypted share in the browser's storage, which has its pieces as they came. */
export async function openStoredShare(
  pieces: PieceStorage,
  key: ShareKey,
  wish: Omit<StoredShareWish, "keys">,
): Promise<StoredShare> {
  return new StoredShare(pieces, { ...wish, keys: await shareKeys(key) });
}
