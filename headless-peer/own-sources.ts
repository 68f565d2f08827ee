import { UsageError } from "#shared/base/errors.ts";
import { type BlobSource, torrentOfBlobs } from "#shared/library/blob-source.ts";
import type { Encryption, MadeTorrent, MakeOptions } from "#shared/library/platform.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { OPEN_FILES } from "./files/process-files.ts";
import { openSeed } from "./files/seed-storage.ts";
import { sha1 } from "./files/sha1.ts";
import { shareKeys } from "./files/share-keys.ts";
import { nodeRandom } from "./platform.ts";
import { findFiles } from "./sources/find-files.ts";
import { hashTorrent } from "./sources/hash-torrent.ts";
import { makeShare, planShareOfFiles } from "./sources/make-share.ts";

/** What can be shared on Node: a path of a file or folder, which is read in place, or bytes. */
export type NodeSource = string | BlobSource;

/** Makes a torrent of paths, or of bytes. Rejects with a sentence. */
export async function makeTorrent(
  sources: readonly NodeSource[],
  options: MakeOptions,
  encryption: Encryption | undefined,
): Promise<MadeTorrent> {
  const paths = sources.filter((source) => typeof source === "string");
  const others = sources.filter((source) => typeof source !== "string");
  if (paths.length === 0)
    return torrentOfBlobs(others, options, sha1, encryption && { encryption, random: nodeRandom, shareKeys });
  if (others.length > 0)
    throw new UsageError(
      "mixed",
      "One torrent is made of paths or of bytes, not of both. Share them separately.",
    );
  return encryption === undefined ? torrentOfPaths(paths, options) : shareOfPaths(paths, options, encryption);
}

async function torrentOfPaths(
  paths: readonly string[],
  { name, pieceLength, isPrivate = false, onProgress }: MakeOptions,
): Promise<MadeTorrent> {
  const { files } = await findFiles(paths);
  const plan = planTorrent(files, { name, pieceLength });
  const hashed = summed(plan.layout.totalBytes, onProgress);
  const { infoHash, infoBytes } = await hashTorrent(plan, isPrivate, hashed);
  const info = parseInfo(infoBytes);
  const seed = { info, files: plan.sources, isVerified: true };
  return { infoHash, infoBytes, info, open: () => openSeed(seed, OPEN_FILES) };
}

async function shareOfPaths(
  paths: readonly string[],
  { name, pieceLength, onProgress }: MakeOptions,
  encryption: Encryption,
): Promise<MadeTorrent> {
  const { files } = await findFiles(paths);
  const plan = planTorrent(files, { name });
  const planned = await planShareOfFiles(plan, encryption, pieceLength);
  const hashed = summed(planned.share.layout.totalBytes, onProgress);
  const { seed, ...torrent } = await makeShare(planned, plan.sources, hashed);
  return { ...torrent, open: () => openSeed(seed, OPEN_FILES), encrypted: planned };
}

/** Tells how many bytes of all are done. */
function summed(bytesTotal: number, onProgress: MakeOptions["onProgress"]): (bytes: number) => void {
  let bytesDone = 0;
  return (bytes) => {
    bytesDone += bytes;
    onProgress?.(bytesDone, bytesTotal);
  };
}
