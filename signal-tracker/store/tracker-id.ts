import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { replaceFile } from "#disk/new-file.ts";

/** An id for a tracker that no other has: 16 hex digits. */
export function newTrackerId(): string {
  return randomBytes(8).toString("hex");
}

/** The id kept in the folder, where the first call puts a new one. Rejects if the folder cannot be used. */
export async function keptTrackerId(folder: string): Promise<string> {
  const file = join(folder, "tracker-id");
  makeFolder(folder);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() === false) throw new Error(`${file} is not a file`); // Reading a pipe would wait.
  const kept = await readFile(file, "utf8").catch(() => "");
  if (/^[0-9a-f]{16}\n$/.test(kept)) return kept.trim();
  const id = newTrackerId();
  await replaceFile(file, `${id}\n`, 0o644);
  return id;
}
