import { UsageError } from "#shared/base/errors.ts";
import { type BlobSource, torrentOfBlobs } from "#shared/library/blob-source.ts";
import type { MadeTorrent, MakeOptions } from "#shared/library/platform.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { OPEN_FILES } from "./files/process-files.ts";
import { openSeed } from "./files/seed-storage.ts";
import { sha1 } from "./files/sha1.ts";
import { findFiles } from "./sources/find-files.ts";
import { hashTorrent } from "./sources/hash-torrent.ts";

/** What can be shared on Node: a path of a file or folder, which is read in place, or bytes. */
export type NodeSource = string | BlobSource;

/** Makes a torrent of paths, or of bytes. Rejects with a sentence. */
export async function makeTorrent(
  sources: readonly NodeSource[],
  options: MakeOptions,
): Promise<MadeTorrent> {
  const paths = sources.filter((source) => typeof source === "string");
  const others = sources.filter((source) => typeof source !== "string");
  if (paths.length === 0) return torrentOfBlobs(others, options, sha1);
  if (others.length > 0)
    throw new UsageError(
      "mixed",
      "One torrent is made of paths or of bytes, not of both. Share them separately.",
    );
  return torrentOfPaths(paths, options);
}

async function torrentOfPaths(
  paths: readonly string[],
  { name, pieceLength, isPrivate = false, onProgress }: MakeOptions,
): Promise<MadeTorrent> {
  const { files } = await findFiles(paths);
  const plan = planTorrent(files, { name, pieceLength });
  let bytesDone = 0;
  const { infoHash, infoBytes } = await hashTorrent(plan, isPrivate, (bytes) => {
    bytesDone += bytes;
    onProgress?.(bytesDone, plan.layout.totalBytes);
  });
  const info = parseInfo(infoBytes);
  const seed = { info, files: plan.sources, isVerified: true };
  return { infoHash, infoBytes, info, open: () => openSeed(seed, OPEN_FILES) };
}
