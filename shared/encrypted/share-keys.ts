import type { ShareKey } from "../base/ids.ts";
import { shareKeyBytes } from "../base/share-key.ts";
import type { Cipher, Gcm } from "./cipher.ts";
import { CHECK_BYTES } from "./records.ts";

/** What follows from the key of a share. */
export interface ShareKeys {
  readonly manifest: Gcm;
  readonly content: Gcm;
  /** The first bytes of the share: they show whether a key fits, and tell nothing about it. */
  readonly check: Uint8Array;
}

const KEY_BYTES = 32; // AES-256.

/** Derives the keys of a share. Each label gives a key of its own. */
export async function deriveKeys(cipher: Cipher, key: ShareKey): Promise<ShareKeys> {
  const secret = shareKeyBytes(key);
  const derive = (label: string, bytes: number) =>
    cipher.derive(secret, new TextEncoder().encode(`tabswarm encrypted share 1 ${label}`), bytes);
  return {
    manifest: await cipher.gcm(await derive("manifest", KEY_BYTES)),
    content: await cipher.gcm(await derive("content", KEY_BYTES)),
    check: await derive("check", CHECK_BYTES),
  };
}
