import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { errorCode, inTheWayError, onDisk } from "./disk-error.ts";
import type { KnownFolder } from "./known-folder.ts";

/** A larger file is not ours: half a million pieces and files make 10 MB. */
export const MAX_RESUME_BYTES = 32 * 1024 * 1024;

/** A full journal waits for the next checkpoint: what it misses only has to be hashed again. */
export const MAX_JOURNAL_BYTES = 4 * 1024 * 1024;

/** Does not wait, as opening a pipe without a writer would. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The file that records what of a download is verified: a checkpoint followed by a journal.
 *
 * Invariant: the file holds one whole checkpoint, or does not exist. The caller does one thing at a time.
 */
export class ResumeFile {
  readonly #path: string;
  readonly #folder: KnownFolder | undefined;
  /** Open since this run's last checkpoint. */
  #journal: FileHandle | undefined;
  #journalBytes = 0;

  /** `folder` is its folder, to be checked for replacement before each checkpoint. */
  constructor(path: string, folder?: KnownFolder) {
    this.#path = path;
    this.#folder = folder;
  }

  /** Undefined: it does not exist. Empty: it is too large. Rejects with a `StorageError` if it is not a file. */
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

  /** Replaces the old checkpoint and its journal with a new checkpoint, atomically. Resolves when that is on the disk. */
  replace(checkpoint: Uint8Array): Promise<void> {
    return onDisk(this.#path, async () => {
      await this.#folder?.refuseIfReplaced();
      const fresh = `${this.#path}.new`;
      await rm(fresh, { force: true }); // Left by a killed run.
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

  /** Adds to the journal as well as it can. The records survive the end of the program, but not a power failure. */
  async append(records: Uint8Array): Promise<void> {
    if (this.#journal === undefined || this.#journalBytes + records.length > MAX_JOURNAL_BYTES) return;
    this.#journalBytes += records.length;
    await this.#journal.writeFile(records).catch(() => {
      this.#journalBytes = MAX_JOURNAL_BYTES; // The journal ends here: nothing after a gap could be read.
    });
  }

  async close(): Promise<void> {
    const handle = this.#journal;
    this.#journal = undefined;
    await handle?.close();
  }
}
