import { randomBytes } from "node:crypto";
import { chmod, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { replaceFile } from "#disk/new-file.ts";
import { onDisk } from "#headless-peer/files/disk-error.ts";
import { messageOf } from "#shared/base/errors.ts";
import { readToken, TOKEN_FILE } from "../sources/daemon-client.ts";

/** The list of a torrent with 100,000 files of the person's own is a tenth of this. */
const MAX_STATE_FILE_BYTES = 256 * 1024 * 1024;

/** Only its owner may read what they share and download, the keys of encrypted shares, and the token. */
const FOLDER_MODE = 0o700;
/** Also when somebody copies the folder. */
const FILE_MODE = 0o600;

const TOKEN_BYTES = 32;

/** What waits to be written to one file, and what is being written. */
interface Writing {
  next: Uint8Array | undefined;
  /** Resolves with why the last write failed, if it did. */
  done: Promise<string | undefined>;
}

/**
 * The folder with a daemon's state. Each file is replaced as a whole, so that one is never half written, whatever ends the process.
 *
 * Invariant: no file is written twice at once, and the last that was to be written is what stays.
 */
export class StateFolder {
  readonly path: string;
  readonly #writing = new Map<string, Writing>();
  readonly #failed: (error: unknown) => void;

  private constructor(path: string, failed: (error: unknown) => void) {
    this.path = path;
    this.#failed = failed;
  }

  /** Makes it if it is missing. `failed` hears what cannot be written later. Rejects with a `StorageError`. */
  static async open(path: string, failed: (error: unknown) => void): Promise<StateFolder> {
    await onDisk(path, async () => {
      makeFolder(path, FOLDER_MODE);
      await chmod(path, FOLDER_MODE);
    });
    return new StateFolder(path, failed);
  }

  /** The names of its files. */
  async names(): Promise<readonly string[]> {
    return onDisk(this.path, () => readdir(this.path));
  }

  /** Undefined: it is not there, or larger than anything that we write. Rejects with a `StorageError`. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const path = join(this.path, name);
    return onDisk(path, async () => {
      try {
        if ((await stat(path)).size > MAX_STATE_FILE_BYTES) return undefined;
        return await readFile(path);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  /** Writes a file in place of what it was. Resolves once it is on the disk, or with the sentence that says why it is not. */
  write(name: string, content: string | Uint8Array): Promise<string | undefined> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const writing = this.#writing.get(name);
    if (writing !== undefined) {
      writing.next = bytes;
      return writing.done;
    }
    const begun = this.#begin(name, bytes);
    this.#writing.set(name, begun);
    return begun.done;
  }

  /** Deletes files, once they are no longer written. */
  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const writing = this.#writing.get(name);
      if (writing !== undefined) writing.next = undefined;
      await writing?.done;
      await rm(join(this.path, name), { force: true }).catch(this.#failed);
    }
  }

  /** Resolves once everything is written. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all([...this.#writing.values()].map(({ done }) => done));
  }

  /** The token that programs show to the API: made at first, and kept in a file that only its owner can read. */
  async token(): Promise<string> {
    const kept = await readToken(this.path);
    if (kept !== undefined) return kept;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const path = join(this.path, TOKEN_FILE);
    await onDisk(path, () => replaceFile(path, `${token}\n`, FILE_MODE));
    return token;
  }

  #begin(name: string, bytes: Uint8Array): Writing {
    const writing: Writing = { next: undefined, done: Promise.resolve(undefined) };
    writing.done = this.#writeAll(name, bytes, writing);
    return writing;
  }

  async #writeAll(name: string, first: Uint8Array, writing: Writing): Promise<string | undefined> {
    let problem: string | undefined;
    for (let bytes: Uint8Array | undefined = first; bytes !== undefined; ) {
      problem = await this.#writeOnce(name, bytes);
      bytes = writing.next;
      writing.next = undefined;
    }
    this.#writing.delete(name);
    return problem;
  }

  async #writeOnce(name: string, bytes: Uint8Array): Promise<string | undefined> {
    const path = join(this.path, name);
    try {
      await onDisk(path, () => replaceFile(path, bytes, FILE_MODE));
      return undefined;
    } catch (error) {
      this.#failed(error);
      return messageOf(error);
    }
  }
}
