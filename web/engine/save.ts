import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, isContent } from "#shared/meta/layout.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import { saveBlob } from "./save-blob.ts";
import { zipBlob } from "./zip.ts";

/** Pieces to save. */
export interface PieceBlobs {
  /**
   * `count` pieces from `first` on, by reference. Rejects with a `StorageError` if one is missing or cannot be decrypted. `decrypted`
   * hears of each that had to be decrypted.
   */
  blobs(first: number, count: number, decrypted?: () => void): Promise<Blob[]>;
}

/** A torrent with all its selected files complete. */
export interface SavedContent {
  readonly info: Info;
  readonly pieces: PieceBlobs;
  /** Indices of files. Undefined: every file. */
  readonly selectedFiles: readonly number[] | undefined;
}

/** A file to save. */
interface SavedFile {
  /** Safe for any file system, with `/` between the parts. */
  readonly path: string;
  readonly entry: FileEntry;
}

/** Never a type that a browser would open, because a hostile page must not run in our origin. */
const TYPE = "application/octet-stream";

const FOLDER_REFUSED =
  "The browser could not write to that folder. Check that it has free space, or choose another one.";

const PIECE_DAMAGED =
  "A piece in the browser's storage is damaged. Remove the download with its data and fetch it again.";

/** Saves the file, or several as one ZIP, as a browser download. `progress` gets a share, 0 to 1. */
export async function saveTorrent(content: SavedContent, progress: (share: number) => void): Promise<void> {
  const files = savedFiles(content);
  const [only] = files;
  const decryption = new Decryption(content, files, () =>
    progress(files.length === 1 ? decryption.decrypted : decryption.share(0)),
  );
  if (only !== undefined && files.length === 1)
    return saveBlob(await decryption.file(only.entry), lastPart(only.path));

  const root = safeName(content.info.name);
  const zipped: { path: string; bytes: Blob }[] = [];
  for (const { path, entry } of files) {
    zipped.push({ path: `${root}/${path}`, bytes: await decryption.file(entry) });
  }
  const archive = await zipBlob(zipped, (share) => progress(decryption.share(share))).catch(() => {
    throw new StorageError(PIECE_DAMAGED);
  });
  saveBlob(archive, `${root}.zip`);
}

/** Writes the file, or a folder with all files, into `root`, under a name that is free there. */
export async function saveFolder(
  root: FileSystemDirectoryHandle,
  content: SavedContent,
  progress: (share: number) => void,
): Promise<void> {
  const { info } = content;
  const files = savedFiles(content);
  const bytesTotal = files.reduce((sum, { entry }) => sum + entry.bytes, 0);
  let bytesDone = 0;
  const written = (bytes: number): void => {
    bytesDone += bytes;
    progress(decryption.share(bytesDone / bytesTotal));
  };
  const decryption = new Decryption(content, files, () => written(0));
  try {
    const name = await freeName(root, safeName(info.name));
    const top = info.isFolder ? await root.getDirectoryHandle(name, { create: true }) : root;
    for (const { path, entry } of files) {
      const bytes = await decryption.file(entry);
      await writeFile(top, info.isFolder ? path : name, bytes, written);
    }
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(FOLDER_REFUSED);
  }
}

/** The selected files, without filler and links. */
function savedFiles({ info, selectedFiles }: SavedContent): SavedFile[] {
  const paths = safePaths(info);
  return info.files.flatMap((entry, at) => {
    const isWanted = isContent(entry) && (selectedFiles?.includes(at) ?? true);
    return isWanted ? [{ path: paths[at] ?? "", entry }] : [];
  });
}

/**
 * Gathers the files to save. Of an encrypted share all of a file is decrypted before anything of it is saved, which is half of the work.
 */
class Decryption {
  readonly #content: SavedContent;
  readonly #moved: () => void;
  readonly #pieces: number;
  #count = 0;

  constructor(content: SavedContent, files: readonly SavedFile[], moved: () => void) {
    this.#content = content;
    this.#moved = moved;
    this.#pieces = files.reduce((sum, { entry }) => sum + piecesOf(content.info, entry).count, 0);
  }

  file(entry: FileEntry): Promise<Blob> {
    return fileBlob(this.#content, entry, () => {
      this.#count += 1;
      this.#moved();
    });
  }

  /** The share of the pieces, 0 to 1. */
  get decrypted(): number {
    return this.#count / this.#pieces;
  }

  /** The share of all work, when so much of the rest is done. */
  share(rest: number): number {
    return this.#count === 0 ? rest : (this.decrypted + rest) / 2;
  }
}

/** The pieces that a file of some bytes is in. */
function piecesOf({ layout: { pieceLength } }: Info, { offset, bytes }: FileEntry) {
  if (bytes === 0) return { first: 0, count: 0 };
  const first = Math.floor(offset / pieceLength);
  return { first, count: Math.floor((offset + bytes - 1) / pieceLength) - first + 1 };
}

/** A file by reference: a slice of its pieces' Blobs. `decrypted` as for `PieceBlobs`. */
export async function fileBlob(
  { info, pieces }: SavedContent,
  entry: FileEntry,
  decrypted?: () => void,
): Promise<Blob> {
  const { offset, bytes } = entry;
  if (bytes === 0) return new Blob([], { type: TYPE });
  const { pieceLength, totalBytes } = info.layout;
  const { first, count } = piecesOf(info, entry);
  const whole = new Blob(await pieces.blobs(first, count, decrypted));
  const firstByte = first * pieceLength;
  if (whole.size !== Math.min(totalBytes, (first + count) * pieceLength) - firstByte) {
    throw new StorageError(PIECE_DAMAGED);
  }
  return whole.slice(offset - firstByte, offset - firstByte + bytes, TYPE);
}

/** Writes one file below a folder, and makes missing sub-folders. */
async function writeFile(
  top: FileSystemDirectoryHandle,
  path: string,
  bytes: Blob,
  written: (bytes: number) => void,
): Promise<void> {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let folder = top;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
  const file = await folder.getFileHandle(name, { create: true });
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      written(chunk.length);
    },
  });
  await bytes
    .stream()
    .pipeThrough(counted)
    .pipeTo(await file.createWritable());
}

/** The name, or the first free numbered one, so that nothing in the person's folder is overwritten. */
async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  const taken = new Set<string>();
  for await (const other of folder.keys()) taken.add(other.toLowerCase());
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${stem} (${number})${extension}`;
  return free;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
