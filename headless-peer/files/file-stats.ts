import { type BigIntStats, lstat as lstatWithCallback } from "node:fs";
import { promisify } from "node:util";
import { errorCode, onDisk } from "./disk-error.ts";

// That of `node:fs/promises` takes half as much time again.
const lstat = promisify(lstatWithCallback);

/**
 * What shows that a file has changed: its size in bytes and its time of last write. The time is the system's integer; as
 * milliseconds in a `number` it would be rounded, at times up to the next millisecond.
 */
export interface FileStamp {
  readonly bytes: number;
  readonly mtimeNanos: bigint;
}

/** What tells one file or folder from another: USB sticks may renumber their files, and some systems have no birth time. */
export type Identity = Pick<BigIntStats, "ino" | "birthtimeNs">;

/** What is at a path; for a link, the link itself. Undefined: nothing. */
export async function statOf(path: string): Promise<BigIntStats | undefined> {
  return onDisk(path, async () => {
    try {
      return await lstat(path, { bigint: true });
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  });
}

export function stampOf({ size, mtimeNs }: Pick<BigIntStats, "size" | "mtimeNs">): FileStamp {
  return { bytes: Number(size), mtimeNanos: mtimeNs };
}

export function isSameStamp(left: FileStamp | undefined, right: FileStamp | undefined): boolean {
  return left?.bytes === right?.bytes && left?.mtimeNanos === right?.mtimeNanos;
}

/** Keeps only what we need of the stats: there may be 100,000 files. */
export function identityOf({ ino, birthtimeNs }: Identity): Identity {
  return { ino, birthtimeNs };
}

/** Whether two looks were at the same file or folder. */
export function isSameIdentity(left: Identity, right: Identity): boolean {
  return left.ino === right.ino || left.birthtimeNs === right.birthtimeNs;
}
