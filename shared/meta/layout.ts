import type { PieceIndex } from "../base/ids.ts";

/** Requests are for 16 KiB: libtorrent refuses more (BEP 3 as practised). */
export const BLOCK_BYTES = 16_384;

/** The longest piece we accept: we keep it in memory while it arrives and while we hash it. */
export const MAX_PIECE_BYTES = 64 * 1024 * 1024;

/** The largest torrent we accept: more than 10 MB of metadata can hash, and small enough that sums of sizes stay exact. */
export const MAX_TOTAL_BYTES = 64 * 1024 ** 4;

/** A file of a torrent, in the order of its info dictionary. */
export interface FileEntry {
  /** Path below the torrent's folder, separated by `/`, or a single file's name. Untrusted. */
  readonly path: string;
  readonly bytes: number;
  /** In an encrypted share: its own size, without what encryption adds. Absent: `bytes`. */
  readonly plainBytes?: number;
  /** Where the file starts in the torrent's bytes. */
  readonly offset: number;
  /** Padding that aligns the next file to a piece (BEP 47): hashed and sent like other bytes, but not shown or saved. */
  readonly isPadding?: true;
  /** A symbolic link (BEP 47): has no bytes, and is not shown, saved or shared. */
  readonly isLink?: true;
  /** Save it as an executable (BEP 47). */
  readonly isExecutable?: true;
}

/** Whether people see, save and share this file: it is neither padding nor a symbolic link. */
export function isContent({ isPadding, isLink }: FileEntry): boolean {
  return isPadding !== true && isLink !== true;
}

/** A run of bytes inside one piece. */
export interface Block {
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly length: number;
}

/** A run of bytes inside one file. */
export interface FileSpan {
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * The arithmetic of a torrent's pieces and blocks. A number from outside becomes a `PieceIndex` here, or goes no further.
 */
export class Layout {
  readonly totalBytes: number;
  readonly pieceLength: number;
  readonly pieceCount: number;

  constructor(totalBytes: number, pieceLength: number) {
    this.totalBytes = totalBytes;
    this.pieceLength = pieceLength;
    this.pieceCount = Math.ceil(totalBytes / pieceLength);
  }

  /** Validates a piece index from outside. Undefined if there is no such piece. */
  piece(index: number): PieceIndex | undefined {
    return Number.isInteger(index) && index >= 0 && index < this.pieceCount
      ? (index as PieceIndex)
      : undefined;
  }

  /** All pieces, in ascending order. */
  *pieces(): Generator<PieceIndex> {
    for (let index = 0; index < this.pieceCount; index++) yield index as PieceIndex;
  }

  /** The length of a piece. The last one may be shorter. */
  pieceBytes(piece: PieceIndex): number {
    return Math.min(this.pieceLength, this.totalBytes - piece * this.pieceLength);
  }

  blockCount(piece: PieceIndex): number {
    return Math.ceil(this.pieceBytes(piece) / BLOCK_BYTES);
  }

  /** Block number `at` of a piece, from 0. The caller keeps `at` below `blockCount`. */
  block(piece: PieceIndex, at: number): Block {
    const begin = at * BLOCK_BYTES;
    return { piece, begin, length: Math.min(BLOCK_BYTES, this.pieceBytes(piece) - begin) };
  }

  /** Validates a range from outside: it must lie inside one piece, but need not be one of our blocks. */
  range(index: number, begin: number, length: number): Block | undefined {
    const piece = this.piece(index);
    if (piece === undefined || !Number.isInteger(begin) || !Number.isInteger(length)) return undefined;
    if (length <= 0 || begin < 0) return undefined;
    return begin + length <= this.pieceBytes(piece) ? { piece, begin, length } : undefined;
  }
}

/** Maps a range of the torrent's bytes to spans of its files. Empty files have no span. */
export function fileSpans(files: readonly FileEntry[], start: number, length: number): FileSpan[] {
  const end = start + length;
  const spans: FileSpan[] = [];
  for (let at = firstFileEndingAfter(files, start); at < files.length; at++) {
    const file = files[at] as FileEntry;
    if (file.offset >= end) break;
    const from = Math.max(start, file.offset);
    const to = Math.min(end, file.offset + file.bytes);
    if (to > from) spans.push({ file: at, offset: from - file.offset, length: to - from });
  }
  return spans;
}

/** Binary search: files follow one another, so their ends are in ascending order. */
function firstFileEndingAfter(files: readonly FileEntry[], position: number): number {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const file = files[middle] as FileEntry;
    if (file.offset + file.bytes > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
