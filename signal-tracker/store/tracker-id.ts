import { randomBytes } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A tracker's name among all trackers: 16 hex digits. */
export function newTrackerId(): string {
  return randomBytes(8).toString("hex");
}

/** The id kept in the folder; the first time a new one is put there. Rejects when the folder cannot be used. */
export async function keptTrackerId(folder: string): Promise<string> {
  const file = join(folder, "tracker-id");
  await mkdir(folder, { recursive: true });
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() === false) throw new Error(`${file} is not a file`); // A pipe would be waited for.
  const kept = await readFile(file, "utf8").catch(() => "");
  if (/^[0-9a-f]{16}\n$/.test(kept)) return kept.trim();
  const id = newTrackerId();
  await writeFile(file, `${id}\n`);
  return id;
}
