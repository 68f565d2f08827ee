import { Bitfield } from "../base/bitfield.ts";
import { bytesToHex } from "../base/bytes.ts";
import { UsageError } from "../base/errors.ts";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import { hashPieces } from "../driver/hash-pieces.ts";
import type { Sha1 } from "../driver/ports.ts";
import { encodeInfo, planTorrent } from "../meta/create.ts";
import { HASH_BYTES, parseInfo } from "../meta/info.ts";
import { type FileStorage, fileStorage } from "./file-storage.ts";
import type { TorrentStore } from "./peer-torrent.ts";
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

/** Bytes of one read: one piece each would take twice the time. */
const READ_BYTES = 4 * 1024 * 1024;
/** More reads at once gain nothing. */
const READS_AT_ONCE = 3;

/** Makes a torrent of blobs, which are read in place. Rejects with a sentence. */
export async function torrentOfBlobs(
  sources: readonly BlobSource[],
  { name, pieceLength, isPrivate = false, onProgress }: MakeOptions,
  sha1: Sha1,
): Promise<MadeTorrent> {
  const chosen = await Promise.all(sources.map(chosenOf));
  const plan = planTorrent(chosen, { name, pieceLength });
  const { layout, files } = plan;
  const storage = fileStorage(layout, files, plan.sources);
  const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
  let bytesDone = 0;
  await hashPieces({
    ...{ layout, sha1, runBytes: READ_BYTES, runsAtOnce: READS_AT_ONCE },
    read: ({ start, length }) => storage.readRange(start, length),
    hashed(piece, hash) {
      pieceHashes.set(hash, piece * HASH_BYTES);
      bytesDone += layout.pieceBytes(piece);
      onProgress?.(bytesDone, layout.totalBytes);
    },
  });
  const infoBytes = encodeInfo(plan, pieceHashes, isPrivate);
  const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
  return {
    infoHash,
    infoBytes,
    info: parseInfo(infoBytes),
    open: async () => new OwnBlobs(storage, layout.pieceCount),
  };
}

/** What was hashed a moment ago, and cannot change: reading a file that did rejects. */
class OwnBlobs implements TorrentStore {
  readonly held: Bitfield;
  readonly #storage: FileStorage<ChosenBlob>;

  constructor(storage: FileStorage<ChosenBlob>, pieceCount: number) {
    this.held = Bitfield.full(pieceCount);
    this.#storage = storage;
  }

  async check(): Promise<void> {}

  read(piece: PieceIndex): Promise<Uint8Array> {
    return this.#storage.read(piece);
  }

  write(): Promise<void> {
    return this.#storage.write();
  }

  async close(): Promise<void> {}
}

interface ChosenBlob {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  slice(start: number, end: number): Blob;
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
