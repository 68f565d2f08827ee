/** Files that macOS and Windows put into folders for their file managers. In lower case, because both vary the case. */
const CLUTTER = new Set([".ds_store", "thumbs.db", "desktop.ini"]);

/**
 * Whether the system made this file, not the person. The page and the command line both leave such files out of a folder's
 * torrent, so that a folder has one info-hash. A file that the person chose by itself is never clutter.
 */
export function isClutter(path: string): boolean {
  const slash = path.lastIndexOf("/");
  return slash >= 0 && CLUTTER.has(path.slice(slash + 1).toLowerCase());
}
