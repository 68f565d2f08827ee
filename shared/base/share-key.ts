import { base64UrlToBytes, bytesToBase64Url } from "./base64-url.ts";
import type { ShareKey } from "./ids.ts";
import type { Random } from "./random.ts";

const KEY_BYTES = 32;

/** 43 characters of base64url (RFC 4648). The last one holds 4 bits, so only 16 of them can be there: each key has one spelling. */
const SHARE_KEY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** A share link or a part of one, up to the key and from it on. */
const IN_LINK = /((?:[?&#]|&amp;|%26)k(?:=|%3d))[^&\s<>"']*/gi;

/** Reads the key of an encrypted share, as links carry it. */
export function parseShareKey(text: string): ShareKey | undefined {
  return SHARE_KEY.test(text) ? (text as ShareKey) : undefined;
}

/** A key for one new share. `random` must be fit for secrets. */
export function freshShareKey(random: Random): ShareKey {
  return bytesToBase64Url(random.bytes(KEY_BYTES)) as ShareKey;
}

/** Its 32 bytes. */
export function shareKeyBytes(key: ShareKey): Uint8Array<ArrayBuffer> {
  return base64UrlToBytes(key);
}

/** A text that somebody typed, without the keys in its links: fit for messages and logs. */
export function withoutShareKeys(text: string): string {
  return text.replace(IN_LINK, "$1…");
}
