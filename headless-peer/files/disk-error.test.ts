import { execFileSync } from "node:child_process";
import { chmod, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { StorageError } from "#shared/driver/ports.ts";
import { onDisk } from "./disk-error.ts";
import {
  filesBelow,
  makeTorrent,
  startDownload,
  temporaryFolder,
  writePieces,
} from "./download.test-support.ts";

const TORRENT = makeTorrent("Films", [{ path: "a", bytes: 1_000_000 }], 65_536);
const COUNT = TORRENT.info.layout.pieceCount;
const ALL = [...Array(COUNT).keys()];

import { Descriptor } from "./descriptor.ts";
import { targetPaths } from "./target-paths.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  ["ENOSPC", /no space left .* Free space/],
  ["EDQUOT", /no space left .* Free space/],
  ["EACCES", /no permission .* choose another folder/],
  ["EPERM", /no permission .* choose another folder/],
  ["EROFS", /read-only disk.* Choose another folder/],
  ["EMFILE", /too many files .*ulimit -n/],
  ["ENFILE", /too many files .*ulimit -n/],
  ["EISDIR", /is a folder.* Move it away/],
  ["ENOTDIR", /is a file or a broken link.* Move it away/],
  ["ELOOP", /symbolic link.* Replace it/],
  ["EEXIST", /not overwritten.* Move it away/],
  ["ENOENT", /not there.* put it back/],
  ["ENAMETOOLONG", /too long for its disk.* shorter path/],
  ["EFBIG", /larger than its disk.* another disk/],
  ["EIO", /EIO.* Check its disk/],
])("%s becomes a sentence with the path and what to do", async (code, sentence) => {
  const failing = onDisk("/some/path", () => Promise.reject(Object.assign(new Error("x"), { code })));
  await expect(failing).rejects.toThrow(StorageError);
  await expect(failing).rejects.toThrow(sentence);
  await expect(failing).rejects.toThrow("/some/path");
});

/** Makes the next calls of a method fail on any open file, as a full disk does. */
async function failing(method: "write" | "sync" | "writeFile", times: number): Promise<void> {
  const handle = await open("/dev/null");
  onTestFinished(() => handle.close());
  const prototype = method === "writeFile" ? Object.getPrototypeOf(handle) : Descriptor.prototype;
  const spy = vi.spyOn(prototype, method);
  const error = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  for (let time = 0; time < times; time++) spy.mockRejectedValueOnce(error);
}

test("a disk that was full for a while only delays the download", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(TORRENT, folder);
  await writePieces(storage, TORRENT, [0]);
  await failing("write", 1);
  await expect(writePieces(storage, TORRENT, [1])).rejects.toThrow(join(folder, "Films/a.partial"));
  await writePieces(storage, TORRENT, ALL);
  expect((await stat(join(folder, "Films/a"))).size).toBe(1_000_000);
});

test("a download does not begin while its resume file cannot be written", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(TORRENT, folder);
  await failing("writeFile", 1);
  await expect(writePieces(storage, TORRENT, [0])).rejects.toThrow(
    join(folder, targetPaths(TORRENT).hidden.resume),
  );
  expect((await filesBelow(folder)).has("Films/a.partial")).toBe(false);
  await writePieces(storage, TORRENT, ALL);
  expect((await stat(join(folder, "Films/a"))).size).toBe(1_000_000);
});

test("pieces whose sync failed are not trusted, however often one retries, until the next start has checked them", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(TORRENT, folder);
  await writePieces(storage, TORRENT, [0]);
  await failing("sync", 1);
  await expect(storage.sync()).rejects.toThrow("no space left");
  await expect(writePieces(storage, TORRENT, [1])).rejects.toThrow("no space left");
  await expect(writePieces(storage, TORRENT, [1])).rejects.toThrow("no space left");
  await storage.close();

  const again = await startDownload(TORRENT, folder);
  expect(again.checkedPieces).toEqual([0]);
  await writePieces(again.storage, TORRENT, ALL);
  expect((await stat(join(folder, "Films/a"))).size).toBe(1_000_000);
});

describe("a full disk", () => {
  test("is reported by path, and the download resumes when there is space again", async (context) => {
    const folder = await temporaryFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "none", folder], { stdio: "ignore" });
    } catch {
      return context.skip("this machine does not let the test mount a small disk");
    }
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    const { storage } = await startDownload(TORRENT, folder);
    await expect(writePieces(storage, TORRENT, ALL)).rejects.toThrow(
      /no space left for .*a\.partial\. Free space/,
    );
    execFileSync("mount", ["-o", "remount,size=8m", folder]);
    await writePieces(storage, TORRENT, ALL);
    expect((await readFile(join(folder, "Films/a"))).equals(TORRENT.content)).toBe(true);
  });
});

/** A user without any files. */
const NOBODY = 65_534;

test("the error names a folder that may not be written", async () => {
  const folder = await temporaryFolder();
  await chmod(folder, 0o555);
  if (process.getuid?.() === 0) {
    process.seteuid?.(NOBODY); // Root may write anywhere.
    onTestFinished(() => process.seteuid?.(0));
  }
  await expect(startDownload(TORRENT, folder)).rejects.toThrow(/no permission/);
});

test("the error names a file in the place of a folder, and a folder in the place of a file", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "Films"), "");
  await expect(startDownload(TORRENT, folder)).rejects.toThrow(join(folder, "Films"));
  await rm(join(folder, "Films"));
  await mkdir(join(folder, "Films/a"), { recursive: true });
  await expect(startDownload(TORRENT, folder)).rejects.toThrow(join(folder, "Films/a"));
  await rm(join(folder, "Films/a"), { recursive: true });
  await mkdir(join(folder, "Films/a.partial"));
  await expect(startDownload(TORRENT, folder)).rejects.toThrow(join(folder, "Films/a.partial"));
});

test("the error names a folder whose name is too long for the disk", async () => {
  const folder = join(await temporaryFolder(), "x".repeat(300));
  await expect(startDownload(TORRENT, folder)).rejects.toThrow(/too long for its disk/);
});
