import { StorageError } from "#shared/driver/ports.ts";

/** Does something with a file or folder. If the disk refuses, rejects with a `StorageError` that names the path and the remedy. */
export async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(sentenceFor(errorCode(error), path));
  }
}

/** Node's code of a system error, such as `ENOENT`. Undefined: not a system error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Another program has touched, written to, replaced, moved or deleted a file in use. */
export class ChangedError extends StorageError {
  readonly path: string;

  constructor(path: string) {
    super(
      `${path} was changed, moved or deleted by another program, so it is no longer used. Put it back or delete it, then start again: that checks everything.`,
    );
    this.path = path;
  }
}

/** Another program has written to a file that we serve, and its hash is now wrong. */
export function otherContentError(path: string): StorageError {
  return new StorageError(
    `${path} was changed by another program and now has other content, so it is no longer shared. Put it back as it was, then start again.`,
  );
}

/** Something of the person's is where a file or folder of the torrent belongs. We do not overwrite it. */
export function inTheWayError(path: string, what: string): StorageError {
  return new StorageError(
    `${path} is in the way: ${what}. Move it away, or choose another folder for the download.`,
  );
}

function sentenceFor(code: string | undefined, path: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `There is no space left for ${path}. Free space on its disk, then resume.`;
    case "EACCES":
    case "EPERM":
      return `There is no permission for ${path}. Give your user the right to read and write it, or choose another folder.`;
    case "ENOTSUP":
      return `${path} cannot be created: nothing can be created in the folder above it. Choose another folder.`;
    case "EROFS":
      return `${path} is on a read-only disk. Choose another folder.`;
    case "EMFILE":
    case "ENFILE":
      return `${path} cannot be opened because too many files are open. Raise the limit (ulimit -n) or run fewer torrents, then start again.`;
    case "EISDIR":
      return `${path} is a folder, but a file is needed there. Move it away, or choose another folder for the download.`;
    case "ENOTDIR":
      return `${path} cannot be reached: something on the way is a file or a broken link, not a folder. Move it away, or choose another folder.`;
    case "ELOOP":
      return `${path} is a symbolic link, and links are not followed. Replace it with what it points to, or choose another folder.`;
    case "EEXIST":
      return `${path} already exists and is not overwritten. Move it away, or choose another folder for the download.`;
    case "ENOENT":
      return `${path} is not there. Check the name, or put it back, then start again.`;
    case "ENXIO":
      return `${path} is a socket or a device that is not there, but a file is needed. Name a file.`;
    case "ENAMETOOLONG":
      return `The name ${path} is too long for its disk. Choose a folder with a shorter path.`;
    case "EFBIG":
      return `${path} is larger than its disk can hold in one file. Choose a folder on another disk.`;
    default:
      return `${path} could not be read or written (${code ?? "unknown reason"}). Check its disk, then start again.`;
  }
}
