import type { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { fileSpans } from "#shared/meta/layout.ts";
import { piecesOf } from "./check.ts";
import { sideBySide } from "./side-by-side.ts";
import type { Home } from "./torrent-files.ts";

/** Files to sync at once. One of the four threads of Node's pool stays free to read and write pieces. */
export const SYNCS_AT_ONCE = 3;

/**
 * Gives files their final names as they become whole, during the download: they are still open then, and a download with
 * thousands of files ends at once.
 */
export class Finisher {
  readonly #info: Info;
  readonly #finish: (file: number) => Promise<void>;
  /** How many pieces of a file are not yet written, by its index, for files being filled. */
  readonly #lacking = new Map<number, number>();
  /** Whole, but without their final names. */
  readonly #whole = new Set<number>();
  /** Those of them still to finish. */
  #queue: number[] = [];
  #running: Promise<void> | undefined;
  #problems: unknown[] = [];

  /** `held` are the written pieces. `finish` syncs a whole file and gives it its final name. */
  constructor(info: Info, homes: readonly Home[], held: Bitfield, finish: (file: number) => Promise<void>) {
    this.#info = info;
    this.#finish = finish;
    for (const [file, home] of homes.entries()) {
      if (home.type !== "file" || home.disk.type === "fixed" || info.files[file]?.bytes === 0) continue;
      const lacking = [...piecesOf(info, file)].filter((piece) => !held.has(piece)).length;
      if (lacking > 0) this.#lacking.set(file, lacking);
      else this.#add(file);
    }
  }

  /** Some file is whole but lacks its final name. */
  get hasWhole(): boolean {
    return this.#whole.size > 0;
  }

  /** Every file has its final name. */
  get isDone(): boolean {
    return this.#lacking.size === 0 && !this.hasWhole;
  }

  /** A piece was written for the first time. */
  wrote(piece: PieceIndex): void {
    const { layout, files } = this.#info;
    for (const { file } of fileSpans(files, piece * layout.pieceLength, layout.pieceBytes(piece))) {
      const lacking = this.#lacking.get(file);
      if (lacking === undefined) continue;
      if (lacking > 1) this.#lacking.set(file, lacking - 1);
      else {
        this.#lacking.delete(file);
        this.#add(file);
      }
    }
  }

  /** Starts on the whole files. The next `finishAll` tries failed ones again. */
  begin(): void {
    void this.#run();
  }

  /** Finishes all whole files, including those that failed before. Resolves with the errors. */
  async finishAll(): Promise<unknown[]> {
    while (this.#running !== undefined) await this.#running; // Another may have begun by then.
    this.#problems = [];
    this.#queue = [...this.#whole];
    await this.#run();
    return this.#problems;
  }

  #add(file: number): void {
    this.#whole.add(file);
    this.#queue.push(file);
  }

  #run(): Promise<void> {
    this.#running ??= sideBySide(this.#next(), SYNCS_AT_ONCE, (file) => this.#finishOne(file)).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Newest first: those are still open. */
  *#next(): Generator<number> {
    for (let file = this.#queue.pop(); file !== undefined; file = this.#queue.pop()) yield file;
  }

  async #finishOne(file: number): Promise<void> {
    try {
      await this.#finish(file);
      this.#whole.delete(file);
    } catch (error) {
      this.#problems.push(error); // The others go on.
    }
  }
}
