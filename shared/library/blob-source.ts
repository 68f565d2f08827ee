import { bytesToHex } from "../base/bytes.ts";
import { UsageError } from "../base/errors.ts";
import type { InfoHash } from "../base/ids.ts";
import type { Sha1 } from "../driver/ports.ts";
import { encodeInfo, planTorrent } from "../meta/create.ts";
import { parseInfo } from "../meta/info.ts";
import { fileStorage } from "./file-storage.ts";
import { type ChosenBlob, hashBlobs, OwnBlobs } from "./own-blobs.ts";
import type { Sealing } from "./planned-share.ts";
import type { MadeTorrent, MakeOptions } from "./platform.ts";

/** Bytes with a path in the torrent, such as `Holiday/beach.jpg`. */
export interface PathBlob {
  readonly path: string;
  readonly blob: Blob;
}

/**
 * A stream of a known length, with a path in the torrent. It is read whole before it is shared, because its hash names it: into a
 * `Blob`, which browsers keep on the disk if it is large, and Node in memory.
 */
export interface PathStream {
  readonly path: string;
  /** Sharing fails if the stream has more bytes, or fewer. */
  readonly bytes: number;
  readonly stream: AsyncIterable<Uint8Array>;
}

/** What can be shared without a file system. A `File` that was picked with its folder keeps its path in it. */
export type BlobSource = File | PathBlob | PathStream;

/** Makes a torrent of blobs, which are read in place. `sealing`: an encrypted share. Rejects with a sentence. */
export async function torrentOfBlobs(
  sources: readonly BlobSource[],
  { name, pieceLength, isPrivate = false, onProgress }: MakeOptions,
  sha1: Sha1,
  sealing?: Sealing,
): Promise<MadeTorrent> {
  const chosen = await Promise.all(sources.map(chosenOf));
  if (sealing !== undefined) {
    const { shareOfBlobs } = await import("./blob-share.ts"); // Few need it.
    return shareOfBlobs(planTorrent(chosen, { name }), { pieceLength, onProgress }, sha1, sealing);
  }
  const plan = planTorrent(chosen, { name, pieceLength });
  const { layout, files } = plan;
  const storage = fileStorage(layout, files, plan.sources);
  const pieceHashes = await hashBlobs(layout, storage, sha1, onProgress);
  const infoBytes = encodeInfo(plan, pieceHashes, isPrivate);
  const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
  return {
    infoHash,
    infoBytes,
    info: parseInfo(infoBytes),
    open: async () => new OwnBlobs(storage, layout.pieceCount),
  };
}

async function chosenOf(source: BlobSource): Promise<ChosenBlob> {
  const { path, blob } = await blobOf(source);
  return { path, name: path, bytes: blob.size, slice: (start, end) => blob.slice(start, end) };
}

async function blobOf(source: BlobSource): Promise<PathBlob> {
  if ("blob" in source) return source;
  if ("stream" in source && "path" in source) return { path: source.path, blob: await collect(source) };
  const { webkitRelativePath: path } = source as { readonly webkitRelativePath?: string };
  return { path: path || source.name, blob: source };
}

async function collect({ path, bytes, stream }: PathStream): Promise<Blob> {
  const parts: Blob[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > bytes) break; // It may never end.
    parts.push(new Blob([new Uint8Array(chunk)]));
  }
  if (size === bytes) return new Blob(parts);
  const what = size > bytes ? "more" : `only ${size}`;
  throw new UsageError(
    "badLength",
    `The stream of ${path} has ${what} bytes, not ${bytes}. Pass its exact length.`,
  );
}
