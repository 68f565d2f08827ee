import { createCRC32 } from "hash-wasm";

// A ZIP archive of uncompressed files (PKWARE APPNOTE 6.3.10). It has ZIP64 fields only where a number needs them, because
// some programs stumble over unexpected ones.

/** A file of the archive. */
export interface ZipFile {
  /** With `/` between the parts. */
  readonly path: string;
  readonly bytes: Blob;
}

/** What the headers say about a file. */
export interface ZipEntry {
  /** UTF-8. */
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly offset: number;
}

const UTF8_NAMES = 0x0800; // General purpose bit 11.
const VERSION = 20; // Folders.
const VERSION_ZIP64 = 45;
const ZIP64_FIELD = 0x0001;
const DOS_DATE = 0x0021; // 1 January 1980: torrents carry no times.
const MAX_16 = 0xffff; // The largest value of the field means: see the ZIP64 field.
const MAX_32 = 0xffff_ffff;

/**
 * The archive as one Blob that refers to the files' Blobs, so that no file is held in memory. Reads each file once for its
 * CRC-32; `progress` gets the share of bytes read, 0 to 1. Rejects like a Blob's stream if a file cannot be read.
 */
export async function zipBlob(files: readonly ZipFile[], progress: (share: number) => void): Promise<Blob> {
  const bytesTotal = files.reduce((sum, { bytes }) => sum + bytes.size, 0);
  let bytesRead = 0;
  const crc32 = await crc32Reader((bytes) => {
    bytesRead += bytes;
    progress(bytesRead / bytesTotal);
  });

  const utf8 = new TextEncoder();
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { path, bytes } of files) {
    const entry: ZipEntry = { name: utf8.encode(path), crc: await crc32(bytes), size: bytes.size, offset };
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

/** The header before a file's bytes. */
export function localHeader({ name, crc, size }: ZipEntry): Uint8Array<ArrayBuffer> {
  const isLarge = size >= MAX_32;
  // The local header has both sizes in the field, or neither.
  const extra = isLarge ? new FieldWriter().u16(ZIP64_FIELD).u16(16).u64(size).u64(size).bytes() : NOTHING;
  return new FieldWriter()
    .u32(0x04034b50)
    .u16(isLarge ? VERSION_ZIP64 : VERSION)
    .raw(commonFields(crc, size))
    .u16(name.length)
    .u16(extra.length)
    .raw(name)
    .raw(extra)
    .bytes();
}

/** A file's entry in the directory at the end. */
export function directoryEntry({ name, crc, size, offset }: ZipEntry): Uint8Array<ArrayBuffer> {
  const large = new FieldWriter();
  if (size >= MAX_32) large.u64(size).u64(size);
  if (offset >= MAX_32) large.u64(offset);
  const field = large.bytes();
  const extra =
    field.length > 0 ? new FieldWriter().u16(ZIP64_FIELD).u16(field.length).raw(field).bytes() : NOTHING;
  const version = extra.length > 0 ? VERSION_ZIP64 : VERSION;
  return new FieldWriter()
    .u32(0x02014b50)
    .u16(version)
    .u16(version)
    .raw(commonFields(crc, size))
    .u16(name.length)
    .u16(extra.length)
    .u16(0) // Comment.
    .u16(0) // Disk.
    .u16(0) // Internal attributes.
    .u32(0) // External attributes.
    .u32(Math.min(MAX_32, offset))
    .raw(name)
    .raw(extra)
    .bytes();
}

/** The end of the archive, with the offset and length of its directory. */
export function endOfDirectory(
  fileCount: number,
  directoryBytes: number,
  directoryOffset: number,
): Uint8Array<ArrayBuffer> {
  const isLarge = fileCount >= MAX_16 || directoryBytes >= MAX_32 || directoryOffset >= MAX_32;
  return new FieldWriter()
    .raw(isLarge ? zip64End(fileCount, directoryBytes, directoryOffset) : NOTHING)
    .u32(0x06054b50)
    .u16(0) // This disk,
    .u16(0) // and that of the directory.
    .u16(Math.min(MAX_16, fileCount))
    .u16(Math.min(MAX_16, fileCount))
    .u32(Math.min(MAX_32, directoryBytes))
    .u32(Math.min(MAX_32, directoryOffset))
    .u16(0) // Comment.
    .bytes();
}

/** The ZIP64 end record and its locator. */
function zip64End(fileCount: number, directoryBytes: number, directoryOffset: number): Uint8Array {
  return new FieldWriter()
    .u32(0x06064b50)
    .u64(44) // Bytes of the record that follow.
    .u16(VERSION_ZIP64)
    .u16(VERSION_ZIP64)
    .u32(0)
    .u32(0)
    .u64(fileCount)
    .u64(fileCount)
    .u64(directoryBytes)
    .u64(directoryOffset)
    .u32(0x07064b50)
    .u32(0)
    .u64(directoryOffset + directoryBytes)
    .u32(1) // Disks.
    .bytes();
}

/** The fields from flags to sizes, the same in both headers. */
function commonFields(crc: number, size: number): Uint8Array {
  return new FieldWriter()
    .u16(UTF8_NAMES)
    .u16(0) // Stored.
    .u16(0) // Midnight.
    .u16(DOS_DATE)
    .u32(crc)
    .u32(Math.min(MAX_32, size))
    .u32(Math.min(MAX_32, size))
    .bytes();
}

/** One hasher for all files. `progress` gets the number of bytes of each read. */
async function crc32Reader(progress: (bytes: number) => void): Promise<(bytes: Blob) => Promise<number>> {
  const hasher = await createCRC32();
  return async (bytes) => {
    hasher.init();
    for (const reader = bytes.stream().getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      hasher.update(value);
      progress(value.length);
    }
    return Number.parseInt(hasher.digest("hex"), 16);
  };
}

const NOTHING = new Uint8Array();

/** Writes little-endian fields one after the other. */
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
    for (const byte of bytes) this.#bytes.push(byte);
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
