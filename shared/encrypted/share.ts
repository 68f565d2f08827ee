import { concatBytes, equalBytes } from "../base/bytes.ts";
import { ProtocolError, UsageError } from "../base/errors.ts";
import type { PieceIndex } from "../base/ids.ts";
import { encodeInfo, pieceLengthFor } from "../meta/create.ts";
import { type FileList, HASH_BYTES, type Info, MAX_INFO_BYTES } from "../meta/info.ts";
import { type FileEntry, isContent, Layout, MAX_TOTAL_BYTES } from "../meta/layout.ts";
import { encodeManifest, manifestRecordsOf, parseManifest } from "./manifest.ts";
import {
  CHECK_BYTES,
  nonceOf,
  paddedRecords,
  RECORD_BYTES,
  RECORD_PLAIN_BYTES,
  recordsFor,
  sealedEntry,
} from "./records.ts";
import type { ShareKeys } from "./share-keys.ts";
import { SHARE_NAME } from "./share-torrent.ts";

/** The rest of its info dictionary is short. */
const MAX_HASHES_BYTES = MAX_INFO_BYTES - 1_000;

/** How many bytes at the start of the torrent the manifest takes, by the first record. Throws a `ProtocolError` with a sentence. */
export async function manifestBytes(
  keys: ShareKeys,
  { totalBytes }: Layout,
  record: Uint8Array<ArrayBuffer>,
): Promise<number> {
  if (!equalBytes(record.subarray(0, CHECK_BYTES), keys.check)) throw wrongKeyError();
  const bytes = manifestRecordsOf(await openManifestRecord(keys, record, 0, totalBytes)) * RECORD_BYTES;
  if (bytes > totalBytes) throw cutOffError();
  return bytes;
}

/**
 * The files of a share and where they lie, and the way between them and the torrent's pieces. A piece of the files holds what its
 * records hold, one after the other, with anything in the manifest's place. Invariant: what it opens was sealed for that very place.
 */
export class EncryptedShare {
  /** The torrent's own. */
  readonly layout: Layout;
  /** The pieces of the files: as many, each shorter by its tags. */
  readonly plainLayout: Layout;
  readonly #list: FileList;
  readonly #keys: ShareKeys;
  readonly #manifest: Uint8Array<ArrayBuffer>;
  readonly #manifestRecords: number;
  /** In bytes of the records' contents. Behind it is padding. */
  readonly #contentEnd: number;

  private constructor(list: FileList, keys: ShareKeys, manifest: Uint8Array<ArrayBuffer>, layout: Layout) {
    const records = layout.totalBytes / RECORD_BYTES;
    this.layout = layout;
    this.#keys = keys;
    this.#manifest = manifest;
    this.#manifestRecords = manifest.length / RECORD_PLAIN_BYTES;
    this.plainLayout = new Layout(
      records * RECORD_PLAIN_BYTES,
      (layout.pieceLength / RECORD_BYTES) * RECORD_PLAIN_BYTES,
    );
    this.#contentEnd = manifest.length + contentBytes(list);
    this.#list = { ...list, files: this.#placed(list.files) };
  }

  /** A new share of these files, under a key that no other share has. Throws a `UsageError` with a sentence. */
  static plan(list: FileList, keys: ShareKeys, pieceLength?: number): EncryptedShare {
    if (pieceLength !== undefined && pieceLength < RECORD_BYTES)
      throw new UsageError(
        "shortPieces",
        "The pieces of an encrypted share have at least 65536 bytes (64 KiB). Choose a longer piece length.",
      );
    const manifest = encodeManifest(list, keys.check);
    const needed = manifest.length / RECORD_PLAIN_BYTES + recordsFor(contentBytes(list));
    const totalBytes = paddedRecords(needed) * RECORD_BYTES;
    if (totalBytes > MAX_TOTAL_BYTES)
      throw new UsageError("tooLarge", "One share holds at most 64 TiB. Choose less.");
    const layout = new Layout(totalBytes, pieceLength ?? pieceLengthFor(totalBytes));
    if (layout.pieceCount * HASH_BYTES > MAX_HASHES_BYTES)
      throw new UsageError(
        "tooMuch",
        "That is too much for one share. Choose fewer files, or longer pieces.",
      );
    return new EncryptedShare(list, keys, manifest, layout);
  }

  /** A share that somebody made, by the torrent's first `manifestBytes` bytes. Throws a `ProtocolError` with a sentence. */
  static async read(
    keys: ShareKeys,
    layout: Layout,
    sealedManifest: Uint8Array<ArrayBuffer>,
  ): Promise<EncryptedShare> {
    const records = sealedManifest.length / RECORD_BYTES;
    const manifest = new Uint8Array(records * RECORD_PLAIN_BYTES);
    for (let at = 0; at < records; at++) {
      const record = sealedManifest.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES);
      const opened = await openManifestRecord(keys, record, at, layout.totalBytes);
      manifest.set(opened, at * RECORD_PLAIN_BYTES);
    }
    const list = parseManifest(manifest);
    if ((records + recordsFor(contentBytes(list))) * RECORD_BYTES > layout.totalBytes) throw cutOffError();
    return new EncryptedShare(list, keys, manifest, layout);
  }

  /** The info dictionary of its torrent, with the hashes of the sealed pieces. */
  encodeInfo(pieceHashes: Uint8Array): Uint8Array<ArrayBuffer> {
    const { layout } = this;
    const files = [{ path: SHARE_NAME, bytes: layout.totalBytes, offset: 0 }];
    return encodeInfo({ name: SHARE_NAME, isFolder: false, layout, files, sources: [] }, pieceHashes, false);
  }

  /** Its files as places in `plainLayout`, between the manifest and the padding. The hashes stay those of the torrent's pieces. */
  plainInfo(pieceHashes: Uint8Array): Info {
    return { ...this.#list, layout: this.plainLayout, pieceHashes, isPrivate: false };
  }

  /** The same files, with the same numbers, as places in the torrent: for a session, which chooses pieces by files. */
  sealedInfo(pieceHashes: Uint8Array): Info {
    return { ...this.plainInfo(pieceHashes), files: this.#list.files.map(sealedEntry), layout: this.layout };
  }

  /** Encrypts a piece of the files into `sealed`. Under one key, only bytes with the torrent's hash may leave this device. */
  async seal(
    piece: PieceIndex,
    plain: Uint8Array<ArrayBuffer>,
    sealed: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    await Promise.all(
      this.#recordsOf(piece).map(async (record, at) => {
        const target = sealed.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES);
        const start = record * RECORD_PLAIN_BYTES;
        const isManifest = record < this.#manifestRecords;
        const contents = isManifest
          ? this.#manifest.subarray(start, start + RECORD_PLAIN_BYTES)
          : plain.subarray(at * RECORD_PLAIN_BYTES, (at + 1) * RECORD_PLAIN_BYTES);
        const clear = record === 0 ? CHECK_BYTES : 0;
        target.set(contents.subarray(0, clear));
        const gcm = isManifest ? this.#keys.manifest : this.#keys.content;
        target.set(await gcm.seal(this.#nonce(record), contents.subarray(clear)), clear);
      }),
    );
  }

  /**
   * Decrypts a whole piece whose hash was right. Rejects with a `ProtocolError` if a record of it was made for another place or key, or
   * its padding holds anything.
   */
  async open(piece: PieceIndex, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const plain = new Uint8Array(this.plainLayout.pieceBytes(piece));
    await Promise.all(
      this.#recordsOf(piece).map(async (record, at) => {
        if (record < this.#manifestRecords) return;
        const bytes = sealed.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES);
        plain.set(await this.#openRecord(record, bytes), at * RECORD_PLAIN_BYTES);
      }),
    );
    const padding = Math.max(0, this.#contentEnd - piece * this.plainLayout.pieceLength);
    if (plain.subarray(padding).some((byte) => byte !== 0)) throw paddingError();
    return plain;
  }

  /** The pieces that carry a range of a file, by its number in `plainInfo`. */
  piecesOf(file: number, offset: number, length: number): readonly PieceIndex[] {
    const { first, end } = this.#range(file, offset, length);
    if (end === first) return [];
    const perPiece = this.layout.pieceLength / RECORD_BYTES;
    const from = Math.floor(first / perPiece);
    const pieces = Math.ceil(end / perPiece) - from;
    return Array.from({ length: pieces }, (_, at) => (from + at) as PieceIndex);
  }

  /**
   * Decrypts a range of a file, record after record: nothing but its records is read, with `readSealed`, from pieces whose hashes were
   * right. Throws a `ProtocolError` as `open` does.
   */
  async *openRange(
    file: number,
    offset: number,
    length: number,
    readSealed: (start: number, length: number) => Promise<Uint8Array<ArrayBuffer>>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { start, stop, first, end } = this.#range(file, offset, length);
    for (let record = first; record < end; record++) {
      const plain = await this.#openRecord(record, await readSealed(record * RECORD_BYTES, RECORD_BYTES));
      const base = record * RECORD_PLAIN_BYTES;
      yield plain.subarray(Math.max(0, start - base), Math.min(RECORD_PLAIN_BYTES, stop - base));
    }
  }

  /** A range of a file, cut to it: in bytes of the records' contents, and in records. */
  #range(file: number, offset: number, length: number) {
    const entry = this.#list.files[file];
    if (entry === undefined || !isContent(entry)) throw new RangeError(`the share has no file ${file}`);
    const start = entry.offset + Math.min(offset, entry.bytes);
    const stop = Math.min(start + length, entry.offset + entry.bytes);
    const first = Math.floor(start / RECORD_PLAIN_BYTES);
    return { start, stop, first, end: stop > start ? Math.ceil(stop / RECORD_PLAIN_BYTES) : first };
  }

  async #openRecord(record: number, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const plain = await this.#keys.content.open(this.#nonce(record), sealed);
    if (plain === undefined) throw damagedError(record);
    return plain as Uint8Array<ArrayBuffer>;
  }

  #nonce(record: number): Uint8Array<ArrayBuffer> {
    return nonceOf(record, isLastRecord(record, this.layout.totalBytes));
  }

  #recordsOf(piece: PieceIndex): number[] {
    const { pieceLength } = this.layout;
    const first = (piece * pieceLength) / RECORD_BYTES;
    return Array.from({ length: this.layout.pieceBytes(piece) / RECORD_BYTES }, (_, at) => first + at);
  }

  /** Behind the manifest, which is no file, and before the padding, which comes last so that it takes no file's number. */
  #placed(files: readonly FileEntry[]): readonly FileEntry[] {
    const start = this.#manifestRecords * RECORD_PLAIN_BYTES;
    const offset = this.#contentEnd;
    const bytes = this.plainLayout.totalBytes - offset;
    const placed = files.map((file) => ({ ...file, offset: start + file.offset }));
    return bytes === 0 ? placed : [...placed, { path: `.pad/${bytes}`, bytes, offset, isPadding: true }];
  }
}

function contentBytes({ files }: Pick<FileList, "files">): number {
  const last = files.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes;
}

function isLastRecord(record: number, totalBytes: number): boolean {
  return (record + 1) * RECORD_BYTES === totalBytes;
}

/** What a record of the manifest holds, with the check in front of the first. */
async function openManifestRecord(
  keys: ShareKeys,
  sealed: Uint8Array<ArrayBuffer>,
  record: number,
  totalBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const clear = record === 0 ? CHECK_BYTES : 0;
  const nonce = nonceOf(record, isLastRecord(record, totalBytes));
  const opened = await keys.manifest.open(nonce, sealed.subarray(clear));
  if (opened === undefined) throw damagedError(record);
  return concatBytes([sealed.subarray(0, clear), opened]);
}

function wrongKeyError(): ProtocolError {
  return new ProtocolError(
    "wrongKey",
    "The key in this link is not that of the share. Copy the whole link again, or ask for it once more.",
  );
}

function cutOffError(): ProtocolError {
  return new ProtocolError(
    "cutOff",
    "This encrypted share is cut off: its list names more than the torrent holds. Ask for a new link.",
  );
}

function paddingError(): ProtocolError {
  return new ProtocolError(
    "badPadding",
    "This encrypted share is damaged: its padding is not empty. Ask for a new link.",
  );
}

function damagedError(record: number): ProtocolError {
  return new ProtocolError(
    "damagedRecord",
    `Record ${record} of this encrypted share cannot be decrypted: it was damaged, or belongs elsewhere. Nothing of it is saved. Ask for a new link.`,
  );
}
