import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "../peer.test-support.ts";
import { refuseFolder, refuseTaken, replaceFile, writeNewFile } from "./new-file.ts";

const temporaryFolder = temporaryFolders();
const BYTES = new TextEncoder().encode("d4:infode");

test("a new file is whole, and nothing else is left in its folder", async () => {
  const folder = await temporaryFolder();
  await writeNewFile(join(folder, "a.torrent"), BYTES);
  expect(await readFile(join(folder, "a.torrent"), "utf8")).toBe("d4:infode");
  expect(await readdir(folder)).toEqual(["a.torrent"]);
});

test("of many that write the same path at once exactly one succeeds, and nothing else is left", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.torrent");
  const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
  const ends = await Promise.allSettled(texts.map((text) => writeNewFile(path, Buffer.from(text))));
  const winners = texts.filter((_, at) => ends[at]?.status === "fulfilled");
  expect(winners).toEqual([await readFile(path, "utf8")]);
  expect(await readdir(folder)).toEqual(["a.torrent"]);
});

test.each([
  ["a file", (path: string) => writeFile(path, "mine")],
  ["a folder", (path: string) => mkdir(path)],
  ["a link that leads nowhere", (path: string) => symlink("gone", path)],
])("%s is never overwritten", async (_, make) => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.torrent");
  await make(path);
  const sentence = `${path} exists already. Remove it, or choose another name.`;
  await expect(refuseTaken(path)).rejects.toThrow(sentence);
  await expect(writeNewFile(path, BYTES)).rejects.toThrow(sentence);
  expect(await readdir(folder)).toEqual(["a.torrent"]);
});

test("replacing writes a file whole or not at all, whatever is there but a folder", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.torrent");
  for (const old of ["old", "older"]) {
    await writeFile(path, old);
    await refuseFolder(path);
    await replaceFile(path, BYTES);
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(BYTES));
  }
  await mkdir(join(folder, "b.torrent"));
  await expect(refuseFolder(join(folder, "b.torrent"))).rejects.toThrow("b.torrent is a folder.");
  await expect(replaceFile(join(folder, "b.torrent"), BYTES)).rejects.toThrow("b.torrent");
  expect((await readdir(folder)).toSorted()).toEqual(["a.torrent", "b.torrent"]);
});

test("it refuses a path that cannot be written before there is anything to write", async () => {
  const folder = await temporaryFolder();
  await refuseTaken(join(folder, "a.torrent"));
  expect(await readdir(folder)).toEqual([]);
  await expect(refuseTaken(join(folder, "no", "a.torrent"))).rejects.toThrow(
    `${join(folder, "no")} is not there.`,
  );
  await writeFile(join(folder, "file"), "");
  await expect(refuseTaken(join(folder, "file", "a.torrent"))).rejects.toThrow(join(folder, "file"));
});

test("it writes the longest name that a file system allows", async () => {
  const path = join(await temporaryFolder(), `${"n".repeat(247)}.torrent`);
  await writeNewFile(path, BYTES);
  expect(await readFile(path)).toHaveLength(BYTES.length);
});
