import type { Cipher } from "./cipher.ts";
import { type Subtle, webCipher } from "./web-cipher.ts";

/** The cryptography of this platform. Without WebCrypto, it loads a library. */
export async function openCipher<Key>(subtle: Subtle<Key> | undefined): Promise<Cipher> {
  return subtle === undefined ? (await import("./noble-cipher.ts")).nobleCipher : webCipher(subtle);
}
