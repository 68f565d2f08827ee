import { type Hashing, hashPieces } from "#shared/driver/hash-pieces.ts";
import type { FileStorage } from "#shared/library/file-storage.ts";
import { sha1 } from "./sha1.ts";

/** One piece per read would take twice the time. */
const READ_BYTES = 4 * 1024 * 1024;

/** More reads at once gain nothing. */
const READS_AT_ONCE = 3;

/** What to hash, and where the hashes go. */
interface FileHashes extends Pick<Hashing, "layout" | "hashed" | "signal"> {
  readonly storage: Pick<FileStorage, "readRange">;
}

/** Reads and hashes every piece of the files; see `hashPieces`. Rejects with a `StorageError` if one cannot be read. */
export function hashFiles({ storage, ...hashing }: FileHashes): Promise<void> {
  return hashPieces({
    ...hashing,
    read: ({ start, length }) => storage.readRange(start, length),
    sha1,
    runBytes: READ_BYTES,
    runsAtOnce: READS_AT_ONCE,
  });
}
