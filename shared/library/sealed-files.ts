import type { PieceIndex } from "../base/ids.ts";
import { type PieceStorage, type Sha1, StorageError } from "../driver/ports.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import { isPieceHash } from "../meta/info.ts";
import { type FileEntry, fileSpans, isContent } from "../meta/layout.ts";
import { type FileStorage, fileStorage, type NamedBytes, READ_ONLY } from "./file-storage.ts";

/** Names in one sentence, of all files that a piece has bytes of. */
const MAX_NAMES = 3;

/**
 * The person's own files as an encrypted share has them: encrypted whenever they are read, without a copy. What comes out is for
 * hashing only. `storage` has what may be sent.
 */
export class SealedFiles<Own extends NamedBytes = File> {
  readonly share: EncryptedShare;
  readonly #entries: readonly FileEntry[];
  readonly #plain: FileStorage<Own>;

  /** `files` in the order of the share's `plainInfo`. */
  constructor(share: EncryptedShare, files: readonly Own[]) {
    this.share = share;
    this.#entries = share.plainInfo(new Uint8Array()).files.filter(isContent);
    this.#plain = fileStorage(share.plainLayout, this.#entries, files);
  }

  get files(): readonly Own[] {
    return this.#plain.files;
  }

  /**
   * Reads and encrypts whole pieces that follow one another: a range of the torrent's bytes. Rejects with a `StorageError` if a file
   * cannot be read.
   */
  async readRange(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { layout, plainLayout } = this.share;
    const first = start / layout.pieceLength;
    const pieces = Array.from(
      { length: Math.ceil(length / layout.pieceLength) },
      (_, at) => (first + at) as PieceIndex,
    );
    const plain = await this.#readPlain(pieces);
    const sealed = new Uint8Array(length);
    await Promise.all(
      pieces.map((piece, at) =>
        this.share.seal(piece, part(plain, at, plainLayout), part(sealed, at, layout)),
      ),
    );
    return sealed;
  }

  /** The pieces with these hashes, for others: nothing else comes out of it. */
  storage(pieceHashes: Uint8Array, sha1: Sha1): PieceStorage {
    return new SealedStorage(this, pieceHashes, sha1);
  }

  /** The names of the files that a piece has bytes of. */
  namesIn(piece: PieceIndex): readonly string[] {
    const { pieceLength } = this.share.plainLayout;
    const length = this.share.plainLayout.pieceBytes(piece);
    return fileSpans(this.#entries, piece * pieceLength, length).map(
      ({ file }) => this.files[file]?.name ?? "",
    );
  }

  /** What pieces encrypt: zeros in place of the manifest, which the share has itself, and behind the files. */
  async #readPlain(pieces: readonly PieceIndex[]): Promise<Uint8Array<ArrayBuffer>> {
    const { plainLayout } = this.share;
    const start = (pieces[0] ?? 0) * plainLayout.pieceLength;
    const length = pieces.reduce((sum, piece) => sum + plainLayout.pieceBytes(piece), 0);
    const [first, last] = [this.#entries[0], this.#entries.at(-1)];
    const from = Math.max(start, first?.offset ?? 0);
    const to = Math.min(start + length, last === undefined ? 0 : last.offset + last.bytes);
    if (to <= from) return new Uint8Array(length);
    const bytes = await this.#plain.readRange(from, to - from);
    if (bytes.length === length) return bytes;
    const plain = new Uint8Array(length);
    plain.set(bytes, from - start);
    return plain;
  }
}

/**
 * The pieces of an encrypted share whose files are the person's own. Invariant: a piece comes out only if it has the torrent's hash.
 * Otherwise a file has changed, and what it encrypts to would use its nonces a second time, which gives away both texts.
 */
class SealedStorage implements PieceStorage {
  readonly #sealed: SealedFiles<NamedBytes>;
  readonly #pieceHashes: Uint8Array;
  readonly #sha1: Sha1;
  /** Once a file has changed, the share does not go on. */
  #changed: StorageError | undefined;

  constructor(sealed: SealedFiles<NamedBytes>, pieceHashes: Uint8Array, sha1: Sha1) {
    this.#sealed = sealed;
    this.#pieceHashes = pieceHashes;
    this.#sha1 = sha1;
  }

  /** Rejects with a `StorageError` if a file cannot be read or has changed, and from then on for every piece. */
  async read(piece: PieceIndex): Promise<Uint8Array<ArrayBuffer>> {
    const { layout } = this.#sealed.share;
    if (this.#changed !== undefined) throw this.#changed;
    const bytes = await this.#sealed.readRange(piece * layout.pieceLength, layout.pieceBytes(piece));
    const isRight = isPieceHash(this.#pieceHashes, piece, await this.#sha1(bytes));
    if (!isRight) this.#changed = changedError(this.#sealed.namesIn(piece));
    if (this.#changed !== undefined) throw this.#changed;
    return bytes;
  }

  /** Pieces of shared files never come from peers. */
  write(): Promise<void> {
    return Promise.reject(new StorageError(READ_ONLY));
  }
}

function part(
  run: Uint8Array<ArrayBuffer>,
  at: number,
  { pieceLength }: { readonly pieceLength: number },
): Uint8Array<ArrayBuffer> {
  return run.subarray(at * pieceLength, (at + 1) * pieceLength);
}

function changedError(names: readonly string[]): StorageError {
  const some = names.slice(0, MAX_NAMES).join(", ");
  return new StorageError(
    `A file has changed since you shared it: ${some}. Nothing of the change was sent, and this encrypted share has ended. Share the files again to get a new link.`,
  );
}
