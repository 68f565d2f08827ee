import { createHash } from "node:crypto";
import type { InfoHash } from "#shared/base/ids.ts";
import { encodeInfo, type TorrentPlan } from "#shared/meta/create.ts";
import { HASH_BYTES } from "#shared/meta/info.ts";
import type { SourceFile } from "./find-files.ts";
import { hashPieces } from "./hash-pieces.ts";
import { SourceFiles } from "./source-files.ts";

/** A torrent with its pieces hashed. */
export interface HashedTorrent {
  readonly infoHash: InfoHash;
  /** The info dictionary. */
  readonly infoBytes: Uint8Array<ArrayBuffer>;
}

/**
 * Hashes the files of a plan; calls `hashed` with the bytes of each piece done. Rejects with a `StorageError` when a file
 * cannot be read, or changes before it has been read to its end.
 */
export async function hashTorrent(
  plan: TorrentPlan<SourceFile>,
  isPrivate: boolean,
  hashed: (bytes: number) => void,
): Promise<HashedTorrent> {
  const { layout } = plan;
  const files = new SourceFiles(plan.files, plan.sources);
  const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
  try {
    await hashPieces(
      layout,
      (start, target) => files.read(start, target),
      (piece, hash) => {
        pieceHashes.set(hash, piece * HASH_BYTES);
        hashed(layout.pieceBytes(piece));
      },
    );
  } catch (error) {
    await files.close().catch(() => {}); // The first error is the one to report.
    throw error;
  }
  await files.close();
  const infoBytes = encodeInfo(plan, pieceHashes, isPrivate);
  return { infoHash: infoHashOf(infoBytes), infoBytes };
}

/** The info-hash of an info dictionary (BEP 3). */
export function infoHashOf(infoBytes: Uint8Array): InfoHash {
  return createHash("sha1").update(infoBytes).digest("hex") as InfoHash;
}
