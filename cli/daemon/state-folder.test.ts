import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { StateFolder } from "./state-folder.ts";

const newFolder = temporaryFolders();
const unexpected = (error: unknown): never => expect.fail(String(error));

test("of many writes to one file the last one stays, and nothing else is left", async () => {
  const path = await newFolder();
  const folder = await StateFolder.open(path, unexpected);
  for (let at = 0; at <= 100; at++) void folder.write("file", `${at}`);
  await folder.settled();
  expect(await readFile(join(path, "file"), "utf8")).toBe("100");
  expect(await readdir(path)).toEqual(["file"]);
});

test("a file that is removed while it is written does not come back", async () => {
  const path = await newFolder();
  const folder = await StateFolder.open(path, unexpected);
  void folder.write("file", "first");
  void folder.write("file", "second");
  await folder.remove("file");
  expect(await readdir(path)).toEqual([]);
});

test("what cannot be written is told, and the next write is tried", async () => {
  const path = await newFolder();
  const failures: unknown[] = [];
  const folder = await StateFolder.open(path, (error) => void failures.push(error));
  await mkdir(join(path, "file"));
  await folder.write("file", "text");
  expect(failures).toHaveLength(1);
  await rmdir(join(path, "file"));
  await folder.write("file", "text");
  expect(await readFile(join(path, "file"), "utf8")).toBe("text");
});
