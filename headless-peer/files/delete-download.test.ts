import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { deleteDownload } from "./delete-download.ts";
import { makeTorrent, pieceOf } from "./download.test-support.ts";
import { openDownload } from "./download-storage.ts";
import { OpenFiles } from "./open-files.ts";

const newFolder = temporaryFolders();
const FILES = [
  { path: "disc 1/a", bytes: 16_384 },
  { path: "disc 1/b", bytes: 16_384 },
  { path: "c", bytes: 20_000 },
];
const torrent = makeTorrent("Album", FILES, 16_384);

async function downloaded(folder: string, pieces: readonly number[]): Promise<void> {
  const storage = await openDownload({ ...torrent, folder, selectedFiles: undefined }, new OpenFiles(10));
  await storage.check(() => {}, new AbortController().signal);
  for (const piece of pieces) await storage.write(piece as PieceIndex, pieceOf(torrent, piece as PieceIndex));
  await storage.close();
}

test.each([
  ["whole", [0, 1, 2, 3]],
  ["half", [0, 2]],
])("nothing stays of a %s download", async (_, pieces) => {
  const folder = await newFolder();
  await downloaded(folder, pieces);
  await deleteDownload({ ...torrent, folder });
  expect(await readdir(folder)).toEqual([]);
});

test("what is not the torrent's stays: other files, files of another size, and all that links lead to", async () => {
  const folder = await newFolder();
  const elsewhere = await newFolder();
  await downloaded(folder, [0]);
  await writeFile(join(folder, "Album/notes"), "mine");
  await writeFile(join(folder, "Album/c"), "another c");
  await writeFile(join(elsewhere, "a"), Buffer.alloc(16_384));
  await deleteDownload({ ...torrent, folder });
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(["Album", "Album/c", "Album/notes"]);
  await symlink(elsewhere, join(folder, "Album/disc 1"));
  await expect(deleteDownload({ ...torrent, folder })).rejects.toThrow("symbolic link");
  expect(await readdir(elsewhere)).toEqual(["a"]);
});

test("a download that never began leaves nothing to delete", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "Album"));
  await deleteDownload({ ...torrent, folder });
  expect(await readdir(folder)).toEqual([]);
});
