import { type PlannedShare, planShare, refuseOtherShare } from "#shared/library/planned-share.ts";
import type { Encryption } from "#shared/library/platform.ts";
import type { TorrentPlan } from "#shared/meta/create.ts";
import { type Info, parseInfo } from "#shared/meta/info.ts";
import type { Seed } from "../files/seed-storage.ts";
import { shareKeys } from "../files/share-keys.ts";
import { nodeRandom } from "../platform.ts";
import type { SourceFile } from "./find-files.ts";
import { type HashedTorrent, hashShare } from "./hash-torrent.ts";

/** An encrypted share, hashed and ready to be seeded. */
export interface HashedShare extends HashedTorrent {
  /** As a session knows it: its files are places in the torrent. */
  readonly info: Info;
  readonly seed: Seed;
}

/** Plans an encrypted share of files on the disk: see `planShare`. */
export function planShareOfFiles(
  plan: TorrentPlan<SourceFile>,
  encryption: Encryption,
  pieceLength: number | undefined,
): Promise<PlannedShare> {
  return planShare(plan, { encryption, random: nodeRandom, shareKeys }, pieceLength);
}

/**
 * Encrypts the files of a share and hashes what others are going to get; calls `hashed` with bytes of that. Rejects with a `StorageError`
 * as `hashTorrent` does, and with a `UsageError` if it is not the share that was to go on.
 */
export async function makeShare(
  planned: PlannedShare,
  sources: readonly SourceFile[],
  hashed: (bytes: number) => void,
): Promise<HashedShare> {
  const { share } = planned;
  const torrent = await hashShare(share, sources, hashed);
  refuseOtherShare(planned, torrent.infoHash);
  const { pieceHashes } = parseInfo(torrent.infoBytes);
  const seed = { info: share.plainInfo(pieceHashes), files: sources, isVerified: true, share };
  return { ...torrent, info: share.sealedInfo(pieceHashes), seed };
}
