import { mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inTheWayError, onDisk } from "./disk-error.ts";
import { statOf } from "./disk-file.ts";

/**
 * The folder that a person chose for a download.
 *
 * Invariant: a path it hands out leads through real folders only, so nothing is read or written outside.
 */
export class TargetFolder {
  readonly #root: string;
  /** Whether a folder is there, by its path below the root. */
  readonly #known = new Map<string, Promise<boolean>>();

  private constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder where it is missing. It may itself be reached through links: the person named it. */
  static async open(path: string): Promise<TargetFolder> {
    return onDisk(path, async () => {
      await mkdir(path, { recursive: true });
      return new TargetFolder(await realpath(path));
    });
  }

  /** The full path of a safe relative one, its folder made. Something else in its place is a `StorageError`. */
  async place(relative: string): Promise<string> {
    await this.#folder(dirname(relative), true);
    return join(this.#root, relative);
  }

  /** The same without making anything. Undefined: its folder does not exist. */
  async find(relative: string): Promise<string | undefined> {
    return (await this.#folder(dirname(relative), false)) ? join(this.#root, relative) : undefined;
  }

  #folder(relative: string, make: boolean): Promise<boolean> {
    if (relative === ".") return Promise.resolve(true);
    const key = `${make ? "made" : "found"}/${relative}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#look(relative, make);
      this.#known.set(key, known);
    }
    return known;
  }

  async #look(relative: string, make: boolean): Promise<boolean> {
    if (!(await this.#folder(dirname(relative), make))) return false;
    const path = join(this.#root, relative);
    let stats = await statOf(path);
    if (stats === undefined && make) {
      await onDisk(path, () => mkdir(path, { recursive: true })); // Recursive: it may have come into being.
      stats = await statOf(path);
    }
    if (stats === undefined) return false;
    if (stats.isSymbolicLink()) throw inTheWayError(path, "it is a symbolic link, and may lead anywhere");
    if (!stats.isDirectory()) throw inTheWayError(path, "it is a file where the torrent has a folder");
    return true;
  }
}
