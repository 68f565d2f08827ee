import { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import { hashPieces } from "../driver/hash-pieces.ts";
import type { PieceStorage, Sha1 } from "../driver/ports.ts";
import { HASH_BYTES } from "../meta/info.ts";
import type { Layout } from "../meta/layout.ts";
import type { FileStorage } from "./file-storage.ts";
import type { TorrentStore } from "./peer-torrent.ts";
import type { MakeOptions } from "./platform.ts";

/** Bytes of one read: one piece each would take twice the time. */
const READ_BYTES = 4 * 1024 * 1024;
/** More reads at once gain nothing. */
const READS_AT_ONCE = 3;

/** A blob with its place in a torrent. */
export interface ChosenBlob {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  slice(start: number, end: number): Blob;
}

/** The hashes of the pieces of blobs. Rejects with a `StorageError` when one cannot be read. */
export async function hashBlobs(
  layout: Layout,
  storage: Pick<FileStorage, "readRange">,
  sha1: Sha1,
  onProgress: MakeOptions["onProgress"],
): Promise<Uint8Array> {
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
  return pieceHashes;
}

/** What was hashed a moment ago, and cannot change: reading a file that did rejects. */
export class OwnBlobs implements TorrentStore {
  readonly held: Bitfield;
  readonly #storage: PieceStorage;

  constructor(storage: PieceStorage, pieceCount: number) {
    this.held = Bitfield.full(pieceCount);
    this.#storage = storage;
  }

  async check(): Promise<void> {}

  read(piece: PieceIndex): Promise<Uint8Array | undefined> {
    return this.#storage.read(piece);
  }

  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#storage.write(piece, bytes);
  }

  async close(): Promise<void> {}
}
