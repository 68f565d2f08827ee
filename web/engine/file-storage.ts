import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import { type FileEntry, fileSpans, type Layout } from "#shared/meta/layout.ts";

/** A file of a torrent and the person's file that it is. */
export interface FileSource {
  readonly entry: FileEntry;
  readonly file: File;
}

/** The pieces of a torrent in the person's own files: nothing is copied. */
export class FileStorage implements PieceStorage {
  readonly #layout: Layout;
  readonly #entries: readonly FileEntry[];
  readonly #files: readonly File[];

  /** `sources` in the order of the info dictionary. */
  constructor(layout: Layout, sources: readonly FileSource[]) {
    this.#layout = layout;
    this.#entries = sources.map(({ entry }) => entry);
    this.#files = sources.map(({ file }) => file);
  }

  /** Rejects with a `StorageError` when a file has been changed, moved or deleted since it was chosen. */
  read(piece: PieceIndex): Promise<Uint8Array<ArrayBuffer>> {
    return this.readRange(piece * this.#layout.pieceLength, this.#layout.pieceBytes(piece));
  }

  /** Bytes of the torrent's run of bytes, as `read` gives those of a piece. */
  async readRange(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const spans = fileSpans(this.#entries, start, length);
    const parts = spans.map(
      ({ file, offset, length }) => this.#files[file]?.slice(offset, offset + length) ?? "",
    );
    const [only] = parts;
    const whole = parts.length === 1 && only instanceof Blob ? only : new Blob(parts);
    const bytes = await whole.arrayBuffer().catch(() => undefined);
    // Firefox and Safari give what is left of a file that has become shorter.
    if (bytes?.byteLength === length) return new Uint8Array(bytes);
    const names = spans.map(({ file }) => this.#files[file]?.name).join(", ");
    throw new StorageError(
      `${names} was changed, moved or deleted since it was chosen. Remove this entry and share the file again.`,
    );
  }

  /** Pieces of shared files never come from peers. */
  write(): Promise<void> {
    return Promise.reject(
      new StorageError("This entry shares files as they are; nothing is written to them."),
    );
  }
}

/** The storage of a torrent whose files lie elsewhere; `files` in the order of `entries`. */
export function fileStorage(
  layout: Layout,
  entries: readonly FileEntry[],
  files: readonly File[],
): FileStorage {
  return new FileStorage(
    layout,
    entries.flatMap((entry, at) => {
      const file = files[at];
      return file === undefined ? [] : [{ entry, file }];
    }),
  );
}
