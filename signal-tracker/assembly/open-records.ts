import type { RecordStore } from "../core/record-store.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { RecordFileError } from "../store/record-file-error.ts";

/** What Node says of a package that is not there, or was built for another Node or system. */
const NOT_INSTALLED = /ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|ERR_DLOPEN_FAILED|bindings file/;

/**
 * Opens the store of accounts, keys and the catalog: a database in the folder, which exists, or without one in memory, where
 * records end with the process. Rejects with a `RecordFileError`.
 */
export async function openRecords(dataFolder: string | undefined): Promise<RecordStore> {
  if (dataFolder === undefined) return new MemoryRecordStore();
  return withDatabase(async () => {
    const { SqliteRecordStore } = await import("../store/sqlite/record-store.ts");
    return new SqliteRecordStore(dataFolder);
  });
}

/**
 * Copies the database in a data folder to a new file, while a tracker may be using it. Rejects with a `RecordFileError`.
 */
export function backUpRecords(dataFolder: string, target: string): Promise<void> {
  return withDatabase(async () => {
    const { backUpRecords } = await import("../store/sqlite/backup.ts");
    await backUpRecords(dataFolder, target);
  });
}

/** Does what needs the optional package, which only `--data` needs. */
async function withDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && NOT_INSTALLED.test(`${"code" in error && error.code} ${error.message}`))
      throw new RecordFileError(
        "--data needs the package better-sqlite3, which is not installed for this Node. Run npm install better-sqlite3 in the folder of Tabswarm, or start without --data.",
      );
    throw error;
  }
}
