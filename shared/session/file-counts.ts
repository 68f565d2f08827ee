import type { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { Info } from "../meta/info.ts";
import { fileSpans, isContent } from "../meta/layout.ts";

/** The part of a session that notices when a file is complete. */
export type CountFiles = (info: Info, held: Bitfield) => FileCounts;

export const countFiles: CountFiles = (info, held) => new FileCounts(info, held);

/** Counts the pieces that each file still lacks, so that we notice its last one. */
export class FileCounts {
  readonly #info: Info;
  readonly #lacking: Uint32Array;

  constructor(info: Info, held: Bitfield) {
    const { files, layout } = info;
    this.#info = info;
    this.#lacking = new Uint32Array(files.length);
    if (held.isFull) return;
    for (const [at, { offset, bytes }] of files.entries()) {
      const [first, last] = [offset, offset + bytes - 1].map((byte) => Math.floor(byte / layout.pieceLength));
      if (bytes > 0) this.#lacking[at] = (last ?? 0) - (first ?? 0) + 1;
    }
    for (const piece of held.indices()) this.#count(piece as PieceIndex, -1);
  }

  /** We hold this piece from now on. Returns the indices of files that it completes. */
  held(piece: PieceIndex): readonly number[] {
    return this.#count(piece, -1);
  }

  /** We hold it no longer. */
  lost(piece: PieceIndex): void {
    this.#count(piece, 1);
  }

  #count(piece: PieceIndex, by: 1 | -1): readonly number[] {
    const { files, layout } = this.#info;
    const spans = fileSpans(files, piece * layout.pieceLength, layout.pieceBytes(piece));
    return spans.flatMap(({ file: at }) => {
      const lacking = (this.#lacking[at] ?? 0) + by;
      this.#lacking[at] = lacking;
      const file = files[at];
      return lacking === 0 && file !== undefined && isContent(file) ? [at] : [];
    });
  }
}
