import type { ShareKey } from "#shared/base/ids.ts";
import { openCipher } from "#shared/encrypted/open-cipher.ts";
import { deriveKeys, type ShareKeys } from "#shared/encrypted/share-keys.ts";

/** The keys of an encrypted share, with the browser's own cryptography where it has any. */
export async function shareKeys(key: ShareKey): Promise<ShareKeys> {
  return deriveKeys(await openCipher(globalThis.crypto?.subtle), key);
}
