import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../peer.test-support.ts";
import { findFiles, MAX_FOUND_FILES } from "./find-files.ts";

const temporaryFolder = temporaryFolders();

/** A folder `Holiday` with files at the given paths, each holding its own path. */
async function holiday(...paths: string[]): Promise<string> {
  const folder = join(await temporaryFolder(), "Holiday");
  await mkdir(folder);
  for (const path of paths) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), path);
  }
  return folder;
}

const pathsIn = async (...paths: string[]): Promise<string[]> =>
  (await findFiles(paths)).files.map(({ path }) => path);

test("a file's path is its name, and paths in a folder begin with the folder's name", async () => {
  const folder = await holiday("a.txt", "beach/b.txt", "beach/.hidden");
  expect(await pathsIn(join(folder, "a.txt"))).toEqual(["a.txt"]);
  expect(await pathsIn(`${folder}/`)).toEqual([
    "Holiday/a.txt",
    "Holiday/beach/.hidden",
    "Holiday/beach/b.txt",
  ]);
  expect(await pathsIn(join(folder, "beach", ".."))).toHaveLength(3);
  expect(await pathsIn(join(folder, "a.txt"), join(folder, "beach"))).toEqual([
    "a.txt",
    "beach/.hidden",
    "beach/b.txt",
  ]);
});

test("each file comes with its size, its time and its place on disk", async () => {
  const folder = await holiday("film");
  const diskPath = join(folder, "film");
  await truncate(diskPath, 5_000_000_000);
  await utimes(diskPath, 1, 1234.5);
  expect((await findFiles([folder])).files).toEqual([
    { path: "Holiday/film", bytes: 5_000_000_000, diskPath, mtimeNanos: 1_234_500_000_000n },
  ]);
});

test("folders without files are left out", async () => {
  const folder = await holiday();
  await mkdir(join(folder, "empty"));
  expect(await findFiles([folder])).toEqual({ files: [], skipped: [] });
});

describe("a link", () => {
  test("to a file in the same folder is that file under the link's name", async () => {
    const folder = await holiday("a.txt");
    await symlink("a.txt", join(folder, "link.txt"));
    await mkdir(join(folder, "deep"));
    await symlink(join(folder, "link.txt"), join(folder, "deep", "again.txt"));
    const { files, skipped } = await findFiles([folder]);
    expect(files.map(({ path, diskPath }) => [path, diskPath])).toEqual([
      ["Holiday/a.txt", join(folder, "a.txt")],
      ["Holiday/deep/again.txt", join(folder, "a.txt")],
      ["Holiday/link.txt", join(folder, "a.txt")],
    ]);
    expect(skipped).toEqual([]);
  });

  test("that leads out of the folder, nowhere, to a folder or to itself is skipped with a reason", async () => {
    const folder = await holiday("sub/a.txt");
    await writeFile(join(folder, "..", "secret"), "");
    await mkdir(join(folder, "..", "Holiday-2"));
    await writeFile(join(folder, "..", "Holiday-2", "b"), "");
    await symlink("../secret", join(folder, "out"));
    await symlink("../Holiday-2/b", join(folder, "out-to-like-name"));
    await symlink("gone", join(folder, "nowhere"));
    await symlink("..", join(folder, "sub", "loop"));
    await symlink("sub", join(folder, "to-folder"));
    await symlink("self", join(folder, "self"));
    const { files, skipped } = await findFiles([folder]);
    expect(files.map(({ path }) => path)).toEqual(["Holiday/sub/a.txt"]);
    expect(skipped).toEqual([
      { path: "Holiday/nowhere", reason: "It is a link that leads nowhere." },
      { path: "Holiday/out", reason: "It is a link that leads out of the folder." },
      { path: "Holiday/out-to-like-name", reason: "It is a link that leads out of the folder." },
      { path: "Holiday/self", reason: "It is a link that leads nowhere." },
      { path: "Holiday/sub/loop", reason: "It is a link to a folder." },
      { path: "Holiday/to-folder", reason: "It is a link to a folder." },
    ]);
  });

  test("that the person named is followed", async () => {
    const folder = await holiday("a.txt");
    await symlink(folder, join(folder, "..", "Trip"));
    await symlink(join(folder, "a.txt"), join(folder, "..", "b.txt"));
    expect(await pathsIn(join(folder, "..", "Trip"))).toEqual(["Trip/a.txt"]);
    const { files } = await findFiles([join(folder, "..", "b.txt")]);
    expect(files).toMatchObject([{ path: "b.txt", diskPath: join(folder, "a.txt") }]);
  });
});

test.runIf(process.platform !== "win32")(
  "pipes and sockets are skipped in a folder, and refused by name",
  async () => {
    const folder = await holiday("a.txt");
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    const { files, skipped } = await findFiles([folder]);
    server.close();
    expect(files.map(({ path }) => path)).toEqual(["Holiday/a.txt"]);
    expect(skipped).toEqual([
      { path: "Holiday/pipe", reason: "It is not a file." },
      { path: "Holiday/socket", reason: "It is not a file." },
    ]);
    await expect(findFiles([join(folder, "pipe")])).rejects.toThrow("neither a file nor a folder");
  },
);

test("a missing path is refused with a sentence", async () => {
  const path = join(await temporaryFolder(), "gone");
  await expect(findFiles([path])).rejects.toThrow(`${path} is not there.`);
  await expect(findFiles(["/"])).rejects.toThrow("/ has no name.");
});

test.runIf(process.platform === "linux")("a name that is not UTF-8 is refused with a sentence", async () => {
  const folder = await holiday();
  await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]), "");
  await expect(findFiles([folder])).rejects.toThrow("is not written in UTF-8. Rename it");
});

test("the number of files is limited", async () => {
  const folder = await holiday("a", "b", "c/d");
  expect(MAX_FOUND_FILES).toBe(250_000);
  expect((await findFiles([folder], 3)).files).toHaveLength(3);
  await expect(findFiles([folder], 2)).rejects.toThrow("There are more than 2 files.");
});
