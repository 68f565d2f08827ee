import type { BigIntStats, Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { StorageError } from "#shared/driver/ports.ts";
import { isClutter } from "#shared/meta/clutter.ts";
import type { ChosenFile } from "#shared/meta/create.ts";
import { onDisk } from "../files/disk-error.ts";
import { type FileStamp, stampOf } from "../files/file-stats.ts";
import { isInside } from "../files/inside.ts";

/** A person's file, as it was when we found it. */
export interface SourceFile extends ChosenFile, FileStamp {
  /** Its real path, with links resolved. */
  readonly diskPath: string;
}

/** Something in a folder that we leave out. */
export interface SkippedEntry {
  readonly path: string;
  /** A sentence. */
  readonly reason: string;
}

/** What some paths hold. */
export interface FoundFiles {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly SkippedEntry[];
}

/** Roughly as many as 10 MB of metadata can name. */
export const MAX_FOUND_FILES = 250_000;

interface Found {
  readonly files: SourceFile[];
  readonly skipped: SkippedEntry[];
}

/** A folder to look into. */
interface Folder {
  /** Begins with the chosen folder's name, as in a torrent. */
  readonly path: string;
  readonly diskPath: string;
}

/**
 * Finds the files that some paths name, and those in the folders that they name, hidden ones too. A link inside a folder counts
 * as the file that it leads to, if that is in the same chosen folder. Skips other links, pipes and the like, and what the
 * system puts into folders.
 * Rejects with a `StorageError` for a path that does not exist, or a file or folder that cannot be read.
 */
export async function findFiles(paths: readonly string[], most = MAX_FOUND_FILES): Promise<FoundFiles> {
  const found: Found = { files: [], skipped: [] };
  for (const path of paths) {
    const name = basename(resolve(path));
    if (name === "") throw new StorageError(`${path} has no name. Choose a folder in it.`);
    const diskPath = await reading(path, () => realpath(path));
    const stats = await reading(diskPath, () => stat(diskPath, { bigint: true }));
    if (stats.isFile()) found.files.push(sourceFile(name, diskPath, stats));
    else if (stats.isDirectory()) await searchTree({ path: name, diskPath }, found, most);
    else throw new StorageError(`${path} is neither a file nor a folder. Choose one of those.`);
  }
  refuseTooMany(found, most);
  return { files: found.files.sort(byPath), skipped: found.skipped.sort(byPath) };
}

function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return left.path < right.path ? -1 : 1;
}

async function searchTree(top: Folder, found: Found, most: number): Promise<void> {
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await reading(folder.diskPath, () => readdir(folder.diskPath, { withFileTypes: true }));
    for (const entry of entries) {
      if (entry.isDirectory()) folders.push(inFolder(folder, entry.name));
    }
    await Promise.all(entries.map((entry) => addEntry(folder, entry, top.diskPath, found)));
    refuseTooMany(found, most);
  }
}

function inFolder({ path, diskPath }: Folder, name: string): Folder {
  return { path: `${path}/${name}`, diskPath: join(diskPath, name) };
}

async function addEntry(folder: Folder, entry: Dirent, top: string, found: Found): Promise<void> {
  const { path, diskPath } = inFolder(folder, entry.name);
  if (entry.isDirectory()) return;
  if (isClutter(path)) {
    found.skipped.push({ path, reason: "The system made it for its file manager." });
  } else if (entry.isFile()) {
    found.files.push(
      sourceFile(path, diskPath, await reading(diskPath, () => stat(diskPath, { bigint: true }))),
    );
  } else if (entry.isSymbolicLink()) {
    const target = await linkTarget(diskPath, top);
    if (typeof target === "string") found.skipped.push({ path, reason: target });
    else found.files.push(sourceFile(path, target.diskPath, target.stats));
  } else {
    found.skipped.push({ path, reason: "It is not a file." });
  }
}

interface Target {
  readonly diskPath: string;
  readonly stats: BigIntStats;
}

/** The file that a link leads to, or why we skip the link. */
async function linkTarget(link: string, top: string): Promise<Target | string> {
  const diskPath = await realpath(link).catch(() => undefined);
  if (diskPath === undefined) return "It is a link that leads nowhere.";
  if (!isInside(top, diskPath)) return "It is a link that leads out of the folder.";
  const stats = await reading(diskPath, () => stat(diskPath, { bigint: true }));
  if (stats.isDirectory()) return "It is a link to a folder.";
  return stats.isFile() ? { diskPath, stats } : "It is a link to something that is not a file.";
}

function sourceFile(path: string, diskPath: string, stats: BigIntStats): SourceFile {
  return { path, diskPath, ...stampOf(stats) };
}

function refuseTooMany({ files, skipped }: Found, most: number): void {
  if (files.length + skipped.length <= most) return;
  throw new StorageError(`There are more than ${most} files. Choose fewer, or put them into an archive.`);
}

/** Explains a failure if the path has replacement characters, for bytes that are not UTF-8: Node cannot find the file by such a path. */
async function reading<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await onDisk(path, work);
  } catch (error) {
    if (!path.includes("\uFFFD")) throw error;
    throw new StorageError(`The name of ${path} is not written in UTF-8. Rename it and try again.`);
  }
}
