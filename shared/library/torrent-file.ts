import { UsageError } from "../base/errors.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { Info } from "../meta/info.ts";
import type { FileEntry } from "../meta/layout.ts";

/** Part of a file. */
export interface ByteRange {
  /** The first byte, from 0. Absent: 0. */
  readonly start?: number | undefined;
  /** The byte after the last one. Absent: to the end. */
  readonly end?: number | undefined;
}

/** What a file needs of its torrent. */
export interface FilePieces {
  readonly info: Info;
  isSelected(file: number): boolean;
  /**
   * Reads pieces up to `last`, and waits for those that are missing. Call `close` in the end. `read` rejects with a sentence once the
   * torrent cannot go on.
   */
  reader(last: PieceIndex): PieceReader;
}

export interface PieceReader {
  read(piece: PieceIndex): Promise<Uint8Array>;
  close(): void;
}

/** Ends a reading, even while it waits. */
interface Reading {
  close(): void;
}

/** A file of a torrent. Its bytes can be read before it is complete: they are fetched first, and waited for. */
export class TorrentFile {
  /** Its number in the torrent. */
  readonly index: number;
  /** In the torrent, with `/` between folders, and safe for any file system. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  readonly #entry: FileEntry;
  readonly #pieces: FilePieces;

  /** @internal */
  constructor(index: number, path: string, entry: FileEntry, pieces: FilePieces) {
    this.index = index;
    this.path = path;
    this.bytes = entry.bytes;
    this.#entry = entry;
    this.#pieces = pieces;
  }

  /** Whether it is fetched. */
  get isSelected(): boolean {
    return this.#pieces.isSelected(this.index);
  }

  /** The last part of its path. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /**
   * Its bytes in order, each chunk as soon as it is here. What is read next is fetched before everything else. The stream fails with a
   * sentence if the torrent is removed or cannot go on; cancel it to let go. Throws a `UsageError` if the range is not in the file, or
   * the file is not selected.
   */
  stream(range: ByteRange = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reading: Reading = { close() {} };
    const chunks = this.#chunks(range, reading);
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => reading.close(),
      },
      { highWaterMark: 0 }, // Nobody wants what nobody has asked for.
    );
  }

  /** All of it, once it is here, without a type. The browser may keep it on the disk. */
  async blob(): Promise<Blob> {
    const parts: Blob[] = [];
    for await (const chunk of this.#chunks({})) parts.push(new Blob([chunk]));
    return new Blob(parts);
  }

  /** All of it in memory, once it is here. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    const all = new Uint8Array(this.bytes);
    let at = 0;
    for await (const chunk of this.#chunks({})) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all.buffer;
  }

  /** Throws at once for what cannot be read. */
  #chunks(
    { start = 0, end = this.bytes }: ByteRange,
    reading: Reading = { close() {} },
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
    const isWhole = Number.isInteger(start) && Number.isInteger(end);
    if (!isWhole || start < 0 || end < start || end > this.bytes) {
      throw new UsageError(
        "badRange",
        `${this.path} has ${this.bytes} bytes, so there is nothing from ${start} to ${end}. Pass whole numbers with start <= end <= ${this.bytes}.`,
      );
    }
    if (!this.isSelected)
      throw new UsageError("notSelected", `${this.path} is not fetched. Select it first.`);
    return this.#read(this.#entry.offset + start, this.#entry.offset + end, reading);
  }

  /** The torrent's bytes from `start` to `end`. */
  async *#read(
    start: number,
    end: number,
    reading: Reading,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
    if (start === end) return;
    const { pieceLength } = this.#pieces.info.layout;
    const pieceAt = (at: number): PieceIndex => Math.floor(at / pieceLength) as PieceIndex;
    const reader = this.#pieces.reader(pieceAt(end - 1));
    reading.close = () => reader.close();
    try {
      for (let at = start; at < end; at = (pieceAt(at) + 1) * pieceLength) {
        const piece = pieceAt(at);
        const bytes = await reader.read(piece);
        const from = piece * pieceLength;
        yield bytes.slice(at - from, end - from) as Uint8Array<ArrayBuffer>; // Whoever reads may change it.
      }
    } finally {
      reader.close();
    }
  }
}
