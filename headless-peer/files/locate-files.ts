import type { Dirent } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import { errorCode, onDisk } from "./disk-error.ts";
import { statOf } from "./file-stats.ts";
import { isInside } from "./inside.ts";
import type { SeededFile } from "./seed-storage.ts";

/**
 * Finds the files of a torrent in `data`: the file, the torrent's folder, or the folder that holds either. On disk a name may
 * be as in the torrent or as we would have saved it, its accents composed or not. We look names up in the folder's listing, and
 * build no path from the torrent's name itself. Rejects with a `StorageError` that names what is missing or leads outside.
 */
export async function locateFiles(info: Info, data: string): Promise<SeededFile[]> {
  const root = await onDisk(data, () => realpath(data));
  const lists: Listings = new Map();
  const [top] = info.files;
  if (!info.isFolder && top !== undefined && (await listing(lists, root)) === undefined)
    return [{ diskPath: root }];

  const places = info.isFolder
    ? [root, ...pathsOf(await lookUp(lists, root, [[info.name], [safeName(info.name)]]))]
    : [root];
  const missing: string[] = [];
  for (const folder of places) {
    const outcome = await findAll(info, root, folder, lists);
    if (outcome.type === "found") return outcome.files;
    missing.push(outcome.path);
  }
  const path = missing[1] ?? missing[0]; // In the torrent's own folder, if there is one.
  throw new StorageError(
    `${path} is missing, so the torrent cannot be seeded. Put it there, or name its folder with --data.`,
  );
}

/** The names in a folder. */
interface Listing {
  readonly names: ReadonlySet<string>;
  /** The names that are links. */
  readonly links: ReadonlySet<string>;
  /** The folder's path, with links resolved. */
  readonly realPath: string;
  /** Names that look the same, by their composed form: `é` is one character or two (macOS, NFD). */
  readonly alike: ReadonlyMap<string, readonly string[]>;
}

/** By the folder's path. Undefined: not a folder. */
type Listings = Map<string, Promise<Listing | undefined>>;

/** A path on the disk. */
interface Match {
  readonly path: string;
  /** Spelled exactly as we looked for it, not merely alike. */
  readonly isExact: boolean;
}

type Outcome =
  | { readonly type: "found"; readonly files: SeededFile[] }
  | { readonly type: "missing"; readonly path: string };

/** Look-alike paths to follow: a person has two, and a torrent could make us follow thousands again and again. */
export const MAX_ALIKE = 8;

async function findAll(info: Info, root: string, folder: string, lists: Listings): Promise<Outcome> {
  const safe = safePaths(info);
  const files: SeededFile[] = [];
  const taken = new Set<string>();
  for (const [at, file] of info.files.entries()) {
    if (!isContent(file)) {
      files.push({ diskPath: "" });
      continue;
    }
    const { path, bytes } = file;
    const safePath = safe[at] ?? "";
    const matches = await lookUp(lists, folder, [path.split("/"), safePath.split("/")]);
    const found = await choose(matches, taken, bytes);
    if (found === undefined) return { type: "missing", path: join(folder, safePath) };
    taken.add(found);
    files.push({ diskPath: await insideOnly(root, found, lists) });
  }
  return { type: "found", files };
}

/**
 * The best of a file's possible paths. Each path serves one file, if there are enough: a torrent may have a path twice, and
 * then the second file was saved under another name. Among look-alikes the size decides.
 */
async function choose(
  matches: readonly Match[],
  taken: ReadonlySet<string>,
  bytes: number,
): Promise<string | undefined> {
  const free = matches.filter(({ path }) => !taken.has(path));
  const [first, second] = free;
  if (first === undefined || first.isExact || second === undefined) return (first ?? matches[0])?.path;
  for (const { path } of free) if ((await statOf(path))?.size === BigInt(bytes)) return path;
  return first.path;
}

/** The paths on disk for some spellings of a path, exact ones first. */
async function lookUp(
  lists: Listings,
  folder: string,
  ways: readonly (readonly string[])[],
): Promise<Match[]> {
  const found: Match[] = [];
  for (const parts of ways) found.push(...(await follow(lists, folder, parts)));
  return found.sort((left, right) => Number(right.isExact) - Number(left.isExact));
}

async function follow(lists: Listings, folder: string, parts: readonly string[]): Promise<Match[]> {
  let matches: Match[] = [{ path: folder, isExact: true }];
  for (const part of parts) {
    const deeper: Match[] = [];
    for (const { path, isExact } of matches) {
      const list = await listing(lists, path);
      if (list?.names.has(part)) deeper.push({ path: join(path, part), isExact });
      for (const name of list?.alike.get(part.normalize("NFC")) ?? [])
        if (name !== part) deeper.push({ path: join(path, name), isExact: false });
    }
    matches = deeper.slice(0, MAX_ALIKE);
  }
  return matches;
}

function pathsOf(matches: readonly Match[]): string[] {
  return [...new Set(matches.map(({ path }) => path))];
}

function listing(lists: Listings, folder: string): Promise<Listing | undefined> {
  let list = lists.get(folder);
  if (list === undefined) {
    list = onDisk(folder, () => listFolder(folder));
    lists.set(folder, list);
  }
  return list;
}

async function listFolder(folder: string): Promise<Listing | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const alike = new Map<string, string[]>();
    for (const { name } of entries) {
      const composed = name.normalize("NFC");
      const others = alike.get(composed);
      if (others === undefined) alike.set(composed, [name]);
      else others.push(name);
    }
    const links = entries.filter((entry) => entry.isSymbolicLink());
    return { names: namesOf(entries), links: namesOf(links), alike, realPath: await realpath(folder) };
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function namesOf(entries: readonly Dirent[]): ReadonlySet<string> {
  return new Set(entries.map(({ name }) => name));
}

async function insideOnly(root: string, path: string, lists: Listings): Promise<string> {
  const real = await realPathOf(path, lists);
  if (isInside(root, real)) return real;
  throw new StorageError(
    `${path} is a link to ${real}, outside the seeded folder. Replace it with the file, or seed that folder.`,
  );
}

/** The real path of an entry in a folder's listing. Asks the system about links and folders, not about each of thousands of files. */
async function realPathOf(path: string, lists: Listings): Promise<string> {
  const name = basename(path);
  const list = await lists.get(dirname(path));
  if (list === undefined || list.links.has(name)) return onDisk(path, () => realpath(path));
  return join(list.realPath, name);
}
