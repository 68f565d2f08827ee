import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { errorCode, inTheWayError, onDisk } from "./disk-error.ts";
import type { KnownFolder } from "./known-folder.ts";

/** A larger file is not one of ours: half a million pieces and files make 10 MB. */
export const MAX_RESUME_BYTES = 32 * 1024 * 1024;

/** Then the next checkpoint is waited for: what is missing in the journal only costs another check. */
export const MAX_JOURNAL_BYTES = 4 * 1024 * 1024;

/** Without waiting, as opening a pipe does until somebody writes to it. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The file that says what of a download is verified: a checkpoint, and a journal behind it.
 *
 * Invariant: under its name there is always one whole checkpoint, or none. The caller does one thing at a time.
 */
export class ResumeFile {
  readonly #path: string;
  readonly #folder: KnownFolder | undefined;
  /** Open for the journal since the last checkpoint of this run. */
  #journal: FileHandle | undefined;
  #journalBytes = 0;

  /** `folder` is the one it lies in, where it must not be another by the time it is written. */
  constructor(path: string, folder?: KnownFolder) {
    this.#path = path;
    this.#folder = folder;
  }

  /** Undefined: there is none. One that is too large comes as no bytes at all. What is no file is a `StorageError`. */
  read(): Promise<Uint8Array | undefined> {
    return onDisk(this.#path, async () => {
      const handle = await open(this.#path, READ).catch((error: unknown) => {
        if (errorCode(error) === "ENOENT") return undefined;
        throw error;
      });
      if (handle === undefined) return undefined;
      try {
        const stats = await handle.stat();
        if (!stats.isFile()) throw inTheWayError(this.#path, "it is not a file");
        return stats.size <= MAX_RESUME_BYTES ? await handle.readFile() : new Uint8Array(0);
      } finally {
        await handle.close();
      }
    });
  }

  /** Puts a new checkpoint in the place of the old one and its journal, all at once. It is on the disk when this is done. */
  replace(checkpoint: Uint8Array): Promise<void> {
    return onDisk(this.#path, async () => {
      await this.#folder?.refuseIfReplaced();
      const fresh = `${this.#path}.new`;
      await rm(fresh, { force: true }); // Of a run that was killed.
      const handle = await open(fresh, "wx");
      try {
        await handle.writeFile(checkpoint);
        await handle.sync();
        await rename(fresh, this.#path);
      } catch (error) {
        await handle.close();
        throw error;
      }
      await this.close();
      this.#journal = handle;
      this.#journalBytes = 0;
    });
  }

  /** Adds to the journal as well as it can. It survives the end of the program, though not of the machine's power. */
  async append(records: Uint8Array): Promise<void> {
    if (this.#journal === undefined || this.#journalBytes + records.length > MAX_JOURNAL_BYTES) return;
    this.#journalBytes += records.length;
    await this.#journal.writeFile(records).catch(() => {
      this.#journalBytes = MAX_JOURNAL_BYTES; // It ends here: behind a gap nothing could be read.
    });
  }

  async close(): Promise<void> {
    const handle = this.#journal;
    this.#journal = undefined;
    await handle?.close();
  }
}
