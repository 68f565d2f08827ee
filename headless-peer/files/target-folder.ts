import type { BigIntStats } from "node:fs";
import { lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { inTheWayError, onDisk } from "./disk-error.ts";
import { statOf } from "./file-stats.ts";
import { KnownFolder } from "./known-folder.ts";
import { folded } from "./target-paths.ts";

/**
 * The folder that a person chose for a download.
 *
 * Invariant: a path it hands out leads through real folders only, so nothing is read or written outside.
 */
export class TargetFolder {
  readonly #root: KnownFolder;
  /** By the path below the root. Undefined: there is none. */
  readonly #known = new Map<string, Promise<KnownFolder | undefined>>();
  /** What its folders list, by their paths below the root. */
  readonly #names = new Map<string, Promise<ReadonlySet<string>>>();

  private constructor(root: KnownFolder) {
    this.#root = root;
  }

  /** Makes the folder where it is missing. It may itself be reached through links: the person named it. */
  static async open(path: string): Promise<TargetFolder> {
    return onDisk(path, async () => {
      await mkdir(path, { recursive: true });
      const root = await realpath(path);
      return new TargetFolder(new KnownFolder(root, await lstat(root, { bigint: true })));
    });
  }

  /** The full path of a safe relative one, its folder made. Something else in its place is a `StorageError`. */
  async place(relative: string): Promise<string> {
    await this.folderOf(relative);
    return this.#pathOf(relative);
  }

  /** The folder of a safe relative path, made where it is missing. Something else in its place is a `StorageError`. */
  async folderOf(relative: string): Promise<KnownFolder> {
    return (await this.#folder(dirname(relative), true)) ?? this.#root;
  }

  /** The same without making anything. Undefined: its folder does not exist. */
  async find(relative: string): Promise<string | undefined> {
    const folder = await this.#folder(dirname(relative), false);
    return folder && this.#pathOf(relative);
  }

  /**
   * What lies at a safe relative path; of a link, the link itself. Undefined: nothing did when its folder was first asked for
   * something. Folders are listed once: that is cheaper than to look for each of thousands of files.
   */
  async look(relative: string): Promise<BigIntStats | undefined> {
    const folder = dirname(relative);
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = this.#list(folder);
      this.#names.set(folder, names);
    }
    return (await names).has(folded(basename(relative))) ? statOf(this.#pathOf(relative)) : undefined;
  }

  /** Names are folded: whether the file system takes two of them for the same shows when it is asked. */
  async #list(relative: string): Promise<ReadonlySet<string>> {
    const folder = await this.#folder(relative, false);
    if (folder === undefined) return new Set();
    return new Set((await onDisk(folder.path, () => readdir(folder.path))).map(folded));
  }

  #pathOf(relative: string): string {
    return join(this.#root.path, relative);
  }

  #folder(relative: string, make: boolean): Promise<KnownFolder | undefined> {
    if (relative === ".") return Promise.resolve(this.#root);
    const key = `${make ? "made" : "found"}/${relative}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#look(relative, make);
      this.#known.set(key, known);
    }
    return known;
  }

  async #look(relative: string, make: boolean): Promise<KnownFolder | undefined> {
    if ((await this.#folder(dirname(relative), make)) === undefined) return undefined;
    const path = this.#pathOf(relative);
    let stats = await statOf(path);
    if (stats === undefined && make) {
      await onDisk(path, () => mkdir(path, { recursive: true })); // Recursive: it may have come into being.
      stats = await statOf(path);
    }
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) throw inTheWayError(path, "it is a symbolic link, and may lead anywhere");
    if (!stats.isDirectory()) throw inTheWayError(path, "it is a file where the torrent has a folder");
    return new KnownFolder(path, stats);
  }
}
