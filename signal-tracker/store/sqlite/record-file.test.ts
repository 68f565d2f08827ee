import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { type AccountId, StoreUnavailable, type TokenHash } from "../../core/record-store.ts";
import { RecordFileError } from "../record-file-error.ts";
import { testAccount } from "../records.test-support.ts";
import { backUpRecords } from "./backup.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openRecordFile, recordFileIn } from "./record-file.ts";
import { SqliteRecordStore } from "./record-store.ts";

const folder = mkdtempSync(join(tmpdir(), "tabswarm-record-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const newFolder = (): string => mkdtempSync(join(folder, "data-"));

/** Changes a file as another program would. */
function inFile(data: string, sql: string): void {
  const database = new Database(recordFileIn(data));
  database.exec(sql);
  database.close();
}

/** What a file is made of. */
function schemaOf(data: string): unknown[] {
  const database = new Database(recordFileIn(data), { readonly: true });
  const sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
  const rows = database.prepare(sql).raw().all();
  database.close();
  return rows;
}

test("the file is there at the next start, and nobody else may read it", async () => {
  const data = newFolder();
  const first = new SqliteRecordStore(data);
  await first.addAccount(testAccount("Bình"));
  for (const name of readdirSync(data)) expect(statSync(join(data, name)).mode & 0o077, name).toBe(0);
  await first.close();
  const second = new SqliteRecordStore(data);
  expect(await second.accountByName("binh")).toEqual(testAccount("Bình"));
  await second.close();
});

test("writes are on the disk before they are answered, and references are kept", async () => {
  const data = newFolder();
  const { database, close } = openRecordFile(data);
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  expect(["journal_mode", "synchronous", "foreign_keys"].map(pragma)).toEqual(["wal", 2, 1]);
  close();
});

test("a second tracker on one folder is refused, until the first has ended", () => {
  const data = newFolder();
  const first = openRecordFile(data);
  expect(() => openRecordFile(data)).toThrow(RecordFileError);
  expect(() => openRecordFile(data)).toThrow(
    /Another tracker uses the data folder .* pass --data with another/,
  );
  first.close();
  openRecordFile(data).close();
});

test("the file of a later version is not touched", () => {
  const data = newFolder();
  openRecordFile(data).close();
  inFile(data, `PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  const before = readFileSync(recordFileIn(data));
  expect(() => openRecordFile(data)).toThrow(/later version of Tabswarm .* Update Tabswarm/);
  expect(readFileSync(recordFileIn(data))).toEqual(before);
});

test("the database of another program is not touched", () => {
  const data = newFolder();
  inFile(data, "CREATE TABLE theirs (x)");
  expect(() => openRecordFile(data)).toThrow(/another program/);
});

test.each([
  [
    "text",
    (path: string) => writeFileSync(path, "no database ".repeat(500)),
    /is damaged\. Move it away.*backup/,
  ],
  [
    "a file with bytes overwritten",
    (path: string) => {
      const bytes = readFileSync(path);
      bytes.fill(0xaa, 8_192, bytes.length - 100);
      writeFileSync(path, bytes);
    },
    /is damaged/,
  ],
  [
    "a folder",
    (path: string) => {
      rmSync(path);
      mkdirSync(path);
    },
    /cannot be opened/,
  ],
])("%s in place of the file is explained", (_, damage, sentence) => {
  const data = newFolder();
  openRecordFile(data).close();
  damage(recordFileIn(data));
  expect(() => openRecordFile(data)).toThrow(RecordFileError);
  expect(() => openRecordFile(data)).toThrow(sentence);
});

/** A small disk of its own. Undefined: this machine does not let the test mount one. */
function smallDisk(options: string): string | undefined {
  const disk = newFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", disk], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", disk]));
  return disk;
}

test("a full disk refuses what is new, keeps what was there, and is explained", async (context) => {
  const disk = smallDisk("size=1m");
  if (disk === undefined) return context.skip("this machine does not let the test mount a small disk");
  const store = new SqliteRecordStore(disk);
  await store.addAccount(testAccount("Bình"));
  const large = "x".repeat(100_000);
  let failure: unknown;
  for (let count = 0; count < 20 && failure === undefined; count++)
    failure = await store.putSetting(`large ${count}`, large).then(
      () => undefined,
      (error) => error,
    );
  expect(failure).toBeInstanceOf(StoreUnavailable);
  expect(String(failure)).toMatch(/no space left .* Free space/);
  expect(await store.accountByName("binh")).toEqual(testAccount("Bình"));
  execFileSync("mount", ["-o", "remount,size=8m", disk]);
  await store.putSetting("after", large);
  expect(await store.setting("after")).toBe(large);
  await store.close();
});

test("a read-only disk is explained", (context) => {
  const disk = smallDisk("size=1m");
  if (disk === undefined) return context.skip("this machine does not let the test mount a small disk");
  openRecordFile(disk).close();
  execFileSync("mount", ["-o", "remount,ro", disk]);
  expect(() => openRecordFile(disk)).toThrow(/cannot be written\. Give the tracker's user/);
});

test("each step keeps a copy of the file before it", () => {
  const data = newFolder();
  const step = "CREATE TABLE notes (note TEXT NOT NULL) STRICT; INSERT INTO notes VALUES ('made')";
  openRecordFile(data).close();
  const { database, close } = openRecordFile(data, [...MIGRATIONS, step, "ALTER TABLE notes ADD at INTEGER"]);
  expect(database.prepare("SELECT * FROM notes").all()).toEqual([{ note: "made", at: null }]);
  expect(database.pragma("user_version", { simple: true })).toBe(MIGRATIONS.length + 2);
  close();
  const first = MIGRATIONS.length;
  expect(readdirSync(data).sort()).toEqual([
    "tracker.lock",
    "tracker.sqlite",
    `tracker.sqlite.version-${first}`,
    `tracker.sqlite.version-${first + 1}`,
  ]);
  copyFileSync(`${recordFileIn(data)}.version-${first}`, recordFileIn(data));
  openRecordFile(data).close();
});

test("a step that fails changes nothing, and is tried again at the next start", () => {
  const data = newFolder();
  openRecordFile(data).close();
  const broken = "CREATE TABLE notes (note TEXT); INSERT INTO nowhere VALUES (1)";
  expect(() => openRecordFile(data, [...MIGRATIONS, broken])).toThrow("nowhere");
  openRecordFile(data, [...MIGRATIONS, "CREATE TABLE notes (note TEXT)"]).close();
});

test("a backup that is made while the store is in use holds all that was confirmed, and can be restored", async () => {
  const [data, restored] = [newFolder(), newFolder()];
  const store = new SqliteRecordStore(data);
  for (let number = 0; number < 50; number++) await store.putSetting(`before ${number}`, "x".repeat(10_000));
  await store.addAccount(testAccount("Bình"));
  const target = join(folder, "backup.sqlite");
  const backup = backUpRecords(data, target);
  for (let number = 0; number < 20; number++) await store.putSetting(`during ${number}`, "y");
  await backup;
  await expect(backUpRecords(data, target)).rejects.toThrow("exists already");
  expect(statSync(target).mode & 0o077).toBe(0);
  expect([...readFileSync(target).subarray(18, 20)]).toEqual([1, 1]); // No WAL: the file is all of it.
  expect(readdirSync(folder).filter((name) => name.includes("partial") || /-(wal|shm)$/.test(name))).toEqual(
    [],
  );
  await store.close();

  copyFileSync(target, recordFileIn(restored));
  const again = new SqliteRecordStore(restored);
  expect(await again.accountByName("binh")).toEqual(testAccount("Bình"));
  for (let number = 0; number < 50; number++) expect(await again.setting(`before ${number}`)).toBeDefined();
  await again.close();
});

test("a database that is damaged is not backed up, and nothing is left of the try", async () => {
  const [data, into] = [newFolder(), newFolder()];
  const store = new SqliteRecordStore(data);
  for (let number = 0; number < 500; number++) await store.putSetting(`${number}`, "x".repeat(500));
  await store.close();
  const bytes = readFileSync(recordFileIn(data));
  writeFileSync(recordFileIn(data), bytes.fill(0xff, bytes.length / 2));
  await expect(backUpRecords(data, join(into, "b.sqlite"))).rejects.toThrow(RecordFileError);
  expect(readdirSync(into)).toEqual([]);
});

test("a backup of a folder without a database is refused", async () => {
  await expect(backUpRecords(newFolder(), join(folder, "none.sqlite"))).rejects.toThrow(
    /no database in .*--data/,
  );
});

const FIXTURES = new URL("./fixtures/", import.meta.url);

test("every released version has a fixture", () => {
  const versions = MIGRATIONS.map((_, index) => `version-${index + 1}.sql`);
  expect(readdirSync(FIXTURES).sort()).toEqual(versions.sort());
});

test.each(readdirSync(FIXTURES))(
  "the file of %s becomes one of today, with all that was in it",
  async (fixture) => {
    const [data, fresh] = [newFolder(), newFolder()];
    inFile(data, readFileSync(new URL(fixture, FIXTURES), "utf8"));
    openRecordFile(fresh).close();
    const store = new SqliteRecordStore(data);
    const account = await store.accountByName("binh");
    expect(account).toMatchObject({ name: "Bình", isAdmin: true, createdAt: 1_700_000_000_000 });
    expect(await store.session("session hash" as TokenHash)).toMatchObject({ account: "a1" });
    expect(await store.keysOf("a1" as AccountId)).toMatchObject([{ name: "laptop", hash: "key hash" }]);
    const found = await store.searchTorrents({ text: "viet", order: "newest", limit: 5, cursor: undefined });
    expect(found.items).toMatchObject([{ name: "Việt Nam", owner: "a1", seeders: 3 }]);
    const [torrent] = found.items;
    expect(String(torrent && (await store.torrentInfo(torrent.infoHash)))).toBe("de");
    expect(await store.setting("registration")).toBe("closed");
    await store.close();
    expect(schemaOf(data)).toEqual(schemaOf(fresh));
  },
);

test("a file that comes while a copy is made is not overwritten", async () => {
  const data = newFolder();
  openRecordFile(data).close();
  const target = join(newFolder(), "copy.sqlite");
  const copying = backUpRecords(data, target);
  writeFileSync(target, "mine");
  await expect(copying).rejects.toThrow("exists already");
  expect(readFileSync(target, "utf8")).toBe("mine");
});
