import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Cipher } from "./cipher.ts";

/** The same in JavaScript, for pages on plain http, where browsers keep WebCrypto back: tens of megabytes a second. */
export const nobleCipher: Cipher = {
  derive: async (secret, info, bytes) => new Uint8Array(hkdf(sha256, secret, undefined, info, bytes)),
  gcm: async (key) => ({
    seal: async (nonce, plain) => gcm(key, nonce).encrypt(plain),
    async open(nonce, sealed) {
      try {
        return gcm(key, nonce).decrypt(sealed);
      } catch {
        return undefined; // It throws a plain `Error` for a wrong tag.
      }
    },
  }),
};
