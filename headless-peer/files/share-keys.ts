import { webcrypto } from "node:crypto";
import type { ShareKey } from "#shared/base/ids.ts";
import { deriveKeys, type ShareKeys } from "#shared/encrypted/share-keys.ts";
import { webCipher } from "#shared/encrypted/web-cipher.ts";

/** The keys of a share, with Node's own cryptography. */
export async function shareKeys(key: ShareKey): Promise<ShareKeys> {
  return deriveKeys(webCipher(webcrypto.subtle), key);
}
