import { randomBytes } from "node:crypto";
import { link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StorageError } from "#shared/driver/ports.ts";
import { onDisk } from "../files/disk-error.ts";

/** Rejects with a `StorageError` if the path exists, or nothing can be written next to it: the person learns it before the work. */
export async function refuseTaken(path: string): Promise<void> {
  if (await isThere(path)) throw takenError(path);
  await withTemporary(path, async () => {});
}

/** Rejects with a `StorageError` if the path is a folder, or nothing can be written next to it. */
export async function refuseFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new StorageError(`${path} is a folder. Choose another name.`);
  await withTemporary(path, async () => {});
}

/**
 * Writes a new file, whole or not at all. Rejects with a `StorageError` if the path exists by now, or cannot be written.
 */
export function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  return withTemporary(path, async (temporary) => {
    await fill(temporary, path, bytes);
    await moveToFree(temporary, path);
  });
}

/** Writes a file, whole or not at all, in place of one that may be there. Rejects with a `StorageError`. */
export function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  return withTemporary(path, async (temporary) => {
    await fill(temporary, path, bytes);
    await onDisk(path, () => rename(temporary, path));
  });
}

/** The error for a path that exists already. */
export function takenError(path: string): StorageError {
  return new StorageError(`${path} exists already. Remove it, or choose another name.`);
}

/** Lends an empty file next to `path`, with a name short enough for any file system. */
async function withTemporary(path: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.tabswarm-${randomBytes(6).toString("hex")}.partial`);
  await onDisk(folder, async () => (await open(temporary, "wx")).close());
  try {
    await use(temporary);
  } finally {
    await rm(temporary, { force: true }).catch(() => {}); // An earlier error says more.
  }
}

/** Errors name the file that it will be. */
async function fill(temporary: string, path: string, bytes: Uint8Array): Promise<void> {
  await onDisk(path, async () => {
    const handle = await open(temporary, "r+");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Links rather than renames: a link fails if the path exists, where a rename would overwrite. */
async function moveToFree(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch {
    // Usually a file system without hard links. Renaming reports any other error again.
    if (await isThere(path)) throw takenError(path);
    await onDisk(path, () => rename(temporary, path));
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
