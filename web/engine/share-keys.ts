import type { ShareKey } from "#shared/base/ids.ts";
import type { Cipher } from "#shared/encrypted/cipher.ts";
import { deriveKeys, type ShareKeys } from "#shared/encrypted/share-keys.ts";
import { webCipher } from "#shared/encrypted/web-cipher.ts";
import { nextTask } from "./next-task.ts";

/** The keys of an encrypted share. */
export async function shareKeys(key: ShareKey): Promise<ShareKeys> {
  return deriveKeys(await openCipher(), key);
}

/** The browser's own cryptography. Where it has none, a library. */
async function openCipher(): Promise<Cipher> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle; // Not on plain http.
  if (subtle !== undefined) return webCipher(subtle);
  return (await import("#shared/encrypted/noble-cipher.ts")).nobleCipher(nextTask);
}
