import { mkdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { makeTorrent, type TestTorrent, temporaryFolder } from "./download.test-support.ts";
import { locateFiles } from "./locate-files.ts";

const FILES = [
  { path: "a", bytes: 5 },
  { path: "Vol. 1: Part?/b", bytes: 5 },
];
const FOLDER = makeTorrent("Films", FILES, 16);
const SINGLE = makeTorrent("What is it?.mkv", [{ path: "What is it?.mkv", bytes: 5 }], 16);

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "12345");
  }
}

const locate = async ({ info }: TestTorrent, data: string): Promise<string[]> =>
  (await locateFiles(info, data)).map(({ diskPath }) => diskPath);

test.each([
  ["the torrent's folder", "Films"],
  ["the folder that it lies in", ""],
])("the files are found in %s", async (_, data) => {
  const folder = await realpath(await temporaryFolder());
  const paths = ["Films/a", "Films/Vol. 1: Part?/b"].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(FOLDER, join(folder, data))).toEqual(paths);
});

test("names are found as we would have saved them, too", async () => {
  const folder = await realpath(await temporaryFolder());
  const paths = ["a", "Vol. 1_ Part_/b"].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(FOLDER, folder)).toEqual(paths);
});

test("a single file may be named itself, by any name, or lie in the folder", async () => {
  const folder = await realpath(await temporaryFolder());
  const path = join(folder, "What is it?.mkv");
  await put(path);
  expect(await locate(SINGLE, folder)).toEqual([path]);
  await rename(path, join(folder, "other"));
  expect(await locate(SINGLE, join(folder, "other"))).toEqual([join(folder, "other")]);
});

test("what is missing is named", async () => {
  const folder = await realpath(await temporaryFolder());
  await put(join(folder, "Films/a"));
  await expect(locate(FOLDER, folder)).rejects.toThrow(`${join(folder, "Films/Vol. 1_ Part_/b")} is missing`);
  await rm(folder, { recursive: true });
  await expect(locate(FOLDER, folder)).rejects.toThrow(folder);
});

test("names in a torrent that lead elsewhere lead nowhere", async () => {
  const folder = await realpath(await temporaryFolder());
  await put(join(folder, "secret"), join(folder, "in/x"));
  const torrent = makeTorrent(
    "../secret",
    [
      { path: "../secret", bytes: 5 },
      { path: "x", bytes: 5 },
    ],
    16,
  );
  await expect(locate(torrent, join(folder, "in"))).rejects.toThrow("is missing");
});

test("a link may lead to another place inside, but not outside", async () => {
  const folder = await realpath(await temporaryFolder());
  const outside = await realpath(await temporaryFolder());
  await put(join(folder, "Films/Vol. 1: Part?/b"), join(folder, "Films/real"), join(outside, "a"));
  await symlink(join(folder, "Films/real"), join(folder, "Films/a"));
  expect((await locate(FOLDER, folder))[0]).toBe(join(folder, "Films/real"));
  await rm(join(folder, "Films/a"));
  await symlink(join(outside, "a"), join(folder, "Films/a"));
  await expect(locate(FOLDER, folder)).rejects.toThrow("is a link to");
});
