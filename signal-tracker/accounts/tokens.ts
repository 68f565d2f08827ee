import { createHash, createHmac, randomBytes } from "node:crypto";
import type { TrackerKey } from "#shared/base/tracker-key.ts";
import type { TokenHash } from "../core/record-store.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648
const SESSION_BYTES = 32;
const KEY_BYTES = 20;
const ADMIN_CODE_BYTES = 10;

const SESSION = /^[\w-]{43}$/;

/** What a browser's cookie holds: 32 random bytes in base64url. */
export function newSessionToken(): string {
  return randomBytes(SESSION_BYTES).toString("base64url");
}

/** Whether a cookie's value can be a session's at all. */
export function isSessionToken(text: string): boolean {
  return SESSION.test(text);
}

/** A new key: 20 random bytes in base32, as URLs and people can carry it. */
export function newKey(): TrackerKey {
  return base32(randomBytes(KEY_BYTES)) as TrackerKey;
}

/** A key that can be made again from a secret, for what names it. */
export function derivedKey(secret: string, id: string): TrackerKey {
  const digest = createHmac("sha256", secret).update(id).digest();
  return base32(digest.subarray(0, KEY_BYTES)) as TrackerKey;
}

/** A secret for `derivedKey`. */
export function newKeySecret(): string {
  return randomBytes(SESSION_BYTES).toString("hex");
}

/** A code that people type: 10 random bytes in base32, in groups of four. */
export function newAdminCode(): string {
  return base32(randomBytes(ADMIN_CODE_BYTES)).replace(/(?!$)....(?!$)/g, "$&-");
}

/** What we keep of a token. Tokens are long and random, so their hashes need no salt and are looked up as they are. */
export function hashToken(token: string): TokenHash {
  return createHash("sha256").update(token).digest("hex") as TokenHash;
}

/** Names a record for ever: 12 random bytes in hex. */
export function newRecordId(): string {
  return randomBytes(12).toString("hex");
}

/** Only for whole groups of five bytes. */
function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{5}/g, (group) => BASE32[Number.parseInt(group, 2)] ?? "");
}
