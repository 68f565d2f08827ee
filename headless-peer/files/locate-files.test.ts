import { mkdir, readdir, realpath, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { makeTorrent, type TestTorrent, temporaryFolder } from "./download.test-support.ts";
import { locateFiles, MAX_ALIKE } from "./locate-files.ts";

const FILES = [
  { path: "a", bytes: 5 },
  { path: "Vol. 1: Part?/b", bytes: 5 },
];
const FOLDER = makeTorrent("Films", FILES, 16);
const SINGLE = makeTorrent("What is it?.mkv", [{ path: "What is it?.mkv", bytes: 5 }], 16);

const COMPOSED = "Caf\u00e9";
const DECOMPOSED = "Cafe\u0301";

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
  ["the folder that holds it", ""],
])("the files are found in %s", async (_, data) => {
  const folder = await realpath(await temporaryFolder());
  const paths = ["Films/a", "Films/Vol. 1: Part?/b"].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(FOLDER, join(folder, data))).toEqual(paths);
});

test("names are also found as we would have saved them", async () => {
  const folder = await realpath(await temporaryFolder());
  const paths = ["a", "Vol. 1_ Part_/b"].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(FOLDER, folder)).toEqual(paths);
});

test("the data of a single file may be the file itself, under any name, or its folder", async () => {
  const folder = await realpath(await temporaryFolder());
  const path = join(folder, "What is it?.mkv");
  await put(path);
  expect(await locate(SINGLE, folder)).toEqual([path]);
  await rename(path, join(folder, "other"));
  expect(await locate(SINGLE, join(folder, "other"))).toEqual([join(folder, "other")]);
});

test("for a path that a torrent has twice there are two files, the second as we would have saved it", async () => {
  const folder = await realpath(await temporaryFolder());
  const twice = makeTorrent(
    "T",
    [
      { path: "a.txt", bytes: 5 },
      { path: "a.txt", bytes: 5 },
      { path: "a (2).txt", bytes: 5 },
    ],
    16,
  );
  const paths = ["a.txt", "a (2).txt", "a (2) (2).txt"].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(twice, folder)).toEqual(paths);
});

test("one file may serve a path that a torrent has twice", async () => {
  const folder = await realpath(await temporaryFolder());
  await put(join(folder, "a"));
  const file = { path: "a", bytes: 5 };
  expect(await locate(makeTorrent("T", [file, file], 16), folder)).toEqual([
    join(folder, "a"),
    join(folder, "a"),
  ]);
});

test.each([
  ["composed", "decomposed", COMPOSED, DECOMPOSED],
  ["decomposed", "composed", DECOMPOSED, COMPOSED],
])("%s names in a torrent are found when they are %s on the disk", async (_, __, ours, theirs) => {
  const folder = await realpath(await temporaryFolder());
  await put(join(folder, theirs, theirs, `${theirs}.txt`));
  const torrent = makeTorrent(ours, [{ path: `${ours}/${ours}.txt`, bytes: 5 }], 16);
  expect(await locate(torrent, folder)).toEqual([join(folder, theirs, theirs, `${theirs}.txt`)]);

  await put(join(folder, `${theirs}.mkv`));
  const single = makeTorrent(`${ours}.mkv`, [{ path: `${ours}.mkv`, bytes: 5 }], 16);
  expect(await locate(single, folder)).toEqual([join(folder, `${theirs}.mkv`)]);
});

test("of look-alike names the exact one is taken, or else the one of the right size", async () => {
  const folder = await realpath(await temporaryFolder());
  const both = ["o\u0302\u0323", "o\u0323\u0302"]; // Neither is composed.
  const composed = "\u1ed9";
  const torrent = makeTorrent("T", [{ path: composed, bytes: 5 }], 16);
  await put(...both.map((name) => join(folder, name)));
  for (const name of both) {
    await truncate(join(folder, name), 4);
    for (const other of both) {
      if (other !== name) expect(await locate(torrent, folder)).toEqual([join(folder, other)]);
    }
    await put(join(folder, name));
  }
  await put(join(folder, composed));
  await truncate(join(folder, composed), 4); // `openSeed` reports it.
  expect(await locate(torrent, folder)).toEqual([join(folder, composed)]);
});

test("of very many look-alike names only the first are followed", async () => {
  const folder = await realpath(await temporaryFolder());
  const forms = Array.from({ length: 16 }, (_, bits) =>
    [...COMPOSED.repeat(4).replaceAll("Caf", "")]
      .map((letter, at) => (bits & (1 << at) ? letter.normalize("NFD") : letter))
      .join(""),
  );
  await put(...forms.slice(1).map((name) => join(folder, name)));
  const names = await readdir(folder);
  const torrent = makeTorrent("T", [{ path: forms[0] ?? "", bytes: 6 }], 16);
  for (const [at, found] of [
    [MAX_ALIKE - 1, MAX_ALIKE - 1],
    [MAX_ALIKE, 0],
  ] as const) {
    const right = join(folder, names[at] ?? "");
    await truncate(right, 6);
    expect(await locate(torrent, folder)).toEqual([join(folder, names[found] ?? "")]);
    await truncate(right, 5);
  }
});

test("a torrent may have two look-alike names", async () => {
  const folder = await realpath(await temporaryFolder());
  const torrent = makeTorrent(
    "T",
    [
      { path: DECOMPOSED, bytes: 5 },
      { path: COMPOSED, bytes: 5 },
    ],
    16,
  );
  const paths = [DECOMPOSED, COMPOSED].map((path) => join(folder, path));
  await put(...paths);
  expect(await locate(torrent, folder)).toEqual(paths);
  const saved = [DECOMPOSED, `${COMPOSED} (2)`].map((path) => join(folder, path)); // As we save them.
  await rename(join(folder, COMPOSED), saved[1] ?? "");
  expect(await locate(torrent, folder)).toEqual(saved);
});

test("look-alike folders are both searched", async () => {
  const folder = await realpath(await temporaryFolder());
  const paths = [join(folder, DECOMPOSED, "a"), join(folder, COMPOSED, "b")];
  await put(...paths);
  const torrent = makeTorrent(
    "T",
    [
      { path: `${COMPOSED}/a`, bytes: 5 },
      { path: `${COMPOSED}/b`, bytes: 5 },
    ],
    16,
  );
  expect(await locate(torrent, folder)).toEqual(paths);
});

test("padding and symbolic links need not be there", async () => {
  const { info } = makeTorrent(
    "T",
    [
      { path: "a", bytes: 20 },
      { path: "_____padding_file_0_", bytes: 12 },
      { path: "link", bytes: 0, attr: "l" },
      { path: "b", bytes: 5 },
    ],
    32,
  );
  const folder = await temporaryFolder();
  await writeFile(join(folder, "a"), "");
  await writeFile(join(folder, "b"), "");
  const files = await locateFiles(info, folder);
  expect(files.map(({ diskPath }) => diskPath && basename(diskPath))).toEqual(["a", "", "", "b"]);
});

test("the error names what is missing", async () => {
  const folder = await realpath(await temporaryFolder());
  await put(join(folder, "Films/a"));
  await expect(locate(FOLDER, folder)).rejects.toThrow(`${join(folder, "Films/Vol. 1_ Part_/b")} is missing`);
  await rm(folder, { recursive: true });
  await expect(locate(FOLDER, folder)).rejects.toThrow(folder);
});

test("names in a torrent cannot lead outside the folder", async () => {
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

test("a link may lead to another place inside the folder, but not outside", async () => {
  const folder = await realpath(await temporaryFolder());
  const outside = await realpath(await temporaryFolder());
  await put(join(folder, "Films/Vol. 1: Part?/b"), join(folder, "Films/real"), join(outside, "a"));
  await symlink(join(folder, "Films/real"), join(folder, "Films/a"));
  expect((await locate(FOLDER, folder))[0]).toBe(join(folder, "Films/real"));
  await rm(join(folder, "Films/a"));
  await symlink(join(outside, "a"), join(folder, "Films/a"));
  await expect(locate(FOLDER, folder)).rejects.toThrow("is a link to");
});
