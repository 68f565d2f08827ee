import type { PieceIndex } from "../base/ids.ts";
import { type PieceStorage, StorageError } from "../driver/ports.ts";
import { type FileEntry, fileSpans, type Layout } from "../meta/layout.ts";

/** Why nothing is written. */
export const READ_ONLY = "This entry shares your own files, and the page never writes to them.";

/** Bytes with a name, such as a `File`. */
export interface NamedBytes {
  readonly name: string;
  slice(start: number, end: number): Blob;
}

/** A file of a torrent, and the person's own file with its bytes. */
interface FileSource<Own extends NamedBytes> {
  readonly entry: FileEntry;
  readonly file: Own;
}

/** Reads a torrent's pieces from the person's own files, without a copy. */
export class FileStorage<Own extends NamedBytes = File> implements PieceStorage {
  readonly #layout: Layout;
  readonly #entries: readonly FileEntry[];
  /** In the order of the info dictionary. */
  readonly files: readonly Own[];

  /** `sources` in the order of the info dictionary. */
  constructor(layout: Layout, sources: readonly FileSource<Own>[]) {
    this.#layout = layout;
    this.#entries = sources.map(({ entry }) => entry);
    this.files = sources.map(({ file }) => file);
  }

  /** Rejects with a `StorageError` if a file was changed, moved or deleted after the person chose it. */
  read(piece: PieceIndex): Promise<Uint8Array<ArrayBuffer>> {
    return this.readRange(piece * this.#layout.pieceLength, this.#layout.pieceBytes(piece));
  }

  /** Like `read`, for any range of the torrent's bytes. */
  async readRange(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const spans = fileSpans(this.#entries, start, length);
    const parts = spans.map(
      ({ file, offset, length }) => this.files[file]?.slice(offset, offset + length) ?? "",
    );
    const [only] = parts;
    const whole = parts.length === 1 && only instanceof Blob ? only : new Blob(parts);
    const bytes = await whole.arrayBuffer().catch(() => undefined);
    // If a file has become shorter, Firefox and Safari return what is left of it.
    if (bytes?.byteLength === length) return new Uint8Array(bytes);
    const names = spans.map(({ file }) => this.files[file]?.name).join(", ");
    throw new StorageError(
      `${names} was changed, moved or deleted after you chose it. Remove this entry and share the file again.`,
    );
  }

  /** Pieces of shared files never come from peers. */
  write(): Promise<void> {
    return Promise.reject(new StorageError(READ_ONLY));
  }
}

/** Storage for a torrent made of the person's own files. `files` are in the order of `entries`. */
export function fileStorage<Own extends NamedBytes>(
  layout: Layout,
  entries: readonly FileEntry[],
  files: readonly Own[],
): FileStorage<Own> {
  return new FileStorage(
    layout,
    entries.flatMap((entry, at) => {
      const file = files[at];
      return file === undefined ? [] : [{ entry, file }];
    }),
  );
}
