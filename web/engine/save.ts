import type { PieceIndex } from "#shared/base/ids.ts";
import type { FileEntry } from "#shared/meta/layout.ts";
import type { Info } from "#shared/meta/metainfo.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import type { PieceStore } from "./piece-store.ts";

/** A torrent that is here as a whole. */
export interface SavedContent {
  readonly info: Info;
  readonly store: PieceStore;
}

/** Never a type that a browser would open: a hostile page must not run in our origin. */
const TYPE = "application/octet-stream";

/** The browser reads the URL of a download while it writes it, also while it asks the person for a place. */
const URL_LIFE_MILLIS = 10 * 60_000;

/** Saves the file, or several as one ZIP, by the browser's download. */
export async function saveTorrent(content: SavedContent, progress: (share: number) => void): Promise<void> {
  const { info } = content;
  const [only] = info.files;
  if (!info.isFolder && only !== undefined)
    return download(await fileBlob(content, only), safeName(info.name));

  const { zipBlob } = await import("./zip.ts");
  const paths = safePaths(info);
  const root = safeName(info.name);
  const files: { path: string; bytes: Blob }[] = [];
  for (const [at, entry] of info.files.entries()) {
    files.push({ path: `${root}/${paths[at]}`, bytes: await fileBlob(content, entry) });
  }
  download(await zipBlob(files, progress), `${root}.zip`);
}

/** Writes every file below a folder of its own in `root`, one after the other. */
export async function saveFolder(
  root: FileSystemDirectoryHandle,
  content: SavedContent,
  progress: (share: number) => void,
): Promise<void> {
  const { info } = content;
  const paths = safePaths(info);
  const top = info.isFolder ? await root.getDirectoryHandle(safeName(info.name), { create: true }) : root;
  for (const [at, entry] of info.files.entries()) {
    const parts = (paths[at] ?? "").split("/");
    const name = parts.pop() ?? "";
    let folder = top;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
    const file = await folder.getFileHandle(name, { create: true });
    await (await fileBlob(content, entry)).stream().pipeTo(await file.createWritable());
    progress((entry.offset + entry.bytes) / Math.max(1, info.layout.totalBytes));
  }
}

/** A file by reference: its pieces' Blobs, the first and the last one cut. */
async function fileBlob({ info, store }: SavedContent, { offset, bytes }: FileEntry): Promise<Blob> {
  const { pieceLength } = info.layout;
  const parts: Blob[] = [];
  for (let at = Math.floor(offset / pieceLength); bytes > 0 && at * pieceLength < offset + bytes; at++) {
    const start = at * pieceLength;
    const blob = await store.blob(at as PieceIndex);
    const from = Math.max(0, offset - start);
    const to = Math.min(blob.size, offset + bytes - start);
    parts.push(from === 0 && to === blob.size ? blob : blob.slice(from, to));
  }
  return new Blob(parts, { type: TYPE });
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFE_MILLIS);
}
