import { webcrypto } from "node:crypto";
import type { ShareKey } from "#shared/base/ids.ts";
import { openCipher } from "#shared/encrypted/open-cipher.ts";
import { deriveKeys, type ShareKeys } from "#shared/encrypted/share-keys.ts";

/** The keys of a share, with Node's own cryptography. */
export async function shareKeys(key: ShareKey): Promise<ShareKeys> {
  return deriveKeys(await openCipher(webcrypto.subtle), key);
}
