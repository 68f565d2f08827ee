import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { isContent } from "#shared/meta/layout.ts";
import { onDisk } from "./disk-error.ts";
import type { Download } from "./survey.ts";
import { TargetFolder } from "./target-folder.ts";
import { manifestPath, targetPaths } from "./target-paths.ts";

/**
 * Deletes what was downloaded of a torrent, also what is not yet complete, and the folders that are empty then. A file of another
 * size than the torrent's is somebody else's, and stays. Rejects with a `StorageError` for what cannot be deleted. Close the
 * download first.
 */
export async function deleteDownload(download: Omit<Download, "selectedFiles">): Promise<void> {
  const { info, folder } = download;
  const { finals, partials, hidden } = targetPaths(download);
  const target = await TargetFolder.open(folder);
  const folders = new Set<string>();
  for (const [at, entry] of info.files.entries()) {
    if (!isContent(entry)) continue;
    const final = finals[at] ?? "";
    await remove(target, final, entry.plainBytes ?? entry.bytes);
    await remove(target, partials[at] ?? "");
    for (let above = dirname(final); above !== "."; above = dirname(above)) folders.add(above);
  }
  for (const path of [hidden.resume, hidden.parts, manifestPath(download.infoHash)])
    await remove(target, path);
  const deepestFirst = [...folders].sort((left, right) => right.length - left.length);
  for (const relative of deepestFirst) {
    const path = await target.find(relative);
    if (path !== undefined) await rmdir(path).catch(() => {}); // Something else is in it.
  }
}

/** `bytes`: only if it has so many. */
async function remove(target: TargetFolder, relative: string, bytes?: number): Promise<void> {
  const path = await target.find(relative);
  const stats = path === undefined ? undefined : await target.look(relative);
  if (path === undefined || !stats?.isFile()) return;
  if (bytes === undefined || stats.size === BigInt(bytes))
    await onDisk(path, () => rm(path, { force: true }));
}
