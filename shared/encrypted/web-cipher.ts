import type { Cipher, Gcm } from "./cipher.ts";

/** The part of WebCrypto's `SubtleCrypto` that we use: browsers have it on secure pages, and Node. */
export interface Subtle<Key> {
  importKey(
    format: "raw",
    bytes: Uint8Array<ArrayBuffer>,
    algorithm: "HKDF" | "AES-GCM",
    extractable: false,
    usages: ("deriveBits" | "encrypt" | "decrypt")[],
  ): Promise<Key>;
  deriveBits(
    algorithm: {
      readonly name: "HKDF";
      readonly hash: "SHA-256";
      readonly salt: Uint8Array<ArrayBuffer>;
      readonly info: Uint8Array<ArrayBuffer>;
    },
    key: Key,
    bits: number,
  ): Promise<ArrayBuffer>;
  encrypt(algorithm: GcmAlgorithm, key: Key, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  decrypt(algorithm: GcmAlgorithm, key: Key, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

interface GcmAlgorithm {
  readonly name: "AES-GCM";
  readonly iv: Uint8Array<ArrayBuffer>;
}

/** The cryptography of WebCrypto: native, and several gigabytes a second. */
export function webCipher<Key>(subtle: Subtle<Key>): Cipher {
  return {
    async derive(secret, info, bytes) {
      const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
      const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info } as const;
      return new Uint8Array(await subtle.deriveBits(algorithm, key, bytes * 8));
    },
    async gcm(bytes) {
      return webGcm(subtle, await subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
    },
  };
}

function webGcm<Key>(subtle: Subtle<Key>, key: Key): Gcm {
  return {
    async seal(nonce, plain) {
      return new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plain));
    },
    async open(nonce, sealed) {
      try {
        return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed));
      } catch {
        return undefined; // WebCrypto says no more than that it failed.
      }
    },
  };
}
