import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { RecordFileError } from "../record-file-error.ts";
import { MIGRATIONS } from "./migrations.ts";
import { isStorageFault, sentenceOf } from "./sqlite-errors.ts";

/** The name of the database in the data folder. */
const FILE_NAME = "tracker.sqlite";
/** Whoever holds an exclusive transaction on this file runs on the folder. The system releases it even when a process is killed. */
const LOCK_NAME = "tracker.lock";

/** SQLite's application id, by which a file of ours is known: "Tbsw". */
const APPLICATION_ID = 0x54627377;

/** How long a write waits for another process, such as a backup that has just begun. */
const BUSY_TIMEOUT_MILLIS = 2_000;

/** Files up to this size are checked at each start, which takes a second at most. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

/** An open database, which no other tracker uses. */
export interface RecordFile {
  readonly database: Database.Database;
  close(): void;
}

/** The database in a data folder. */
export const recordFileIn = (folder: string): string => join(folder, FILE_NAME);

/** Opens the database in a folder that exists, and makes or renews it if need be. Throws a `RecordFileError`. */
export function openRecordFile(folder: string, migrations = MIGRATIONS): RecordFile {
  const lock = lockFolder(folder);
  try {
    const database = openDatabase(recordFileIn(folder), migrations);
    return {
      database,
      close: () => {
        database.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

function lockFolder(folder: string): Database.Database {
  const path = join(folder, LOCK_NAME);
  let lock: Database.Database | undefined;
  try {
    makePrivateFile(path);
    lock = new Database(path, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY"))
      throw new RecordFileError(
        `Another tracker uses the data folder ${folder}. Stop it, or pass --data with another folder.`,
      );
    throw explained(error, path);
  }
}

function openDatabase(path: string, migrations: readonly string[]): Database.Database {
  let database: Database.Database | undefined;
  try {
    makePrivateFile(path);
    database = new Database(path, { timeout: BUSY_TIMEOUT_MILLIS });
    refuseForeign(database, path, migrations.length);
    if (statSync(path).size <= MAX_CHECKED_BYTES) check(database);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string): unknown {
  return isStorageFault(error) ? new RecordFileError(sentenceOf(error, path)) : error;
}

/** It holds hashes of passwords, so nobody else may read it. SQLite gives the files beside it the same mode. */
function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

function refuseForeign(database: Database.Database, path: string, latest: number): void {
  const version = versionOf(database);
  const isEmpty = database.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
  if (!isEmpty && database.pragma("application_id", { simple: true }) !== APPLICATION_ID)
    throw new RecordFileError(
      `${path} is the database of another program. Move it away, or pass --data with another folder.`,
    );
  if (version > latest)
    throw new RecordFileError(
      `${path} was written by a later version of Tabswarm (database version ${version}; this one knows ${latest}). Update Tabswarm, or start with a backup of that time.`,
    );
}

function check(database: Database.Database): void {
  const found = database.prepare("PRAGMA quick_check(1)").pluck().get();
  if (found !== "ok") throw new Database.SqliteError(String(found), "SQLITE_CORRUPT");
}

/** Each step is one transaction. Before it, the file as it was is copied beside it, unless it is new. */
function migrate(database: Database.Database, path: string, migrations: readonly string[]): void {
  const first = versionOf(database);
  for (let version = first; version < migrations.length; version++) {
    if (first > 0) keepCopy(database, `${path}.version-${version}`);
    const step = database.transaction(() => {
      database.exec(migrations[version] ?? "");
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${version + 1}`);
    });
    step.exclusive();
  }
}

/** A copy is whole or not there. One from an earlier, interrupted try is replaced. */
function keepCopy(database: Database.Database, path: string): void {
  const partial = `${path}.partial`;
  if (existsSync(partial)) rmSync(partial);
  closeSync(openSync(partial, "wx", 0o600));
  database.prepare("VACUUM INTO ?").run(partial);
  renameSync(partial, path);
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}
