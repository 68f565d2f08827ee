import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { KIB, MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab, type Tab } from "./tab.ts";

const ROOT = "Kỳ nghỉ 🏖️";

/** Paths below the folder and their sizes: empty, one byte, a piece and a bit, several pieces. */
const FILES: readonly (readonly [path: string, bytes: number])[] = [
  ["đọc tôi trước.txt", 1],
  ["trống.txt", 0],
  ["ảnh/bãi biển 🌊.jpg", 600 * KIB],
  ["ảnh/sâu/sâu hơn/👨‍👩‍👧‍👦.png", 3 * MIB + 17],
  ["ảnh/sâu/b.bin", 70 * KIB],
];

test("a folder arrives with its sub-folders, an empty file and names in any script, saved as one ZIP", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openTab(context, tracker.url);
  for (const path of [".DS_Store", "ảnh/Thumbs.db", "ảnh/sâu/Desktop.ini"])
    await randomFile(join(folder, ROOT), path, 10);
  const sums = await shareTree(seeder, folder);
  await expect(seeder.page.getByText("Left out: 3 files that the system made")).toBeVisible();
  const leecher = await openTab(await newPerson(), await seeder.shareLink(ROOT));
  await leecher.expectState(ROOT, "seeding");
  await expect(leecher.entry(ROOT)).toContainText("5 files");
  const create = new RunningCommand("create", join(folder, ROOT), "--out", join(folder, "same.torrent"));
  expect((await create.line("created"))["infoHash"]).toBe(await seeder.infoHash(ROOT));

  const unpacked = readZip(await leecher.save(ROOT));
  expect(unpacked).toEqual(Object.fromEntries(sums.map(([path, sum]) => [`${ROOT}/${path}`, sum])));
});

test("a folder is saved into a folder that the person picks", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openTab(context, tracker.url);
  const sums = await shareTree(seeder, folder);
  const leecher = await openTab(await newPerson(), await seeder.shareLink(ROOT));
  await leecher.expectState(ROOT, "seeding");

  // No test can use the browser's own picker; the folder that this one returns is a real one.
  await leecher.page.evaluate(() => {
    window.showDirectoryPicker = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle("picked", { create: true });
  });
  await leecher.press(ROOT, "Save to folder");
  await expect
    .poll(() => leecher.page.evaluate(sumsInPickedFolder))
    .toEqual(Object.fromEntries(sums.map(([path, sum]) => [`${ROOT}/${path}`, sum])));
});

test("loose files become one torrent, named after the first", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const paths = await Promise.all(
    ["b.txt", "a.txt", "c.txt"].map((name) => randomFile(folder, name, 10 * KIB)),
  );
  const seeder = await openTab(context, tracker.url);
  await seeder.share(...paths);
  const name = "a.txt and 2 more";
  await seeder.expectState(name, "seeding");
  const leecher = await openTab(await newPerson(), await seeder.shareLink(name));
  await leecher.expectState(name, "seeding");
  const unpacked = readZip(await leecher.save(name));
  expect(Object.keys(unpacked)).toEqual(["a.txt", "b.txt", "c.txt"].map((file) => `${name}/${file}`));
});

/** Makes the folder, shares it and returns the SHA-256 of each file, by path. */
async function shareTree(seeder: Tab, folder: string): Promise<(readonly [path: string, sum: string])[]> {
  for (const [path, bytes] of FILES) await randomFile(folder, `${ROOT}/${path}`, bytes);
  await seeder.shareFolder(join(folder, ROOT));
  await seeder.expectState(ROOT, "seeding");
  return Promise.all(FILES.map(async ([path]) => [path, await sha256(join(folder, ROOT, path))] as const));
}

/** The SHA-256 of each file in a ZIP, by path. Read with Python, whose code is not ours and which checks every CRC-32. */
function readZip(path: string): Record<string, string> {
  const script = `
import hashlib, json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({i.filename: hashlib.sha256(archive.read(i)).hexdigest() for i in archive.infolist()}))`;
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`python3 could not read the archive: ${stderr}`);
  return JSON.parse(stdout);
}

/** Runs in the page. */
async function sumsInPickedFolder(): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const [name, handle] of folder.entries()) {
      if (handle instanceof FileSystemDirectoryHandle) {
        await walk(handle, `${path}${name}/`);
      } else if (handle instanceof FileSystemFileHandle) {
        const bytes = await (await handle.getFile()).arrayBuffer();
        const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        sums[path + name] = Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
      }
    }
  };
  // Whoever comes first makes it: the page or this look.
  const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle("picked", {
    create: true,
  });
  await walk(picked, "");
  return sums;
}
