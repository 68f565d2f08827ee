import type { BigIntStats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { inTheWayError, onDisk } from "./disk-error.ts";
import { statOf } from "./file-stats.ts";
import { KnownFolder } from "./known-folder.ts";
import { folded } from "./target-paths.ts";

/**
 * The folder that a person chose for a download.
 *
 * Invariant: the paths it hands out lead through real folders only, so nothing is read or written outside.
 */
export class TargetFolder {
  readonly #root: KnownFolder;
  /** By path below the root. Undefined: it does not exist. */
  readonly #known = new Map<string, Promise<KnownFolder | undefined>>();
  /** The names in its folders, by path below the root. */
  readonly #names = new Map<string, Promise<ReadonlySet<string>>>();

  private constructor(root: KnownFolder) {
    this.#root = root;
  }

  /** Creates the folder if it is missing. Its own path may lead through links: the person named it. */
  static async open(path: string): Promise<TargetFolder> {
    return onDisk(path, async () => {
      makeFolder(path);
      const root = await realpath(path);
      return new TargetFolder(new KnownFolder(root, await lstat(root, { bigint: true })));
    });
  }

  /** The full path of a safe relative one. Creates its folder; rejects with a `StorageError` if something else is in the folder's place. */
  async place(relative: string): Promise<string> {
    await this.folderOf(relative);
    return this.#pathOf(relative);
  }

  /** The folder of a safe relative path, created if it is missing. Rejects with a `StorageError` if something else is in its place. */
  async folderOf(relative: string): Promise<KnownFolder> {
    return (await this.#folder(dirname(relative), true)) ?? this.#root;
  }

  /** The full path, without creating anything. Undefined: its folder does not exist. */
  async find(relative: string): Promise<string | undefined> {
    const folder = await this.#folder(dirname(relative), false);
    return folder && this.#pathOf(relative);
  }

  /**
   * What is at a safe relative path; for a link, the link itself. Undefined: nothing was there when its folder was listed. Each
   * folder is listed once: that is cheaper than a look for each of thousands of files.
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

  /** Names are folded: the file system shows whether it treats two of them as the same. */
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
      await onDisk(path, async () => makeFolder(path));
      stats = await statOf(path);
    }
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) throw inTheWayError(path, "it is a symbolic link, and may lead anywhere");
    if (!stats.isDirectory()) throw inTheWayError(path, "it is a file where the torrent has a folder");
    return new KnownFolder(path, stats);
  }
}
