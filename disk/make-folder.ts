import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Creates a folder, with those above it that are missing, unless it exists. `mode` is for what it creates. Throws the system's
 * error.
 *
 * Node's own recursive mode never returns where the system says that a folder is missing which is there, as it does for new
 * ones in `/proc`.
 */
export function makeFolder(path: string, mode?: number): void {
  for (const folder of missingIn(resolve(path))) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      if (codeOf(error) === "EEXIST" && isFolder(folder)) continue; // Somebody else has just made it.
      throw codeOf(error) === "ENOENT" ? noNewFolders(folder) : error;
    }
  }
}

/** The folders of an absolute path that do not exist, from the top down. Throws if something else is in the place of one. */
function missingIn(path: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = path; !isFolder(folder); folder = dirname(folder)) missing.unshift(folder);
  return missing;
}

function isFolder(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  throw systemError("ENOTDIR", `${path} is not a folder`);
}

/** In `/proc` the system says of whatever cannot be created that it does not exist. */
function noNewFolders(path: string): Error {
  return systemError("ENOTSUP", `no folder can be created in ${dirname(path)}`);
}

function systemError(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
