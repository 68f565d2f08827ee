import type { Descriptor } from "./descriptor.ts";

/** Something to open; the same object means the same file. */
export interface Openable {
  open(): Promise<Descriptor>;
}

interface OpenedFile {
  readonly handle: Promise<Descriptor>;
  users: number;
  /** Called when the last user has left and the file is closed. */
  closed: (() => void) | undefined;
}

/** Files open at once, in all torrents together: many systems allow a program 256, links included. */
export const MAX_OPEN_FILES = 64;

/**
 * Keeps files open for the next use, and closes the least recently used one to make room.
 *
 * Invariant: at most `most` files are open or being opened or closed; a file in use stays open.
 * Work must not use a second file, or all of it could deadlock.
 */
export class OpenFiles {
  readonly #most: number;
  /** Least recently used first. */
  readonly #opened = new Map<Openable, OpenedFile>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(most = MAX_OPEN_FILES) {
    this.#most = most;
  }

  /** Works with an open file. Waits if all are in use. */
  async use<Result>(file: Openable, work: (handle: Descriptor) => Promise<Result>): Promise<Result> {
    const opened = await this.#take(file);
    try {
      return await work(await opened.handle);
    } finally {
      opened.users -= 1;
      if (opened.users === 0 && opened.closed !== undefined) await this.#close(file, opened);
      this.#waiting.shift()?.();
    }
  }

  /** Closes a file, when its last user is done. It may be used again. */
  async close(file: Openable): Promise<void> {
    const opened = this.#opened.get(file);
    if (opened === undefined) return;
    if (opened.users === 0) return this.#close(file, opened);
    await new Promise<void>((closed) => {
      const others = opened.closed;
      opened.closed = () => {
        others?.();
        closed();
      };
    });
  }

  async #take(file: Openable): Promise<OpenedFile> {
    for (;;) {
      const known = this.#opened.get(file);
      if (known !== undefined) {
        known.users += 1;
        this.#opened.delete(file);
        this.#opened.set(file, known);
        return known;
      }
      if (this.#count < this.#most) return this.#open(file);
      const idle = this.#idle();
      if (idle !== undefined) await this.#close(...idle);
      else await new Promise<void>((free) => this.#waiting.push(free));
    }
  }

  /** The least recently used of the files not in use. */
  #idle(): [Openable, OpenedFile] | undefined {
    for (const entry of this.#opened) if (entry[1].users === 0) return entry;
    return undefined;
  }

  #open(file: Openable): OpenedFile {
    this.#count += 1;
    const opened: OpenedFile = { handle: file.open(), users: 1, closed: undefined };
    this.#opened.set(file, opened);
    opened.handle.catch(() => this.#forget(file, opened)); // Its users get the error.
    return opened;
  }

  async #close(file: Openable, opened: OpenedFile): Promise<void> {
    if (this.#opened.get(file) !== opened) return;
    this.#opened.delete(file);
    const handle = await opened.handle.catch(() => undefined);
    await handle?.close().catch(() => {}); // A failed write shows at the next sync.
    this.#count -= 1;
    opened.closed?.();
    this.#waiting.shift()?.();
  }

  #forget(file: Openable, opened: OpenedFile): void {
    if (this.#opened.get(file) !== opened) return;
    this.#opened.delete(file);
    this.#count -= 1;
    opened.closed?.();
  }
}
