import { execFileSync } from "node:child_process";
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { filesBelow, temporaryFolder } from "./download.test-support.ts";
import { MAX_JOURNAL_BYTES, MAX_RESUME_BYTES, ResumeFile } from "./resume-file.ts";

const CHECKPOINT = Buffer.from("checkpoint");

async function resumeFile(): Promise<{
  readonly file: ResumeFile;
  readonly path: string;
  readonly folder: string;
}> {
  const folder = await temporaryFolder();
  const path = join(folder, ".resume");
  const file = new ResumeFile(path);
  onTestFinished(() => file.close());
  return { file, path, folder };
}

test("it starts empty, then holds a checkpoint, then its journal, then the next checkpoint alone", async () => {
  const { file, folder } = await resumeFile();
  expect(await file.read()).toBeUndefined();
  await file.append(Buffer.from("lost")); // Without a checkpoint there is no journal.
  expect(await file.read()).toBeUndefined();
  await file.replace(CHECKPOINT);
  await file.append(Buffer.from(" one"));
  await file.append(Buffer.from(" two"));
  expect(String(await file.read())).toBe("checkpoint one two");
  await file.replace(CHECKPOINT);
  expect(String(await file.read())).toBe("checkpoint");
  expect([...(await filesBelow(folder)).keys()]).toEqual([".resume"]);
});

test.each<[string, (path: string) => unknown]>([
  ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ["a folder", (path) => mkdir(path)],
])("%s in its place is refused by name, without waiting", async (_, put) => {
  const { file, path } = await resumeFile();
  await put(path);
  await expect(file.read()).rejects.toThrow(`${path} is in the way: it is not a file.`);
});

test("a half-written file of a killed run is replaced", async () => {
  const { file, path, folder } = await resumeFile();
  await writeFile(`${path}.new`, "half a check");
  await file.replace(CHECKPOINT);
  expect([...(await filesBelow(folder)).keys()]).toEqual([".resume"]);
});

test("a failed checkpoint leaves the last one and its journal", async () => {
  const { file, path } = await resumeFile();
  await file.replace(CHECKPOINT);
  await mkdir(`${path}.new`);
  await expect(file.replace(Buffer.from("other"))).rejects.toThrow(path);
  await file.append(Buffer.from(" goes on"));
  expect(String(await file.read())).toBe("checkpoint goes on");
});

test("a file that is too large is read as empty", async () => {
  const { file, path } = await resumeFile();
  await writeFile(path, "");
  await truncate(path, MAX_RESUME_BYTES);
  expect(await file.read()).toHaveLength(MAX_RESUME_BYTES);
  await truncate(path, MAX_RESUME_BYTES + 1);
  expect(await file.read()).toHaveLength(0);
});

test("a journal grows to its limit and starts anew with the next checkpoint", async () => {
  const { file, path } = await resumeFile();
  await file.replace(CHECKPOINT);
  await file.append(new Uint8Array(MAX_JOURNAL_BYTES));
  await file.append(new Uint8Array(1));
  expect((await readFile(path)).length).toBe(CHECKPOINT.length + MAX_JOURNAL_BYTES);
  await file.replace(CHECKPOINT);
  await file.append(new Uint8Array(1));
  expect((await readFile(path)).length).toBe(CHECKPOINT.length + 1);
});
