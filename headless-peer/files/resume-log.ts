import type { PieceIndex } from "#shared/base/ids.ts";
import type { DiskFile } from "./disk-file.ts";
import type { FileStamp } from "./file-stats.ts";
import { type Checkpoint, encodeCheckpoint, encodeJournal } from "./resume.ts";
import type { ResumeFile } from "./resume-file.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";

/** What goes into a checkpoint at the time it is written, and what has been written but not synced by then. */
export interface Progress extends Omit<Checkpoint, "stamps"> {
  readonly unsynced: ReadonlySet<PieceIndex>;
}

/**
 * Keeps the resume file up to date while a download runs: each piece that was written goes into the journal, with what
 * its files look like now, so that a run that is killed can tell its own last writes from those of others.
 *
 * Invariant: the resume file is written to by one of its operations at a time, in the order they were asked for.
 */
export class ResumeLog {
  readonly #file: ResumeFile;
  /** Where the stamp of each file is. */
  readonly #places = new Map<DiskFile, number>();
  readonly #stamps: (FileStamp | undefined)[];
  readonly #progress: () => Progress;
  readonly #newPieces = new Set<PieceIndex>();
  /** To be stamped before the next checkpoint. */
  readonly #touched = new Set<DiskFile>();
  /** To be stamped in the journal. */
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

  /** A file was written to, or has its final name now. */
  touched(disk: DiskFile): void {
    this.#touched.add(disk);
  }

  /**
   * A piece was written to its files. It is in the journal soon, and with it what `disks` look like then: those of its files
   * that have synced pieces, which would be hashed again otherwise. All that the others have is in the journal, and so is
   * hashed whatever they look like.
   */
  written(piece: PieceIndex, disks: readonly DiskFile[]): void {
    this.#newPieces.add(piece);
    for (const disk of disks) this.#toJournal.add(disk);
    this.#appendSoon();
  }

  /** Writes a checkpoint. Rejects with a `StorageError`; then the last one stands. */
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
    void this.#next(() => this.#append()).catch(() => {}); // Without it more is checked, and nothing is lost.
  }

  async #append(): Promise<void> {
    this.#willAppend = false;
    const pieces = [...this.#newPieces];
    this.#newPieces.clear();
    const stamps = await this.#stamp(this.#toJournal);
    await this.#file.append(encodeJournal({ pieces, stamps }));
  }

  /** Looks at what files are like now, and forgets that they are to be looked at. */
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
