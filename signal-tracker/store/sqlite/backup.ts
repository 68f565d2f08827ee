import { chmodSync, closeSync, existsSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { RecordFileError } from "../record-file-error.ts";
import { recordFileIn } from "./record-file.ts";
import { isStorageFault, sentenceOf } from "./sqlite-errors.ts";

/** Pages copied at a time: about 4 MB. In between, the tracker writes. */
const PAGES_AT_ONCE = 1_000;

/**
 * Copies the database in a data folder to a new file, while a tracker may be using it. The copy is whole or not there. Rejects
 * with a `RecordFileError`.
 */
export async function backUpRecords(folder: string, target: string): Promise<void> {
  const source = recordFileIn(folder);
  if (!existsSync(source))
    throw new RecordFileError(
      `There is no database in ${folder}. Pass --data with the data folder of a tracker.`,
    );
  if (existsSync(target)) throw takenError(target);
  const partial = join(dirname(target), `.tabswarm-${process.pid}.partial`);
  let database: Database.Database | undefined;
  try {
    closeSync(openSync(partial, "wx", 0o600)); // It holds hashes of passwords.
    database = new Database(source, { fileMustExist: true });
    await database.backup(partial, { progress: () => PAGES_AT_ONCE });
    standAlone(partial);
    moveToFree(partial, target);
  } catch (error) {
    throw isStorageFault(error) ? new RecordFileError(sentenceOf(error, target)) : error;
  } finally {
    database?.close();
    rmSync(partial, { force: true });
  }
}

/** Checks the copy, and takes it out of WAL mode, so that one file is all of it. */
function standAlone(path: string): void {
  const copy = new Database(path);
  try {
    const found = copy.prepare("PRAGMA quick_check(1)").pluck().get();
    if (found !== "ok") throw new Database.SqliteError(String(found), "SQLITE_CORRUPT");
    copy.pragma("journal_mode = DELETE");
  } finally {
    copy.close();
  }
  chmodSync(path, 0o600);
}

/** A link, unlike a rename, does not overwrite. Some file systems have none. */
function moveToFree(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    if (existsSync(to)) throw takenError(to);
    renameSync(from, to);
  }
}

function takenError(path: string): RecordFileError {
  return new RecordFileError(`${path} exists already. Remove it, or choose another name.`);
}
