import { isAbsolute, relative, sep } from "node:path";

/** Whether a path is a folder or is in it. Both must be absolute and free of links (`realpath`). */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
