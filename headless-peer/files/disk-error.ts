import { StorageError } from "#shared/driver/ports.ts";

/** Does something with a file or folder; when the disk refuses, rejects with a `StorageError` that names it and the remedy. */
export async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(sentenceFor(errorCode(error), path));
  }
}

/** Node's name of what went wrong, such as `ENOENT`. Undefined: it was not the system that said no. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Somebody else has touched, written to, replaced, moved or deleted a file that is in use. */
export class ChangedError extends StorageError {
  readonly path: string;

  constructor(path: string) {
    super(
      `${path} was changed, moved or deleted by another program, so it is not used any more. Put it back or delete it, then start again: everything is checked then.`,
    );
    this.path = path;
  }
}

/** Somebody else has written to a file that is served, and it was hashed again. */
export function otherContentError(path: string): StorageError {
  return new StorageError(
    `${path} was changed by another program and has other content now, so it is not shared any more. Put it back as it was, then start again.`,
  );
}

/** Something of the person's stands where a file or folder of the torrent belongs. Nothing is overwritten. */
export function inTheWayError(path: string, what: string): StorageError {
  return new StorageError(
    `${path} is in the way: ${what}. Move it away, or choose another folder for the download.`,
  );
}

function sentenceFor(code: string | undefined, path: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `There is no space left for ${path}. Free space on its disk, then go on.`;
    case "EACCES":
    case "EPERM":
      return `There is no permission for ${path}. Give your user the right to read and write it, or choose another folder.`;
    case "EROFS":
      return `${path} lies on a disk that can only be read. Choose another folder.`;
    case "EMFILE":
    case "ENFILE":
      return `${path} cannot be opened because too many files are open. Raise the limit (ulimit -n) or run fewer torrents, then start again.`;
    case "EISDIR":
      return `${path} is a folder, but a file is needed there. Move it away, or choose another folder for the download.`;
    case "ENOTDIR":
      return `${path} cannot be reached: one of the folders on the way is a file. Move that file away, or choose another folder.`;
    case "ELOOP":
      return `${path} is a symbolic link, and links are not followed. Replace it by what it points to, or choose another folder.`;
    case "EEXIST":
      return `${path} is there already and is not overwritten. Move it away, or choose another folder for the download.`;
    case "ENOENT":
      return `${path} is not there. Check the name, or put it back, then start again.`;
    case "ENXIO":
      return `${path} is a socket or a device that is not there, but a file is needed. Name a file.`;
    case "ENAMETOOLONG":
      return `${path} is too long a name for its disk. Choose a folder with a shorter path.`;
    case "EFBIG":
      return `${path} is larger than its disk can hold in one file. Choose a folder on another disk.`;
    default:
      return `${path} could not be read or written (${code ?? "unknown reason"}). Check its disk, then start again.`;
  }
}
