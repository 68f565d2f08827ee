import type { FileView } from "#shared/session/view.ts";
import { compareNames } from "../natural-order.ts";

/** A folder of a torrent, or the torrent itself. */
export interface Folder {
  readonly name: string;
  /** From the top, with `/` between the parts. */
  readonly path: string;
  readonly depth: number;
  readonly folders: ReadonlyMap<string, Folder>;
  /** Places of its own files in the torrent's view. */
  readonly files: readonly number[];
  /** The same of everything below it, too. */
  readonly all: readonly number[];
}

/** A line of the tree. */
export type Row =
  | { readonly type: "folder"; readonly folder: Folder; readonly isOpen: boolean }
  | { readonly type: "file"; readonly at: number; readonly name: string; readonly depth: number };

interface Growing extends Folder {
  readonly folders: Map<string, Growing>;
  readonly files: number[];
  readonly all: number[];
}

/** Puts the files into their folders. */
export function folderTree(files: readonly Pick<FileView, "path">[]): Folder {
  const top = newFolder("", "", -1);
  for (const [at, { path }] of files.entries()) {
    let folder = top;
    folder.all.push(at);
    let from = 0;
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", from)) {
      const name = path.slice(from, slash);
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = newFolder(name, path.slice(0, slash), folder.depth + 1);
        folder.folders.set(name, next);
      }
      next.all.push(at);
      folder = next;
      from = slash + 1;
    }
    folder.files.push(at);
  }
  return top;
}

function newFolder(name: string, path: string, depth: number): Growing {
  return { name, path, depth, folders: new Map(), files: [], all: [] };
}

/** The first `most` lines: folders before files, in natural order (2 before 10), and what is in open folders. */
export function rowsOf(
  top: Folder,
  files: readonly Pick<FileView, "path">[],
  open: ReadonlySet<string>,
  most: number,
): { readonly rows: readonly Row[]; readonly more: number } {
  const rows: Row[] = [];
  let more = 0;
  const add = (row: Row): void => {
    if (rows.length < most) rows.push(row);
    else more += 1;
  };
  const enter = (folder: Folder): void => {
    const { folders, names } = sorted(folder, files);
    for (const sub of folders) {
      const isOpen = open.has(sub.path);
      add({ type: "folder", folder: sub, isOpen });
      if (isOpen) enter(sub);
    }
    for (const { at, name } of names) add({ type: "file", at, name, depth: folder.depth + 1 });
  };
  enter(top);
  return { rows, more };
}

interface Sorted {
  readonly folders: readonly Folder[];
  readonly names: readonly { readonly at: number; readonly name: string }[];
}

/** Sorting ten thousand names takes longer than a frame: each folder is sorted once, when it is first opened. */
const SORTED = new WeakMap<Folder, Sorted>();

function sorted(folder: Folder, files: readonly Pick<FileView, "path">[]): Sorted {
  const known = SORTED.get(folder);
  if (known !== undefined) return known;
  const names = folder.files.map((at) => {
    const path = files[at]?.path ?? "";
    return { at, name: path.slice(path.lastIndexOf("/") + 1) };
  });
  const byName = (left: { name: string }, right: { name: string }): number =>
    compareNames(left.name, right.name);
  const order = { folders: [...folder.folders.values()].sort(byName), names: names.sort(byName) };
  SORTED.set(folder, order);
  return order;
}
