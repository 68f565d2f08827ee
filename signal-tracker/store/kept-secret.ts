import { randomBytes } from "node:crypto";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { replaceFile } from "#disk/new-file.ts";

/** A secret that nobody can guess: 64 hex digits. */
export function newSecret(): string {
  return randomBytes(32).toString("hex");
}

/** The secret kept in that file of the folder, which only its owner can read. Makes both if need be. Rejects with the system's error. */
export async function keptSecret(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  makeFolder(folder);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() === false) throw new Error(`${file} is not a file`); // Reading a pipe would wait.
  if (stats !== undefined && (stats.mode & 0o077) !== 0) await chmod(file, 0o600).catch(() => {});
  const kept = await readFile(file, "utf8").catch(() => "");
  if (/^[0-9a-f]{64}\n$/.test(kept)) return kept.trim();
  const secret = newSecret();
  await replaceFile(file, `${secret}\n`, 0o600);
  return secret;
}
