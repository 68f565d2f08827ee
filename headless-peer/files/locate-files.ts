import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/metainfo.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import { errorCode, onDisk } from "./disk-error.ts";
import { isInside } from "./inside.ts";
import type { SeededFile } from "./seed-storage.ts";

/**
 * Finds the files of a torrent in `data`: the file, the torrent's folder, or the folder that either lies in. A name may
 * stand there as the torrent has it or as we would have saved it; it is looked up in what the disk lists and never
 * becomes a path by itself. Rejects with a `StorageError` that names what is missing or leads outside.
 */
export async function locateFiles(info: Info, data: string): Promise<SeededFile[]> {
  const root = await onDisk(data, () => realpath(data));
  const lists: Listings = new Map();
  const [top] = info.files;
  if (!info.isFolder && top !== undefined && (await listing(lists, root)) === undefined)
    return [{ diskPath: root }];

  const inside = await findAll(info, root, root, lists);
  if (inside.type === "found" || !info.isFolder) return foundFiles(inside);
  const folder = await findPath(lists, root, [[info.name], [safeName(info.name)]]);
  return foundFiles(folder === undefined ? inside : await findAll(info, root, folder, lists));
}

/** The names in a folder, by its path. Undefined: it is none. */
type Listings = Map<string, Promise<ReadonlySet<string> | undefined>>;

type Outcome =
  | { readonly type: "found"; readonly files: SeededFile[] }
  | { readonly type: "missing"; readonly path: string };

async function findAll(info: Info, root: string, folder: string, lists: Listings): Promise<Outcome> {
  const safe = safePaths(info);
  const files: SeededFile[] = [];
  for (const [at, { path, isPadding }] of info.files.entries()) {
    const safePath = safe[at] ?? "";
    const found = isPadding ? "" : await findPath(lists, folder, [path.split("/"), safePath.split("/")]);
    if (found === undefined) return { type: "missing", path: join(folder, safePath) };
    files.push({ diskPath: isPadding ? "" : await insideOnly(root, found) });
  }
  return { type: "found", files };
}

function foundFiles(outcome: Outcome): SeededFile[] {
  if (outcome.type === "found") return outcome.files;
  throw new StorageError(
    `${outcome.path} is missing, so the torrent cannot be seeded. Put it there, or say with --data where its files are.`,
  );
}

/** The first of some ways to write a path that the disk has. */
async function findPath(
  lists: Listings,
  folder: string,
  ways: readonly (readonly string[])[],
): Promise<string | undefined> {
  for (const parts of ways) {
    let path: string | undefined = folder;
    for (const part of parts) {
      if (path === undefined) break;
      path = (await listing(lists, path))?.has(part) ? join(path, part) : undefined;
    }
    if (path !== undefined) return path;
  }
  return undefined;
}

function listing(lists: Listings, folder: string): Promise<ReadonlySet<string> | undefined> {
  let names = lists.get(folder);
  if (names === undefined) {
    names = onDisk(folder, () => namesIn(folder));
    lists.set(folder, names);
  }
  return names;
}

async function namesIn(folder: string): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await readdir(folder));
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

async function insideOnly(root: string, path: string): Promise<string> {
  const real = await onDisk(path, () => realpath(path));
  if (isInside(root, real)) return real;
  throw new StorageError(
    `${path} is a link to ${real}, outside of the folder that is seeded. Replace it by the file, or seed that folder.`,
  );
}
