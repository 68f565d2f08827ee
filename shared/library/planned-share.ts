import { UsageError } from "../base/errors.ts";
import type { InfoHash, ShareKey } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { freshShareKey } from "../base/share-key.ts";
import { EncryptedShare } from "../encrypted/share.ts";
import type { ShareKeys } from "../encrypted/share-keys.ts";
import type { FileList } from "../meta/info.ts";
import type { Encryption } from "./platform.ts";

/** An encrypted share to make: its files are known, but not read yet. */
export interface PlannedShare extends Encryption {
  readonly key: ShareKey;
  readonly share: EncryptedShare;
}

/** How to make one. */
export interface Sealing {
  readonly encryption: Encryption;
  /** Fit for secrets. */
  readonly random: Random;
  readonly shareKeys: (key: ShareKey) => Promise<ShareKeys>;
}

/**
 * Plans a share of these files. Each new share has a key of its own: under one key, no other bytes may ever be encrypted. Rejects with a
 * `UsageError` as `EncryptedShare.plan` does.
 */
export async function planShare(
  list: FileList,
  { encryption: { again }, random, shareKeys }: Sealing,
  pieceLength: number | undefined,
): Promise<PlannedShare> {
  const key = again?.key ?? freshShareKey(random);
  return { again, key, share: EncryptedShare.plan(list, await shareKeys(key), pieceLength) };
}

/** Throws a `UsageError` if what was hashed is not the share that was to go on. */
export function refuseOtherShare({ again }: Encryption, infoHash: InfoHash): void {
  if (again === undefined || again.infoHash === infoHash) return;
  throw new UsageError(
    "otherShare",
    "These files are not what that link shares: something in them, their names or the piece length differs. Put them back as they were, or make a new share of them.",
  );
}
