import type { PieceIndex } from "#shared/base/ids.ts";
import type { DiskFile } from "./disk-file.ts";
import type { FileStamp } from "./file-stats.ts";
import { type Checkpoint, encodeCheckpoint, encodeJournal } from "./resume.ts";
import type { ResumeFile } from "./resume-file.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";

/** What to put into a checkpoint, and the pieces written but not synced by then. */
export interface Progress extends Omit<Checkpoint, "stamps"> {
  readonly unsynced: ReadonlySet<PieceIndex>;
}

/**
 * Keeps the resume file up to date during a download: each written piece goes into the journal, with the stamps of its files,
 * so that the run after a kill can tell our last writes from those of others.
 *
 * Invariant: one operation at a time writes to the resume file, in the order of the calls.
 */
export class ResumeLog {
  readonly #file: ResumeFile;
  /** The index of each file's stamp. */
  readonly #places = new Map<DiskFile, number>();
  readonly #stamps: (FileStamp | undefined)[];
  readonly #progress: () => Progress;
  readonly #newPieces = new Set<PieceIndex>();
  /** Files to stamp before the next checkpoint. */
  readonly #touched = new Set<DiskFile>();
  /** Files to stamp in the journal. */
  readonly #toJournal = new Set<DiskFile>();
  #last: Promise<unknown> = Promise.resolve();
  #willAppend = false;

  constructor(
    file: ResumeFile,
    disks: readonly (DiskFile | undefined)[], // In the order of the stamps.
    stamps: readonly (FileStamp | undefined)[],
    progress: () => Progress,
  ) {
    this.#file = file;
    for (const [at, disk] of disks.entries()) if (disk !== undefined) this.#places.set(disk, at);
    this.#stamps = [...stamps];
    this.#progress = progress;
  }

  /** A file was written to or renamed. */
  touched(disk: DiskFile): void {
    this.#touched.add(disk);
  }

  /**
   * A piece was written to its files. It goes into the journal soon, with the stamps of `disks`: those of its files that have
   * synced pieces, which would be hashed again otherwise. All pieces of its other files are in the journal, and are hashed
   * anyway.
   */
  written(piece: PieceIndex, disks: readonly DiskFile[]): void {
    this.#newPieces.add(piece);
    for (const disk of disks) this.#toJournal.add(disk);
    this.#appendSoon();
  }

  /** Writes a checkpoint. Rejects with a `StorageError`, and keeps the last one. */
  checkpoint(): Promise<void> {
    return this.#next(async () => {
      for (const disk of this.#toJournal) this.#touched.add(disk);
      this.#toJournal.clear();
      await this.#stamp(this.#touched);
      const { unsynced, ...rest } = this.#progress();
      await this.#file.replace(encodeCheckpoint({ ...rest, stamps: this.#stamps }));
      for (const piece of this.#progress().unsynced) this.#newPieces.add(piece); // The old journal is gone.
      if (this.#newPieces.size > 0) this.#appendSoon();
    });
  }

  close(): Promise<void> {
    return this.#next(() => this.#file.close());
  }

  #appendSoon(): void {
    if (this.#willAppend) return;
    this.#willAppend = true;
    void this.#next(() => this.#append()).catch(() => {}); // Without it the next start checks more, but loses nothing.
  }

  async #append(): Promise<void> {
    this.#willAppend = false;
    const pieces = [...this.#newPieces];
    this.#newPieces.clear();
    const stamps = await this.#stamp(this.#toJournal);
    await this.#file.append(encodeJournal({ pieces, stamps }));
  }

  /** Stamps the files of a set, and empties the set. */
  async #stamp(set: Set<DiskFile>): Promise<[number, FileStamp][]> {
    const disks = [...set];
    set.clear();
    const stamps: [number, FileStamp][] = [];
    await sideBySide(disks, FILES_AT_ONCE, async (disk) => {
      const at = this.#places.get(disk);
      const stamp = await disk.stamp();
      if (at === undefined || stamp === undefined) return;
      this.#stamps[at] = stamp;
      stamps.push([at, stamp]);
    });
    return stamps;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
