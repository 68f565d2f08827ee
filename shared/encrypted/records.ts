import type { FileEntry } from "../meta/layout.ts";

// The arithmetic of docs/encrypted-shares.md.

/** A record as the torrent carries it. The shortest piece of a share is one, and every piece a whole number of them. */
export const RECORD_BYTES = 65_536;

/** The tag of AES-GCM, at the end of each record. */
const TAG_BYTES = 16;

/** What a record holds. */
export const RECORD_PLAIN_BYTES = RECORD_BYTES - TAG_BYTES;

/** The first bytes of the first record are not encrypted: they show whether a key fits. */
export const CHECK_BYTES = 8;

const NONCE_BYTES = 12;

/** The nonce of a record: its number in 11 bytes, and 1 in the last byte for the last record of the share. */
export function nonceOf(record: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint32(3, Math.floor(record / 2 ** 32));
  view.setUint32(7, record % 2 ** 32);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** How many records a share has that needs so many: rounded up as Padmé does, by at most 12 %, so that a size tells little. */
export function paddedRecords(needed: number): number {
  const exponent = Math.floor(Math.log2(needed));
  const kept = Math.floor(Math.log2(Math.max(1, exponent))) + 1;
  const step = 2 ** Math.max(0, exponent - kept);
  return Math.ceil(needed / step) * step;
}

/** How many records so many bytes take. */
export function recordsFor(bytes: number): number {
  return Math.ceil(bytes / RECORD_PLAIN_BYTES);
}

/** Where a byte of the records' contents lies in the torrent. */
function sealedOffset(offset: number): number {
  return Math.floor(offset / RECORD_PLAIN_BYTES) * RECORD_BYTES + (offset % RECORD_PLAIN_BYTES);
}

/** A file as the torrent's pieces carry it: with the tags between its parts. */
export function sealedEntry(file: FileEntry): FileEntry {
  const { offset, bytes } = file;
  const start = sealedOffset(offset);
  if (bytes === 0) return { ...file, offset: start };
  return { ...file, offset: start, bytes: sealedOffset(offset + bytes - 1) + 1 - start, plainBytes: bytes };
}
