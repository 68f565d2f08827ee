import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { type FileStorage, fileStorage } from "#shared/library/file-storage.ts";
import { isClutter } from "#shared/meta/clutter.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { HASH_BYTES } from "#shared/meta/info.ts";
import type { Entry, EntryKey, PickedFile } from "./client.ts";
import type { SharedFile } from "./database.ts";
import { hashFiles } from "./hash-files.ts";
import { sha1 } from "./sha1.ts";
import { sharedFile } from "./shared-files.ts";

/** Picked files after hashing, with everything their torrent needs. */
export interface HashedFiles {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array<ArrayBuffer>;
  readonly storage: FileStorage;
  readonly files: readonly SharedFile[];
}

/** Makes a torrent of picked files. */
export class FileHashing {
  readonly #key: EntryKey;
  readonly #plan: ReturnType<typeof planPicked>;
  readonly #abort = new AbortController();
  #bytesDone = 0;

  /** A sentence about the files that are not shared. Undefined: all are. */
  readonly leftOut: string | undefined;

  /** `pieceLength` in bytes; undefined: by their size. Throws a `UsageError` with a sentence if the files cannot be one torrent. */
  constructor(key: EntryKey, picked: readonly PickedFile[], pieceLength: number | undefined) {
    const own = picked.filter(({ path }) => !isClutter(path));
    const count = picked.length - own.length;
    if (count === 1)
      this.leftOut = "Left out: 1 file that the system made (.DS_Store, Thumbs.db or desktop.ini).";
    if (count > 1)
      this.leftOut = `Left out: ${count} files that the system made (.DS_Store, Thumbs.db or desktop.ini).`;
    this.#key = key;
    this.#plan = planPicked(own, pieceLength);
  }

  get entry(): Entry {
    const { name, layout } = this.#plan;
    return {
      state: "hashing",
      key: this.#key,
      name: printable(name),
      bytesTotal: layout.totalBytes,
      bytesDone: this.#bytesDone,
    };
  }

  /** Rejects with a `StorageError` if a file cannot be read, and with an `AbortError` after `abort`. */
  async run(): Promise<HashedFiles> {
    const { layout, files, sources } = this.#plan;
    const picked = sources.map(({ source }) => source);
    const storage = fileStorage(
      layout,
      files,
      picked.map(({ file }) => file),
    );
    const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
    const hashed = (piece: PieceIndex, hash: Uint8Array): void => {
      pieceHashes.set(hash, piece * HASH_BYTES);
      this.#bytesDone += layout.pieceBytes(piece);
    };
    await hashFiles({ layout, storage, hashed, signal: this.#abort.signal });
    const infoBytes = encodeInfo(this.#plan, pieceHashes, false);
    const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
    return { infoHash, infoBytes, storage, files: picked.map(sharedFile) };
  }

  abort(): void {
    this.#abort.abort();
  }
}

function planPicked(picked: readonly PickedFile[], pieceLength: number | undefined) {
  const files = picked.map((source) => ({ path: source.path, bytes: source.file.size, source }));
  return planTorrent(files, { pieceLength });
}
