import { type FileHandle, open, rename, rm } from "node:fs/promises";

/**
 * Opens an empty file for writing, in place of what has that name; its mode is this one, less the umask. A link there is removed and
 * not followed: whoever may write into the folder could have laid it to a file that is not theirs. Rejects with the system's error.
 */
export async function openNew(path: string, mode: number): Promise<FileHandle> {
  await rm(path, { force: true });
  return await open(path, "wx", mode);
}

/** Puts a file with that content and mode in place of what has that name, whatever happens in the middle. Rejects with the system's error. */
export async function replaceFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const draft = `${path}.new`;
  const file = await openNew(draft, mode);
  try {
    await file.chmod(mode); // Whatever the umask is.
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
