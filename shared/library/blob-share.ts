import { bytesToHex } from "../base/bytes.ts";
import type { InfoHash } from "../base/ids.ts";
import type { Sha1 } from "../driver/ports.ts";
import type { TorrentPlan } from "../meta/create.ts";
import { type ChosenBlob, hashBlobs, OwnBlobs } from "./own-blobs.ts";
import { planShare, refuseOtherShare, type Sealing } from "./planned-share.ts";
import type { MadeTorrent, MakeOptions } from "./platform.ts";
import { SealedFiles } from "./sealed-files.ts";

/** Makes an encrypted share of blobs, which are encrypted whenever they are read. Rejects with a sentence. */
export async function shareOfBlobs(
  plan: TorrentPlan<ChosenBlob>,
  { pieceLength, onProgress }: MakeOptions,
  sha1: Sha1,
  sealing: Sealing,
): Promise<MadeTorrent> {
  const { key, share } = await planShare(plan, sealing, pieceLength);
  const sealed = new SealedFiles(share, plan.sources);
  const { layout } = share;
  const pieceHashes = await hashBlobs(layout, sealed, sha1, onProgress);
  const infoBytes = share.encodeInfo(pieceHashes);
  const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
  refuseOtherShare(sealing.encryption, infoHash);
  return {
    ...{ infoHash, infoBytes, info: share.sealedInfo(pieceHashes) },
    open: async () => new OwnBlobs(sealed.storage(pieceHashes, sha1), layout.pieceCount),
    encrypted: { key, share },
  };
}
