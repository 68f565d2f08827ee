import type { ShareKey } from "#shared/base/ids.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import type { Info } from "#shared/meta/info.ts";

/** Of an encrypted share whose link came without it. */
export const NEEDS_KEY =
  "This share needs its key, which is the part &k=… of its share link. Ask for the whole link, and paste it here.";
const NOT_ENCRYPTED =
  "The link has a key, but what it leads to is no encrypted share that this page can read. Copy the whole link again.";

/** Why a torrent cannot be read with this key, or without one: a sentence. Undefined: it can. */
export function keyProblem(info: Info, key: ShareKey | undefined): string | undefined {
  if (isEncryptedShare(info)) return key === undefined ? NEEDS_KEY : undefined;
  return key === undefined ? undefined : NOT_ENCRYPTED;
}

/** The key, unless the torrent is known and cannot be read with it. */
export function fittingKey(info: Info | undefined, key: ShareKey | undefined): ShareKey | undefined {
  return info !== undefined && keyProblem(info, key) !== undefined ? undefined : key;
}
