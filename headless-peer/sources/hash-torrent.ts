import { createHash, webcrypto } from "node:crypto";
import { stat } from "node:fs/promises";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { hashPieces } from "#shared/driver/hash-pieces.ts";
import { type Sha1, StorageError } from "#shared/driver/ports.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import { encodeInfo, type TorrentPlan } from "#shared/meta/create.ts";
import { HASH_BYTES } from "#shared/meta/info.ts";
import { ChangedError, onDisk } from "../files/disk-error.ts";
import { DiskFile } from "../files/disk-file.ts";
import { OpenFiles } from "../files/open-files.ts";
import { filesOf } from "../files/sealed-files.ts";
import { FILES_AT_ONCE, sideBySide } from "../files/side-by-side.ts";
import type { Home, TorrentFiles } from "../files/torrent-files.ts";
import type { SourceFile } from "./find-files.ts";

/** A torrent with its pieces hashed. */
export interface HashedTorrent {
  readonly infoHash: InfoHash;
  /** The info dictionary. */
  readonly infoBytes: Uint8Array<ArrayBuffer>;
}

/** Of pieces shorter than that, several are read at once. */
const READ_BYTES = 1024 * 1024;

/** Enough to keep the four threads of Node's pool busy, which hash and wait for the disk. */
const READS_AT_ONCE = 6;

/** A file is closed soon after its last byte was read. */
const MAX_OPEN_SOURCES = 16;

/** SHA-1 by WebCrypto, on as many cores as Node's pool has threads. */
const sha1: Sha1 = async (bytes) => new Uint8Array(await webcrypto.subtle.digest("SHA-1", bytes));

/**
 * Hashes the files of a plan; calls `hashed` with the bytes of each piece done. Rejects with a `StorageError` when a file
 * cannot be read, or changes before all have been read.
 */
export async function hashTorrent(
  plan: TorrentPlan<SourceFile>,
  isPrivate: boolean,
  hashed: (bytes: number) => void,
): Promise<HashedTorrent> {
  const { layout } = plan;
  const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
  await withSources(plan, (files) =>
    hashPieces({
      layout,
      read: ({ start, length }, take) => files.readRun(start, length, take),
      sha1,
      runBytes: READ_BYTES,
      runsAtOnce: READS_AT_ONCE,
      hashed: (piece, hash) => {
        pieceHashes.set(hash, piece * HASH_BYTES);
        hashed(layout.pieceBytes(piece));
      },
    }),
  );
  const infoBytes = encodeInfo(plan, pieceHashes, isPrivate);
  return { infoHash: infoHashOf(infoBytes), infoBytes };
}

/** The same for the files of an encrypted share: hashes what others are going to get. `hashed` gets bytes of that. */
export async function hashShare(
  share: EncryptedShare,
  sources: readonly SourceFile[],
  hashed: (bytes: number) => void,
): Promise<HashedTorrent> {
  const { layout, plainLayout } = share;
  const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
  const { files } = share.plainInfo(pieceHashes);
  await withSources({ layout: plainLayout, files, sources, share }, (opened) =>
    hashPieces({
      layout,
      read: ({ pieces: [piece] }, take) => opened.read(piece as PieceIndex, take),
      sha1,
      runBytes: 1, // One piece at a time: each is encrypted for itself.
      runsAtOnce: READS_AT_ONCE,
      hashed: (piece, hash) => {
        pieceHashes.set(hash, piece * HASH_BYTES);
        hashed(layout.pieceBytes(piece));
      },
    }),
  );
  const infoBytes = share.encodeInfo(pieceHashes);
  return { infoHash: infoHashOf(infoBytes), infoBytes };
}

/** What to hash. Files without a source are padding. */
interface Sources extends Pick<TorrentPlan<SourceFile>, "layout" | "files" | "sources"> {
  readonly share?: EncryptedShare;
}

/** Works with the files as they were found, and makes sure that they are still the same at the end. */
async function withSources(
  { layout, files, sources, share }: Sources,
  work: (files: TorrentFiles) => Promise<void>,
): Promise<void> {
  const disks = sources.map((stamp) => new DiskFile(stamp.diskPath, { type: "fixed", stamp }));
  const homes = files.map((_, at): Home => {
    const disk = disks[at];
    return disk === undefined ? { type: "padding" } : { type: "file", disk };
  });
  const opened = filesOf(share, { layout, files, homes, parts: undefined }, new OpenFiles(MAX_OPEN_SOURCES));
  try {
    await work(opened);
    await sideBySide(disks, FILES_AT_ONCE, (disk) => disk.refuseIfChangedNow());
  } catch (error) {
    if (!(error instanceof ChangedError)) throw error;
    await onDisk(error.path, () => stat(error.path)); // Or the sentence says that it is gone.
    throw new StorageError(
      `${error.path} changed while it was being read. Try again when nothing writes to it.`,
    );
  } finally {
    await opened.close();
  }
}

/** The info-hash of an info dictionary (BEP 3). */
export function infoHashOf(infoBytes: Uint8Array): InfoHash {
  return createHash("sha1").update(infoBytes).digest("hex") as InfoHash;
}
