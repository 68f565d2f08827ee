import { randomBytes } from "node:crypto";
import { link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StorageError } from "#shared/driver/ports.ts";
import { onDisk } from "../files/disk-error.ts";

/** Rejects with a `StorageError` if something is at the path, or nothing can be written beside it: known before the work. */
export async function refuseTaken(path: string): Promise<void> {
  if (await isThere(path)) throw takenError(path);
  await withTemporary(path, async () => {});
}

/**
 * Writes a file that was not there: whole, or not at all. Rejects with a `StorageError` if something is at the path by
 * now, or it cannot be written.
 */
export function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  return withTemporary(path, async (temporary) => {
    await onDisk(path, async () => {
      const handle = await open(temporary, "r+");
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    await moveToFree(temporary, path);
  });
}

/** Something is where a file is to be made. */
export function takenError(path: string): StorageError {
  return new StorageError(`${path} exists already. Remove it, or choose another name.`);
}

/** Lends an empty file beside `path`, by a name that no file system finds too long. */
async function withTemporary(path: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.tabswarm-${randomBytes(6).toString("hex")}.partial`);
  await onDisk(folder, async () => (await open(temporary, "wx")).close());
  try {
    await use(temporary);
  } finally {
    await rm(temporary, { force: true }).catch(() => {}); // What went wrong before says more.
  }
}

/** A second name for the file fails, unlike a new one, where there is something by that name. */
async function moveToFree(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch {
    // As a rule a file system without second names. What else is wrong, renaming says again.
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
