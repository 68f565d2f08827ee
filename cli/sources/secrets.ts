import { randomBytes } from "node:crypto";
import { chmod, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { onDisk } from "#headless-peer/files/disk-error.ts";
import { settingsFolder } from "../flags/settings-folder.ts";

// What the person keeps of trackers' secrets: a file for each, which only its owner can read. Several commands may run at once, so
// none changes a file that others change as well.

/** The longest secret is a fraction of this. */
const MAX_SECRET_CHARACTERS = 10_000;

/**
 * Keeps a value as JSON under a name, in place of an earlier one, and returns the file. The name may be any text. Rejects with a
 * `StorageError` if it cannot be written.
 */
export async function keepSecret(name: string, value: unknown): Promise<string> {
  const file = fileOf(name);
  const fresh = `${file}.${randomBytes(6).toString("hex")}`;
  await onDisk(file, async () => {
    makeFolder(settingsFolder(), 0o700);
    try {
      await writeFile(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600, flag: "wx", flush: true });
      await rename(fresh, file);
    } finally {
      await rm(fresh, { force: true });
    }
  });
  return file;
}

/** Reads a secret. Undefined: nothing has that name, or it cannot be read. */
export async function readSecret(name: string): Promise<unknown> {
  const file = fileOf(name);
  const text = await readFile(file, "utf8").catch(() => "");
  if (text === "" || text.length > MAX_SECRET_CHARACTERS) return undefined;
  await chmod(file, 0o600).catch(() => {}); // Somebody may have copied it with other rights.
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names that begin like this. */
export async function secretsNamed(beginning: string): Promise<readonly string[]> {
  const entries = await readdir(settingsFolder()).catch(() => []);
  return entries.flatMap((entry) => {
    const name = entry.endsWith(".json") ? decoded(entry.slice(0, -".json".length)) : undefined;
    return name?.startsWith(beginning) ? [name] : [];
  });
}

/** Deletes a secret, if it exists. */
export async function forgetSecret(name: string): Promise<void> {
  await rm(fileOf(name), { force: true });
}

const fileOf = (name: string): string => join(settingsFolder(), `${encodeURIComponent(name)}.json`);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
