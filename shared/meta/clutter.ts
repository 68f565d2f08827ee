/** What macOS and Windows put into folders for their own file managers. In lower case: both write them in several ways. */
const CLUTTER = new Set([".ds_store", "thumbs.db", "desktop.ini"]);

/**
 * Whether a chosen file is not the person's but the system's: a torrent made of a folder leaves it out, and the same
 * everywhere, so that a folder has one info-hash. Only inside a folder: a file that is chosen by itself is meant.
 */
export function isClutter(path: string): boolean {
  const slash = path.lastIndexOf("/");
  return slash >= 0 && CLUTTER.has(path.slice(slash + 1).toLowerCase());
}
