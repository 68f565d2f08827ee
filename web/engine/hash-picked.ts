import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { type FileStorage, fileStorage } from "#shared/library/file-storage.ts";
import { isClutter } from "#shared/meta/clutter.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { HASH_BYTES } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import type { Entry, EntryKey, PickedFile } from "./client.ts";
import type { SharedFile } from "./database.ts";
import { hashFiles } from "./hash-files.ts";
import { loaded } from "./load-later.ts";
import type { OwnShare } from "./seal-files.ts";
import { sha1 } from "./sha1.ts";
import { sharedFile } from "./shared-files.ts";

/** Picked files after hashing, with everything their torrent needs. */
export interface HashedFiles {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array<ArrayBuffer>;
  readonly storage: Pick<FileStorage, "files" | "readRange">;
  readonly files: readonly SharedFile[];
  /** Undefined: everybody can read it. */
  readonly sealed: OwnShare | undefined;
}

/** How to make a torrent. */
interface Making {
  /** In bytes. Undefined: it follows from the size. */
  readonly pieceLength: number | undefined;
  /** As an encrypted share, with a key that no other share has. */
  readonly encrypts: boolean;
}

/** What is hashed, and how that becomes a torrent. */
interface Hashable extends Pick<HashedFiles, "storage" | "sealed"> {
  readonly layout: Layout;
  readonly encodeInfo: (pieceHashes: Uint8Array) => Uint8Array<ArrayBuffer>;
}

/** Makes a torrent of picked files. */
export class FileHashing {
  readonly #key: EntryKey;
  readonly #making: Making;
  readonly #plan: ReturnType<typeof planPicked>;
  readonly #abort = new AbortController();
  #bytesTotal: number;
  #bytesDone = 0;

  /** A sentence about the files that are not shared. Undefined: all are. */
  readonly leftOut: string | undefined;

  /** Throws a `UsageError` with a sentence if the files cannot be one torrent. */
  constructor(key: EntryKey, picked: readonly PickedFile[], making: Making) {
    const own = picked.filter(({ path }) => !isClutter(path));
    const count = picked.length - own.length;
    if (count === 1)
      this.leftOut = "Left out: 1 file that the system made (.DS_Store, Thumbs.db or desktop.ini).";
    if (count > 1)
      this.leftOut = `Left out: ${count} files that the system made (.DS_Store, Thumbs.db or desktop.ini).`;
    this.#key = key;
    this.#making = making;
    this.#plan = planPicked(own, making.encrypts ? undefined : making.pieceLength);
    this.#bytesTotal = this.#plan.layout.totalBytes;
  }

  get entry(): Entry {
    return {
      state: "hashing",
      key: this.#key,
      name: printable(this.#plan.name),
      bytesTotal: this.#bytesTotal,
      bytesDone: this.#bytesDone,
    };
  }

  /**
   * Rejects with a `StorageError` if a file cannot be read, with a `UsageError` if the files cannot be one encrypted share, and with
   * an `AbortError` after `abort`.
   */
  async run(): Promise<HashedFiles> {
    const picked = this.#plan.sources.map(({ source }) => source);
    const own = picked.map(({ file }) => file);
    const { storage, layout, encodeInfo, sealed } = await (this.#making.encrypts
      ? this.#sealed(own)
      : this.#plain(own));
    this.#bytesTotal = layout.totalBytes;
    const pieceHashes = new Uint8Array(layout.pieceCount * HASH_BYTES);
    const hashed = (piece: PieceIndex, hash: Uint8Array): void => {
      pieceHashes.set(hash, piece * HASH_BYTES);
      this.#bytesDone += layout.pieceBytes(piece);
    };
    await hashFiles({ layout, storage, hashed, signal: this.#abort.signal });
    const infoBytes = encodeInfo(pieceHashes);
    const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
    return { infoHash, infoBytes, storage, files: picked.map(sharedFile), sealed };
  }

  #plain(own: readonly File[]): Hashable {
    const { layout, files } = this.#plan;
    return {
      layout,
      storage: fileStorage(layout, files, own),
      encodeInfo: (pieceHashes) => encodeInfo(this.#plan, pieceHashes, false),
      sealed: undefined,
    };
  }

  async #sealed(own: readonly File[]): Promise<Hashable> {
    const { newShareKey, planShare, SealedFiles } = await loaded(import("./seal-files.ts"));
    const sealed = await planShare(this.#plan, newShareKey(), this.#making.pieceLength);
    const { share } = sealed;
    return {
      layout: share.layout,
      storage: new SealedFiles(share, own),
      encodeInfo: (pieceHashes) => share.encodeInfo(pieceHashes),
      sealed,
    };
  }

  abort(): void {
    this.#abort.abort();
  }
}

function planPicked(picked: readonly PickedFile[], pieceLength: number | undefined) {
  const files = picked.map((source) => ({ path: source.path, bytes: source.file.size, source }));
  return planTorrent(files, { pieceLength });
}
