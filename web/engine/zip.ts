import { createCRC32 } from "hash-wasm";

// A ZIP archive whose files are stored as they are (PKWARE APPNOTE 6.3.10), with ZIP64 where it is needed.

/** A file of the archive. */
export interface ZipFile {
  /** Parts joined by `/`. */
  readonly path: string;
  readonly bytes: Blob;
}

const UTF8_NAMES = 0x0800; // General purpose bit 11.
const VERSION_NEEDED = 45; // ZIP64.
const DOS_DATE = 0x0021; // 1 January 1980: torrents carry no times.
const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;

/**
 * The archive as one Blob that refers to the files' Blobs: no file is held in memory. Each is read once for its CRC-32;
 * `progress` is told of the share of bytes that were.
 */
export async function zipBlob(files: readonly ZipFile[], progress: (share: number) => void): Promise<Blob> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes.size, 0);
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  let read = 0;
  for (const { path, bytes } of files) {
    const crc = await crc32(bytes, (count) => {
      read += count;
      progress(read / totalBytes);
    });
    const entry: ZipEntry = { name: new TextEncoder().encode(path), crc, size: bytes.size, offset };
    const header = localHeader(entry);
    parts.push(header, bytes);
    directory.push(directoryEntry(entry));
    offset += header.length + bytes.size;
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  return new Blob([...parts, ...directory, endOfDirectory(files.length, directoryBytes, offset)], {
    type: "application/octet-stream",
  });
}

/** What the headers say of a file. */
export interface ZipEntry {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly offset: number;
}

/** Sizes always stand in the ZIP64 field as well, so that one form serves every size. */
export function localHeader({ name, crc, size }: ZipEntry): Uint8Array<ArrayBuffer> {
  const extra = new FieldWriter().u16(0x0001).u16(16).u64(size).u64(size).bytes();
  return new FieldWriter()
    .u32(0x04034b50)
    .u16(VERSION_NEEDED)
    .u16(UTF8_NAMES)
    .u16(0) // Stored.
    .u16(0)
    .u16(DOS_DATE)
    .u32(crc)
    .u32(MAX_32)
    .u32(MAX_32)
    .u16(name.length)
    .u16(extra.length)
    .raw(name)
    .raw(extra)
    .bytes();
}

export function directoryEntry({ name, crc, size, offset }: ZipEntry): Uint8Array<ArrayBuffer> {
  const extra = new FieldWriter().u16(0x0001).u16(24).u64(size).u64(size).u64(offset).bytes();
  return new FieldWriter()
    .u32(0x02014b50)
    .u16(VERSION_NEEDED)
    .u16(VERSION_NEEDED)
    .u16(UTF8_NAMES)
    .u16(0)
    .u16(0)
    .u16(DOS_DATE)
    .u32(crc)
    .u32(MAX_32)
    .u32(MAX_32)
    .u16(name.length)
    .u16(extra.length)
    .u16(0) // Comment.
    .u16(0) // Disk.
    .u16(0)
    .u32(0)
    .u32(MAX_32)
    .raw(name)
    .raw(extra)
    .bytes();
}

/** The ZIP64 end record, its locator, and the classic end record. */
export function endOfDirectory(
  fileCount: number,
  directoryBytes: number,
  directoryOffset: number,
): Uint8Array<ArrayBuffer> {
  return new FieldWriter()
    .u32(0x06064b50)
    .u64(44)
    .u16(VERSION_NEEDED)
    .u16(VERSION_NEEDED)
    .u32(0)
    .u32(0)
    .u64(fileCount)
    .u64(fileCount)
    .u64(directoryBytes)
    .u64(directoryOffset)
    .u32(0x07064b50)
    .u32(0)
    .u64(directoryOffset + directoryBytes)
    .u32(1)
    .u32(0x06054b50)
    .u16(0)
    .u16(0)
    .u16(Math.min(MAX_16, fileCount))
    .u16(Math.min(MAX_16, fileCount))
    .u32(Math.min(MAX_32, directoryBytes))
    .u32(Math.min(MAX_32, directoryOffset))
    .u16(0)
    .bytes();
}

async function crc32(bytes: Blob, progress: (count: number) => void): Promise<number> {
  const hasher = (await createCRC32()).init();
  for await (const chunk of bytes.stream()) {
    hasher.update(chunk);
    progress(chunk.length);
  }
  return new DataView(hasher.digest("binary").slice().buffer).getUint32(0);
}

/** Little-endian fields, one behind the other. */
class FieldWriter {
  readonly #bytes: number[] = [];

  u16(value: number): this {
    return this.#number(value, 2);
  }

  u32(value: number): this {
    return this.#number(value, 4);
  }

  u64(value: number): this {
    return this.#number(value, 8);
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  #number(value: number, length: number): this {
    let rest = value;
    for (let at = 0; at < length; at++) {
      this.#bytes.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
    return this;
  }
}
