import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import { type FileEntry, fileSpans, type Layout } from "#shared/meta/layout.ts";
import type { Descriptor } from "./descriptor.ts";
import { ChangedError, inTheWayError, onDisk } from "./disk-error.ts";
import type { DiskFile } from "./disk-file.ts";
import type { OpenFiles } from "./open-files.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";

/** Where the bytes of a torrent's file are. */
export type Home =
  | { readonly type: "file"; readonly disk: DiskFile }
  /** Not selected: its bytes in its neighbours' pieces are in the file of parts. */
  | { readonly type: "parts" }
  /** Padding, whose zeros we do not store, or a symbolic link, which has no bytes (BEP 47). */
  | { readonly type: "padding" };

/** The file of parts: for each piece in it a slot of a piece's length, only partly filled. */
export interface Parts {
  readonly disk: DiskFile;
  /** Grows as pieces come. */
  readonly slots: Map<PieceIndex, number>;
}

/** The files of a torrent, and where they are. */
export interface TorrentPlaces {
  readonly layout: Layout;
  readonly files: readonly FileEntry[];
  /** For each of `files`. */
  readonly homes: readonly Home[];
  /** Undefined: no home needs it. */
  readonly parts: Parts | undefined;
}

/** A run of bytes of one piece in one file. */
interface Span {
  /** The offset in the piece. */
  readonly begin: number;
  readonly length: number;
  /** Undefined: zeros. */
  readonly disk: DiskFile | undefined;
  /** The offset in the file. */
  readonly position: number;
}

/**
 * The pieces of a torrent in the files that hold them. Does not know what is verified.
 *
 * Invariant: each byte of the torrent has one place, and fixed files are not written to.
 */
export class TorrentFiles {
  readonly #places: TorrentPlaces;
  readonly #openFiles: OpenFiles;

  constructor(places: TorrentPlaces, openFiles: OpenFiles) {
    this.#places = places;
    this.#openFiles = openFiles;
  }

  /** Reads a piece, with one read for each of its files. Rejects with a `StorageError`, also when a file has changed. */
  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const { layout } = this.#places;
    return this.readRun(piece * layout.pieceLength, layout.pieceBytes(piece), take);
  }

  /** The same for pieces that follow one another. */
  async readRun(
    start: number,
    length: number,
    take: TakeBuffer = freshBuffer,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = take(length);
    await sideBySide(this.#spans(start, length), FILES_AT_ONCE, async ({ disk, position, begin, length }) => {
      const part = bytes.subarray(begin, begin + length);
      if (disk === undefined) part.fill(0);
      else await this.#readSpan(disk, position, part);
    });
    return bytes;
  }

  /** Writes a verified piece to its places. Resolves with the files that it wrote to. Rejects with a `StorageError`. */
  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<DiskFile[]> {
    const written: DiskFile[] = [];
    const start = piece * this.#places.layout.pieceLength;
    await sideBySide(
      this.#spans(start, bytes.length),
      FILES_AT_ONCE,
      async ({ disk, position, begin, length }) => {
        const part = bytes.subarray(begin, begin + length);
        if (disk === undefined) return refusePadding(part);
        if (disk.type === "fixed") return this.#compare(disk, position, part);
        await this.#openFiles.use(disk, (handle) =>
          onDisk(disk.path, () => writeAll(handle, part, position)),
        );
        written.push(disk);
      },
    );
    return written;
  }

  /** Waits until everything written to a file is on the disk. */
  sync(disk: DiskFile): Promise<void> {
    return this.#openFiles.use(disk, (handle) => onDisk(disk.path, () => handle.sync()));
  }

  /** Gives a complete and synced file its final name, and makes a program executable (BEP 47). */
  finish(disk: DiskFile, finalPath: string, { bytes, isExecutable }: FileEntry): Promise<void> {
    return this.#openFiles.use(disk, async (handle) => {
      if (isExecutable) await handle.allowToRun().catch(() => {}); // Some file systems have no such permission.
      const stats = await onDisk(disk.path, async () => {
        const now = await handle.stat();
        if (now.size === BigInt(bytes)) return now;
        await handle.truncate(bytes); // A file left by an earlier run was longer.
        await handle.sync();
        return handle.stat();
      });
      await disk.finish(stats, finalPath);
    });
  }

  /** Makes the next use open the file that now has the name. */
  reopen(disk: DiskFile): Promise<void> {
    return this.#openFiles.close(disk);
  }

  async close(): Promise<void> {
    const { homes, parts } = this.#places;
    for (const home of homes) if (home.type === "file") await this.#openFiles.close(home.disk);
    if (parts !== undefined) await this.#openFiles.close(parts.disk);
  }

  /** The file of parts has a slot for each piece, so a run of several pieces must not be in it. */
  #spans(start: number, runLength: number): Span[] {
    const { layout, files, homes, parts } = this.#places;
    const piece = Math.floor(start / layout.pieceLength) as PieceIndex;
    return fileSpans(files, start, runLength).map(({ file, offset, length }) => {
      const begin = (files[file]?.offset ?? 0) + offset - start;
      const home = homes[file];
      if (home?.type === "file") return { begin, length, disk: home.disk, position: offset };
      if (home?.type !== "parts" || parts === undefined)
        return { begin, length, disk: undefined, position: 0 };
      return { begin, length, disk: parts.disk, position: slotOf(parts, piece) * layout.pieceLength + begin };
    });
  }

  async #readSpan(disk: DiskFile, position: number, part: Uint8Array): Promise<void> {
    const isWhole = await this.#openFiles.use(disk, (handle) =>
      onDisk(disk.path, () => readAll(handle, part, position)),
    );
    if (!isWhole) throw new ChangedError(disk.path);
    await disk.refuseIfChanged();
  }

  /** The rest of a piece came from peers, so we can tell whether the person's own file is the torrent's. */
  async #compare(disk: DiskFile, position: number, part: Uint8Array): Promise<void> {
    const own = Buffer.allocUnsafe(part.length);
    await this.#readSpan(disk, position, own);
    if (!own.equals(part)) throw otherFileError(disk.path);
  }
}

/** The error for a file that was there before the download and is not the torrent's. */
export function otherFileError(path: string): StorageError {
  return inTheWayError(path, "it is not the file that the torrent has under this name");
}

function slotOf({ slots }: Parts, piece: PieceIndex): number {
  const known = slots.get(piece);
  if (known !== undefined) return known;
  const slot = slots.size;
  slots.set(piece, slot);
  return slot;
}

/** A buffer of its own. Not from Buffer's pool, so that the caller may keep it; not zeroed, as reads fill it. */
export function freshBuffer(bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(bytes);
}

/** False: the file ends before the buffer is full. */
async function readAll(handle: Descriptor, buffer: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < buffer.length; ) {
    const bytesRead = await handle.read(buffer.subarray(at), position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

async function writeAll(handle: Descriptor, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += await handle.write(bytes.subarray(at), position + at);
  }
}

function refusePadding(part: Uint8Array): void {
  if (part.every((byte) => byte === 0)) return;
  throw new StorageError(
    "This torrent is damaged: the filler between its files is not empty. Get the torrent again from where you found it.",
  );
}
