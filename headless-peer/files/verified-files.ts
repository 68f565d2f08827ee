import type { PieceIndex } from "#shared/base/ids.ts";
import type { StorageError, TakeBuffer } from "#shared/driver/ports.ts";
import { type Info, isPieceHash } from "#shared/meta/info.ts";
import { fileSpans } from "#shared/meta/layout.ts";
import { piecesOf } from "./check.ts";
import { ChangedError, otherContentError } from "./disk-error.ts";
import type { DiskFile } from "./disk-file.ts";
import { sha1 } from "./sha1.ts";
import type { Home, TorrentFiles } from "./torrent-files.ts";

/** How often one read starts over when a file changes under it: a program that writes all the time is not done with its file. */
export const MAX_REREADS = 3;

/** Files that one sentence names: a piece may be in thousands. */
const MAX_SUSPECTS = 3;

/**
 * Verified pieces in files that other programs may touch. A file with another time but the same size may have the same content
 * (`touch`, a restored backup): we accept it as it is now, and hash each of its pieces again before we serve it.
 *
 * Invariant: what `read` returns was verified after the last change of its files that we noticed.
 */
export class VerifiedFiles {
  readonly #info: Info;
  readonly #homes: readonly Home[];
  readonly #files: TorrentFiles;
  /** Files that were touched, by their index. */
  readonly #touched = new Set<number>();
  /** Their pieces that have not been hashed since. */
  readonly #doubtful = new Set<PieceIndex>();
  readonly #hashesAll: boolean;
  /** Grows when pieces become doubtful: a read that began before that proves nothing. */
  #doubts = 0;

  /** `homes` are in the order of the info dictionary. `hashesAll`: not only touched files, but each read. */
  constructor(info: Info, homes: readonly Home[], files: TorrentFiles, hashesAll: boolean) {
    this.#info = info;
    this.#homes = homes;
    this.#files = files;
    this.#hashesAll = hashesAll;
  }

  /** Reads a verified piece. Rejects with a `StorageError`, also when its files no longer hold it. */
  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array<ArrayBuffer>> {
    return this.retrying(piece, async () => {
      const doubts = this.#doubts;
      const bytes = await this.#files.read(piece, take);
      if (!this.#hashesAll && !this.#doubtful.has(piece)) return bytes;
      if (!(await this.#isGood(piece, bytes))) throw this.otherContent(piece);
      if (doubts === this.#doubts) this.#doubtful.delete(piece);
      return bytes;
    });
  }

  /** The error for a piece that its files no longer hold. */
  otherContent(piece: PieceIndex): StorageError {
    const files = this.#filesOf(piece);
    const touched = files.filter(([file]) => this.#touched.has(file));
    const suspects = (touched.length > 0 ? touched : files).slice(0, MAX_SUSPECTS);
    return otherContentError(suspects.map(([, { path }]) => path).join(" or "));
  }

  /** Works with the files of a piece, and starts over if one was touched in the meantime. */
  async retrying<Result>(piece: PieceIndex, work: () => Promise<Result>): Promise<Result> {
    for (let rereads = 0; ; rereads++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ChangedError) || rereads === MAX_REREADS) throw error;
        if (!(await this.#takeTouched(piece, error.path))) throw error;
      }
    }
  }

  /** Marks a file as touched: its pieces are hashed before they are served. */
  doubt(file: number): void {
    this.#doubts += 1;
    this.#touched.add(file);
    for (const piece of piecesOf(this.#info, file)) this.#doubtful.add(piece);
  }

  /** Accepts a touched file. False: it cannot be what it was. */
  async #takeTouched(piece: PieceIndex, path: string): Promise<boolean> {
    const found = this.#filesOf(piece).find(([, disk]) => disk.path === path);
    if (found === undefined) return false;
    const [file, disk] = found;
    if (!(await disk.takeTouched())) return false;
    this.doubt(file);
    await this.#files.reopen(disk);
    this.doubt(file); // Until now, reads may have used the file that was open before, and that may be another one.
    return true;
  }

  #filesOf(piece: PieceIndex): [number, DiskFile][] {
    const { layout, files } = this.#info;
    const spans = fileSpans(files, piece * layout.pieceLength, layout.pieceBytes(piece));
    return spans.flatMap(({ file }): [number, DiskFile][] => {
      const home = this.#homes[file];
      return home?.type === "file" ? [[file, home.disk]] : [];
    });
  }

  async #isGood(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    return isPieceHash(this.#info.pieceHashes, piece, await sha1(bytes));
  }
}
