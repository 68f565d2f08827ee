import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { StorageError } from "#shared/driver/ports.ts";
import { type FileEntry, fileSpans } from "#shared/meta/layout.ts";
import { onDisk } from "../files/disk-error.ts";
import { isSameStamp, stampOf } from "../files/file-stats.ts";
import type { SourceFile } from "./find-files.ts";

/** Does not wait, as opening a pipe would, if one has taken the file's place. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  /** Reads in progress. */
  readers: number;
}

/**
 * A torrent's run of bytes in the person's own files. Keeps open those being read and the last one. Checks each file as it
 * closes it, so that the bytes are of the file that was found.
 */
export class SourceFiles {
  readonly #entries: readonly FileEntry[];
  readonly #sources: readonly SourceFile[];
  readonly #open = new Map<number, OpenFile>();
  #last = 0;

  /** `sources` are in the order of `entries`, which is that of the info dictionary. */
  constructor(entries: readonly FileEntry[], sources: readonly SourceFile[]) {
    this.#entries = entries;
    this.#sources = sources;
  }

  /** Fills `target` with the run's bytes from `start`. Rejects with a `StorageError` when a file changed or cannot be read. */
  async read(start: number, target: Uint8Array): Promise<void> {
    let at = 0;
    for (const { file, offset, length } of fileSpans(this.#entries, start, target.length)) {
      await this.#readFile(file, offset, target.subarray(at, at + length));
      at += length;
    }
  }

  /** Closes all files, when none is being read. Rejects with a `StorageError` when one has changed since it was found. */
  async close(): Promise<void> {
    const closings = [...this.#open.keys()].map((file) => this.#close(file));
    for (const closing of await Promise.allSettled(closings)) {
      if (closing.status === "rejected") throw closing.reason;
    }
  }

  async #readFile(file: number, offset: number, target: Uint8Array): Promise<void> {
    const source = this.#sources[file] as SourceFile;
    const opened = this.#openFile(file, source);
    opened.readers += 1;
    try {
      await onDisk(source.diskPath, async () => fill(await opened.handle, offset, target, source));
    } finally {
      opened.readers -= 1;
    }
    await this.#closeIdle();
  }

  #openFile(file: number, source: SourceFile): OpenFile {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const opened: OpenFile = { handle: open(source.diskPath, READ), readers: 0 };
    this.#open.set(file, opened);
    this.#last = Math.max(this.#last, file);
    return opened;
  }

  /** The last file stays open: usually there is more of it to read. */
  async #closeIdle(): Promise<void> {
    const idle = [...this.#open].filter(([file, { readers }]) => readers === 0 && file < this.#last);
    await Promise.all(idle.map(([file]) => this.#close(file)));
  }

  async #close(file: number): Promise<void> {
    const opened = this.#open.get(file);
    this.#open.delete(file);
    const handle = await opened?.handle.catch(() => undefined);
    if (handle === undefined) return;
    await handle.close();
    // By its path, so that a replaced file shows, too.
    const source = this.#sources[file] as SourceFile;
    const stats = await onDisk(source.diskPath, () => stat(source.diskPath, { bigint: true }));
    if (!isSameStamp(source, stampOf(stats))) throw changed(source);
  }
}

async function fill(
  handle: FileHandle,
  offset: number,
  target: Uint8Array,
  source: SourceFile,
): Promise<void> {
  for (let at = 0; at < target.length; ) {
    const { bytesRead } = await handle.read(target, at, target.length - at, offset + at);
    if (bytesRead === 0) throw changed(source);
    at += bytesRead;
  }
}

function changed({ diskPath }: SourceFile): StorageError {
  return new StorageError(
    `${diskPath} changed while it was being read. Try again when nothing writes to it.`,
  );
}
