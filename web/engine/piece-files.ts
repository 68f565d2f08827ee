import { bytesToHex } from "#shared/base/bytes.ts";

// Pieces in the origin's private file system: a worker writes them there with half the work that Blobs in IndexedDB cost. IndexedDB
// stays the record of which pieces we hold; what no record names is deleted.

/** Where a piece lies. */
export interface Spot {
  readonly file: string;
  /** Its first byte in the file. */
  readonly at: number;
  readonly bytes: number;
}

const FOLDER = "pieces";

/** What is stored in place of a piece's bytes, or undefined if it is something else. */
export function readSpot(value: unknown): Spot | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { file, at, bytes }: Partial<Record<string, unknown>> = { ...value };
  if (typeof file !== "string" || !isCount(at) || !isCount(bytes)) return undefined;
  return { file, at, bytes };
}

/**
 * The file of one storage for the pieces that this page load writes. It has a name of its own, because browsers give a file to one
 * writer, and the worker of a page that was just closed may still have the last one.
 */
export class PieceFile {
  readonly #name: string;
  readonly #handle: FileSystemSyncAccessHandle;
  #end = 0;

  private constructor(name: string, handle: FileSystemSyncAccessHandle) {
    this.#name = name;
    this.#handle = handle;
  }

  /** Undefined: there is no such file system (on plain http and in some private windows), or this is not a worker. */
  static async open(storageId: string): Promise<PieceFile | undefined> {
    try {
      const name = `${storageId}-${bytesToHex(crypto.getRandomValues(new Uint8Array(8)))}`;
      const file = await (await folder(true)).getFileHandle(name, { create: true });
      const handle = await file.createSyncAccessHandle?.();
      return handle && new PieceFile(name, handle);
    } catch {
      return undefined;
    }
  }

  /** Where the next piece goes. */
  get end(): number {
    return this.#end;
  }

  /** Forgets the pieces from `end` on, which no record names. */
  rewind(end: number): void {
    this.#end = end;
  }

  /** Writes a piece behind the others. Throws what the browser throws. */
  append(piece: Uint8Array<ArrayBuffer>): Spot {
    const spot = { file: this.#name, at: this.#end, bytes: piece.length };
    const written = this.#handle.write(piece, { at: this.#end });
    // In a private window of Chromium 156, a write without room returns 2 ** 32 - 8.
    if (written !== piece.length) throw new DOMException("no room", "QuotaExceededError");
    this.#end += written;
    return spot;
  }

  /** Undefined: the piece is not in this file, or cannot be read. */
  read({ file, at, bytes }: Spot): Uint8Array<ArrayBuffer> | undefined {
    if (file !== this.#name || at + bytes > this.#end) return undefined;
    const piece = new Uint8Array(bytes);
    return this.#handle.read(piece, { at }) === bytes ? piece : undefined;
  }

  close(): void {
    this.#handle.close();
  }
}

/** The parts of files in which pieces lie, by reference. Looks for each file once. */
export class PieceParts {
  readonly #files = new Map<string, Promise<File>>();

  /** Rejects if the file is gone, or too short: after a power failure it may lack what was written last. */
  async part({ file, at, bytes }: Spot): Promise<Blob> {
    const found = this.#files.get(file) ?? openFile(file);
    this.#files.set(file, found);
    const part = (await found).slice(at, at + bytes);
    if (part.size !== bytes) throw new Error(`${file} is too short`);
    return part;
  }
}

/** Deletes the files of storages. One that a worker still writes to stays, until a page starts and nobody names it. */
export async function deletePieceFiles(isUseless: (storageId: string) => boolean): Promise<void> {
  try {
    const files = await folder(false);
    const names: string[] = [];
    for await (const name of files.keys()) names.push(name);
    const useless = names.filter((name) => isUseless(name.slice(0, name.lastIndexOf("-"))));
    await Promise.all(useless.map((name) => files.removeEntry(name).catch(() => {})));
  } catch {
    // There is no such folder, or no such file system.
  }
}

async function openFile(name: string): Promise<File> {
  return (await (await folder(false)).getFileHandle(name)).getFile();
}

async function folder(create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
