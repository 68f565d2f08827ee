import type { PieceIndex } from "../base/ids.ts";

/** Requests are for 16 KiB: libtorrent refuses more (BEP 3 as practised). */
export const BLOCK_BYTES = 16_384;

/** The longest piece we take: one is held in memory while it arrives and while it is hashed. */
export const MAX_PIECE_BYTES = 64 * 1024 * 1024;

/** The largest torrent we take: more than metadata of 10 MB can hash, and sums of sizes stay exact. */
export const MAX_TOTAL_BYTES = 64 * 1024 ** 4;

/** A file of a torrent, in the order of its info dictionary. */
export interface FileEntry {
  /** Path below the torrent's folder, parts joined by `/`; a single file's own name. As the info dictionary gives it: untrusted. */
  readonly path: string;
  readonly bytes: number;
  /** Where the file starts in the torrent's run of bytes. */
  readonly offset: number;
  /** Filler that aligns the next file to a piece (BEP 47): hashed and sent like any bytes, never shown or saved. */
  readonly isPadding?: true;
  /** A symbolic link (BEP 47), which has no bytes: never shown, saved or shared. */
  readonly isLink?: true;
  /** To be saved as a program (BEP 47). */
  readonly isExecutable?: true;
}

/** Whether a file is one that people see, save and share: neither filler nor a symbolic link. */
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
 * All arithmetic of pieces, blocks and files of one torrent. It is the only maker of `PieceIndex`:
 * a number from the wire is proven here or goes no further.
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

  /** Proves a number from outside to be the index of a piece. */
  piece(index: number): PieceIndex | undefined {
    return Number.isInteger(index) && index >= 0 && index < this.pieceCount
      ? (index as PieceIndex)
      : undefined;
  }

  /** The length of a piece: the last one may be shorter. */
  pieceBytes(piece: PieceIndex): number {
    return Math.min(this.pieceLength, this.totalBytes - piece * this.pieceLength);
  }

  blockCount(piece: PieceIndex): number {
    return Math.ceil(this.pieceBytes(piece) / BLOCK_BYTES);
  }

  /** The `at`th block of a piece; the caller keeps `at` below `blockCount`. */
  block(piece: PieceIndex, at: number): Block {
    const begin = at * BLOCK_BYTES;
    return { piece, begin, length: Math.min(BLOCK_BYTES, this.pieceBytes(piece) - begin) };
  }

  /** Proves a range from outside to lie inside one piece. It need not be one of our blocks. */
  range(index: number, begin: number, length: number): Block | undefined {
    const piece = this.piece(index);
    if (piece === undefined || !Number.isInteger(begin) || !Number.isInteger(length)) return undefined;
    if (length <= 0 || begin < 0) return undefined;
    return begin + length <= this.pieceBytes(piece) ? { piece, begin, length } : undefined;
  }
}

/** Which bytes of which files a range of the torrent's run of bytes covers; empty files are never in it. */
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

/** Binary search: files lie one behind the other, so their ends only grow. */
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
