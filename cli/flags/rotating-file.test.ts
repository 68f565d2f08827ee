import fs from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { openRotatingFile } from "./rotating-file.ts";

const newFolder = temporaryFolders();
const LIMITS = { maxFileBytes: 20, maxOldFiles: 2, maxUnwrittenBytes: 1_000 };

/** A log with room for two lines in each of its three files, and what went wrong with it. */
async function open(folder?: string) {
  const path = join(folder ?? (await newFolder()), "x.log");
  const errors: string[] = [];
  const log = openRotatingFile(path, ({ message }) => errors.push(message), LIMITS);
  const write = (...numbers: readonly number[]): void => {
    for (const number of numbers) log.write(`line ${number}\n`);
  };
  const read = (age?: number): Promise<string> =>
    readFile(age === undefined ? path : `${path}.${age}`, "utf8");
  return { path, errors, write, read };
}

test("a full file makes room for a new one, and the oldest is deleted", async () => {
  const { path, errors, write, read } = await open();
  write(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect(await readdir(join(path, ".."))).toEqual(["x.log", "x.log.1", "x.log.2"]);
  expect([await read(2), await read(1), await read()]).toEqual([
    "line 5\nline 6\n",
    "line 7\nline 8\n",
    "line 9\n",
  ]);
  expect(errors).toEqual([]);
});

test("a file that was there before is continued, and counts", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "x.log"), "0123456789012\n");
  const { write, read } = await open(folder);
  write(1, 2);
  expect([await read(1), await read()]).toEqual(["0123456789012\n", "line 1\nline 2\n"]);
});

test("a line that is longer than a file has one to itself", async () => {
  const { write, read } = await open();
  const long = 123_456_789_012_345;
  write(1, long, 2);
  expect([await read(2), await read(1), await read()]).toEqual(["line 1\n", `line ${long}\n`, "line 2\n"]);
});

test("if no room can be made, the file goes on growing, and makes room as soon as it can", async () => {
  const { path, errors, write, read } = await open();
  await mkdir(join(`${path}.2`, "in the way"), { recursive: true });
  write(1, 2, 3, 4, 5);
  expect([await read(1), await read()]).toEqual(["line 1\nline 2\n", "line 3\nline 4\nline 5\n"]);
  expect(errors).toHaveLength(1);
  await rm(`${path}.2`, { recursive: true });
  write(6, 7);
  expect([await read(2), await read(1), await read()]).toEqual([
    "line 1\nline 2\n",
    "line 3\nline 4\nline 5\nline 6\n",
    "line 7\n",
  ]);
  expect(errors).toHaveLength(1);
});

test("after new files could not be opened, the old one is closed once", async () => {
  const { path, errors, write, read } = await open();
  await rm(path);
  await symlink(join(path, "..", "missing", "x.log"), path);
  write(1, 2, 3, 4);
  expect(errors).not.toEqual([]);
  await rm(path);
  errors.length = 0;
  write(5);
  const closes = vi.spyOn(fs, "close");
  onTestFinished(() => closes.mockRestore());
  await expect.poll(() => closes.mock.calls.length).toBeGreaterThan(0);
  write(6);
  expect(await read()).toBe("line 5\nline 6\n");
  expect(closes).toHaveBeenCalledTimes(1);
  expect(errors).toEqual([]);
});
