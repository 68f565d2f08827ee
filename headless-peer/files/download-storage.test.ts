import { execFileSync } from "node:child_process";
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { Descriptor } from "./descriptor.ts";
import {
  fileOf,
  filesBelow,
  makeTorrent,
  openBelow,
  pieceOf,
  startDownload,
  type TestTorrent,
  temporaryFolder,
  writePieces,
} from "./download.test-support.ts";
import { openDownload } from "./download-storage.ts";
import { MAX_OPEN_FILES, OpenFiles } from "./open-files.ts";
import { targetPaths } from "./target-paths.ts";

const PIECE = 16;
/** Pieces 0 to 6: a has 0 to 2, b 2 to 5, c 5 and 6. */
const ABC = makeTorrent(
  "Films",
  [
    { path: "a", bytes: 40 },
    { path: "deep/er/b", bytes: 45 },
    { path: "c", bytes: 20 },
    { path: "empty", bytes: 0 },
  ],
  PIECE,
);
const ALL = [0, 1, 2, 3, 4, 5, 6];

const hiddenOf = (torrent: TestTorrent) => targetPaths(torrent).hidden;

const visible = async (folder: string): Promise<string[]> =>
  [...(await filesBelow(folder)).keys()].filter((path) => !path.startsWith(".")).sort();

test("files are filled as .partial at their final offsets, and get their final names when they are whole", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  expect(await visible(folder)).toEqual(["Films/empty"]);

  await writePieces(storage, ABC, [1, 6]);
  await storage.sync();
  expect(await visible(folder)).toEqual(["Films/a.partial", "Films/c.partial", "Films/empty"]);
  expect((await readFile(join(folder, "Films/a.partial"))).subarray(PIECE)).toEqual(
    Buffer.from(fileOf(ABC, 0).subarray(PIECE, 2 * PIECE)),
  );

  await writePieces(storage, ABC, [0, 2]);
  await storage.sync();
  expect(await visible(folder)).toEqual([
    "Films/a",
    "Films/c.partial",
    "Films/deep/er/b.partial",
    "Films/empty",
  ]);
});

test("everything is in place when the write of the last piece resolves", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await Promise.all(ALL.map((piece) => writePieces(storage, ABC, [piece])));
  await expectWhole(ABC, folder);
});

test("a complete download keeps nothing open but its files, which others may close", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  const resumePath = join(folder, hiddenOf(ABC).resume);
  await writePieces(storage, ABC, ALL.slice(1));
  expect(await openBelow(resumePath)).toHaveLength(1);
  await writePieces(storage, ABC, [0]);
  expect(await openBelow(resumePath)).toEqual([]);
});

test("pieces are read back as written, and pieces that are not held are undefined", async () => {
  const { storage } = await startDownload(ABC, await temporaryFolder());
  await writePieces(storage, ABC, [2, 5]);
  for (const index of ALL) {
    const piece = ABC.info.layout.piece(index);
    if (piece === undefined) continue;
    const wanted = index === 2 || index === 5 ? Buffer.from(pieceOf(ABC, piece)) : undefined;
    expect(await storage.read(piece)).toEqual(wanted);
  }
});

test("after a clean end the next start knows what is held without a check", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 3, 6]);
  await first.storage.close();

  const { storage, held, checkedPieces } = await startDownload(ABC, folder);
  expect(checkedPieces).toEqual([]);
  expect([...held]).toEqual([0, 3, 6]);
  await writePieces(storage, ABC, ALL);
  await storage.close();

  const whole = await startDownload(ABC, folder);
  expect(whole.checkedPieces).toEqual([]);
  expect(whole.held.size).toBe(7);
});

test("after a kill the next start checks only what was written since the last sync", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, [0, 1]);
  await storage.sync();
  await writePieces(storage, ABC, [6]);
  await journalled(folder, 6);

  const { held, checkedPieces } = await startDownload(ABC, folder);
  expect(checkedPieces).toEqual([6]);
  expect([...held]).toEqual([0, 1, 6]);
});

test("pieces written during a sync are recorded, too", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, [0]);
  vi.spyOn(Descriptor.prototype, "sync").mockImplementationOnce(async () => {
    await writePieces(storage, ABC, [6]);
    await journalled(folder, 6);
  });
  await storage.sync();
  await journalled(folder, 6);
  expect((await startDownload(ABC, folder)).checkedPieces).toEqual([6]);
});

test("an interrupted check leaves the rest to the next start", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 1, 3, 4, 6]);
  await first.storage.close();
  await rm(join(folder, hiddenOf(ABC).resume));

  const storage = await openDownload({ ...ABC, folder, selectedFiles: undefined }, new OpenFiles());
  const abort = new AbortController();
  await expect(storage.check(() => abort.abort(), abort.signal)).rejects.toThrow("aborted");
  await storage.close();
  expect([...(await startDownload(ABC, folder)).held].sort()).toEqual([0, 1, 3, 4, 6]);
});

test.each([
  ["another time", (path: string) => utimes(path, 1_000, 1_000)],
  ["another size", (path: string) => truncate(path, 39)],
])("of all files only one with %s is checked", async (_, change) => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 1, 3, 4, 6]);
  await first.storage.close();
  await change(join(folder, "Films/a.partial"));

  const { held, checkedPieces } = await startDownload(ABC, folder);
  expect(checkedPieces).toEqual([0, 1]);
  expect([...held].sort()).toEqual([0, 1, 3, 4, 6]);
});

test("a byte changed between two runs is found and downloaded again", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 1, 6]);
  await first.storage.close();
  await flipByte(join(folder, "Films/a.partial"), 20);

  const { storage, held } = await startDownload(ABC, folder);
  expect([...held].sort()).toEqual([0, 6]);
  await writePieces(storage, ABC, ALL);
  await expectWhole(ABC, folder);
});

test.each([
  ["cut off", (path: string) => truncate(path, 50)],
  [
    "full of something else",
    (path: string) => writeFile(path, "not a resume file at all, though long enough"),
  ],
  ["empty", (path: string) => writeFile(path, "")],
  ["damaged", (path: string) => flipByte(path, 60)],
  ["missing", (path: string) => rm(path)],
])("with a resume file that is %s everything is checked and nothing lost", async (_, damage) => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 1, 2]);
  await first.storage.close();
  await damage(join(folder, hiddenOf(ABC).resume));

  const { storage, held } = await startDownload(ABC, folder);
  expect([...held].sort()).toEqual([0, 1, 2]);
  await writePieces(storage, ABC, ALL);
  await expectWhole(ABC, folder);
});

test("after a crash between the two names of a whole file one is left", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0, 1, 2]);
  await first.storage.close();
  await link(join(folder, "Films/a"), join(folder, "Films/a.partial"));

  const { checkedPieces } = await startDownload(ABC, folder);
  expect(checkedPieces).toEqual([]);
  expect(await visible(folder)).toEqual(["Films/a", "Films/deep/er/b.partial", "Films/empty"]);
});

test("an existing file is used if it is the right one, and stays untouched", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "Films"));
  await writeFile(join(folder, "Films/a"), fileOf(ABC, 0));
  const before = await stat(join(folder, "Films/a"));

  const { storage, held, checkedPieces } = await startDownload(ABC, folder);
  expect(checkedPieces).toEqual([0, 1]);
  expect([...held].sort()).toEqual([0, 1]);
  await writePieces(storage, ABC, ALL);
  await expectWhole(ABC, folder);
  expect((await stat(join(folder, "Films/a"))).mtimeMs).toBe(before.mtimeMs);
});

test.each([
  ["another size", (file: Uint8Array) => file.subarray(1)],
  ["other bytes", (file: Uint8Array) => file.map((byte, at) => (at === 3 ? byte ^ 1 : byte))],
])("an existing file with %s is refused by name and not overwritten", async (_, change) => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "Films"));
  const own = change(fileOf(ABC, 0));
  await writeFile(join(folder, "Films/a"), own);
  await expect(startDownload(ABC, folder)).rejects.toThrow(inTheWay(join(folder, "Films/a")));
  expect(await readFile(join(folder, "Films/a"))).toEqual(Buffer.from(own));
});

test("an existing file that differs in a piece shared with another file is found out when that piece arrives", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "Films"));
  const own = fileOf(ABC, 0).map((byte, at) => (at === 39 ? byte ^ 1 : byte));
  await writeFile(join(folder, "Films/a"), own);
  const { storage } = await startDownload(ABC, folder);
  await expect(writePieces(storage, ABC, [2])).rejects.toThrow(inTheWay(join(folder, "Films/a")));
  expect(await readFile(join(folder, "Films/a"))).toEqual(Buffer.from(own));
});

test("a file that appears during its download is not overwritten", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, [0, 1]);
  await writeFile(join(folder, "Films/a"), "mine");
  await expect(writePieces(storage, ABC, [2, 3, 4, 5, 6])).rejects.toThrow(join(folder, "Films/a"));
  expect(await readFile(join(folder, "Films/a"), "utf8")).toBe("mine");
  expect(await visible(folder)).toContain("Films/c"); // The others are not affected.
  await expect(writePieces(storage, ABC, [2])).rejects.toThrow(join(folder, "Films/a"));
  await rm(join(folder, "Films/a"));
  await writePieces(storage, ABC, [2]); // The session requests the piece again when it resumes.
  await expectWhole(ABC, folder);
});

test("a .partial file that holds nothing of the torrent is left alone", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "Films"));
  const partial = join(folder, "Films/a.partial");
  await writeFile(partial, "the person's own bytes, of which there are quite a few");
  await expect(startDownload(ABC, folder)).rejects.toThrow(inTheWay(partial));
  expect(await readFile(partial, "utf8")).toMatch(/^the person's own bytes/);
});

test("two torrents with the same folder name download side by side, each with its own progress", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [0]);
  await writePieces(first.storage, ABC, [0, 2]);
  await first.storage.close();
  const other = makeTorrent("Films", [{ path: "x", bytes: 40 }], PIECE, 2);
  const second = await startDownload(other, folder);
  await writePieces(second.storage, other, [0, 1, 2]);
  await second.storage.close();

  const { storage, held, checkedPieces } = await startDownload(ABC, folder, [0]);
  expect([...held]).toEqual([0, 2]);
  expect(checkedPieces).toEqual([]);
  await writePieces(storage, ABC, [1]);
  expect(await visible(folder)).toEqual(["Films/a", "Films/x"]);
});

test("two torrents with a file at the same path do not both write to it", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder);
  await writePieces(first.storage, ABC, [0]);
  const other = makeTorrent(
    "Films",
    [
      { path: "a", bytes: 40 },
      { path: "x", bytes: 1 },
    ],
    PIECE,
    2,
  );
  await expect(startDownload(other, folder)).rejects.toThrow(inTheWay(join(folder, "Films/a.partial")));
});

describe("hidden files named after the torrent, as earlier versions did,", () => {
  const { hidden, formerHidden } = targetPaths(ABC);

  /** An unfinished download with the earlier names. */
  async function begunLongAgo(folder: string): Promise<void> {
    const { storage } = await startDownload(ABC, folder, [1]);
    await writePieces(storage, ABC, [2, 3]);
    await storage.close();
    for (const kind of ["resume", "parts"] as const)
      await rename(join(folder, hidden[kind]), join(folder, formerHidden[kind]));
  }

  test("are taken over", async () => {
    const folder = await temporaryFolder();
    await begunLongAgo(folder);
    const { held, checkedPieces } = await startDownload(ABC, folder, [1]);
    expect([...held]).toEqual([2, 3]);
    expect(checkedPieces).toEqual([]);
    expect([...(await filesBelow(folder)).keys()].filter((path) => path.startsWith(".")).sort()).toEqual(
      [hidden.parts, hidden.resume].sort(),
    );
  });

  test.each([
    ["of another torrent", (folder: string) => begunLongAgo(folder)],
    ["unreadable", (folder: string) => writeFile(join(folder, formerHidden.resume), "what is this?")],
  ])("stay as they are if they are %s", async (_, put) => {
    const folder = await temporaryFolder();
    await put(folder);
    const before = await filesBelow(folder);
    const other = makeTorrent("Films", [{ path: "x", bytes: 40 }], PIECE, 2);
    const { storage } = await startDownload(other, folder);
    await writePieces(storage, other, [0, 1, 2]);
    await storage.close();
    const after = await filesBelow(folder);
    for (const [path, bytes] of before) expect(after.get(path), path).toEqual(bytes);
  });
});

test("a torrent may have files with the names of partial files", async () => {
  const folder = await temporaryFolder();
  const torrent = makeTorrent(
    "T",
    [
      { path: "a", bytes: 20 },
      { path: "a.partial", bytes: 20 },
      { path: "a.2.partial/x", bytes: 20 },
      { path: "A.3.PARTIAL", bytes: 20 },
    ],
    PIECE,
  );
  const { storage } = await startDownload(torrent, folder);
  await writePieces(storage, torrent, [0, 1, 2, 3, 4]);
  await expectWhole(torrent, folder);
});

test("symbolic links in a torrent are not created, and programs are executable", async () => {
  const folder = await temporaryFolder();
  const torrent = makeTorrent(
    "P",
    [
      { path: "a", bytes: 20 },
      { path: "link", bytes: 0, attr: "l" },
      { path: "run", bytes: 70, attr: "x" },
      { path: "empty-run", bytes: 0, attr: "x" },
    ],
    PIECE,
  );
  const { storage } = await startDownload(torrent, folder);
  await writePieces(storage, torrent, [0, 1, 2, 3, 4, 5]);
  expect((await readdir(join(folder, "P"))).sort()).toEqual(["a", "empty-run", "run"]);
  const isProgram = async (name: string): Promise<boolean> =>
    ((await stat(join(folder, "P", name))).mode & 0o100) !== 0;
  expect([await isProgram("a"), await isProgram("run"), await isProgram("empty-run")]).toEqual([
    false,
    true,
    true,
  ]);
});

test("only selected files are written; the parts of their pieces in other files go into the hidden file, for peers", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [1]);
  await writePieces(first.storage, ABC, [2, 3, 4, 5]);
  expect(await visible(folder)).toEqual(["Films/deep/er/b"]);
  await first.storage.close();

  const { storage, held, checkedPieces } = await startDownload(ABC, folder, [1]);
  expect(checkedPieces).toEqual([]);
  expect([...held]).toEqual([2, 3, 4, 5]);
  for (const index of held) {
    const piece = ABC.info.layout.piece(index);
    if (piece !== undefined) expect(await storage.read(piece)).toEqual(Buffer.from(pieceOf(ABC, piece)));
  }
});

test("a file selected later takes its parts of other files' pieces with it, and is downloaded into its own file", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [1]);
  await writePieces(first.storage, ABC, [2, 3, 4, 5]);
  await first.storage.close();

  const { storage, held, checkedPieces } = await startDownload(ABC, folder);
  expect([...held].sort()).toEqual([2, 3, 4, 5]);
  expect(checkedPieces.sort()).toEqual([2, 5]);
  for (const piece of [2, 5] as PieceIndex[])
    expect(await storage.read(piece)).toEqual(Buffer.from(pieceOf(ABC, piece)));
  await writePieces(storage, ABC, [0, 1, 6]);
  await expectWhole(ABC, folder);
});

test.each<[string, (parts: string) => Promise<unknown>]>([
  ["damaged", (parts) => writeFile(parts, new Uint8Array(2 * PIECE))],
  ["too short", (parts) => truncate(parts, 1)],
  ["gone", (parts) => rm(parts)],
])("if the file of parts is %s, a file selected later gets all of its pieces anew", async (_, spoil) => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [1]);
  await writePieces(first.storage, ABC, [2, 3, 4, 5]);
  await first.storage.close();
  await spoil(join(folder, hiddenOf(ABC).parts));

  const { storage, held } = await startDownload(ABC, folder);
  expect([...held]).toEqual([3, 4]);
  await writePieces(storage, ABC, ALL);
  await expectWhole(ABC, folder);
});

test("a file no longer selected is still served", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [0, 1]);
  await writePieces(first.storage, ABC, [0, 1, 2, 3]);
  await first.storage.close();
  const { held, checkedPieces } = await startDownload(ABC, folder, [2]);
  expect(checkedPieces).toEqual([]);
  expect([...held]).toEqual([0, 1, 2, 3]);
});

test("data of a file of its own is not looked for in the file of parts", async () => {
  const folder = await temporaryFolder();
  const torrent = makeTorrent(
    "T",
    [5, 6, 5].map((bytes, at) => ({ path: `${at}`, bytes })),
    PIECE,
  );
  const first = await startDownload(torrent, folder, [0, 1]);
  await writePieces(first.storage, torrent, [0]);
  await first.storage.close();
  await rm(join(folder, "T/0"));
  expect((await startDownload(torrent, folder, [1])).held.size).toBe(0);
});

test("padding is served but not stored", async () => {
  const folder = await temporaryFolder();
  const torrent = makeTorrent(
    "P",
    [
      { path: "a", bytes: 10 },
      { path: ".pad/6", bytes: 6, isPadding: true },
      { path: "b", bytes: 20 },
    ],
    PIECE,
  );
  const { storage } = await startDownload(torrent, folder);
  await writePieces(storage, torrent, [0, 1, 2]);
  expect(await visible(folder)).toEqual(["P/a", "P/b"]);
  const piece = torrent.info.layout.piece(0);
  if (piece !== undefined) expect(await storage.read(piece)).toEqual(Buffer.from(pieceOf(torrent, piece)));
  await storage.close();
  expect((await startDownload(torrent, folder)).held.size).toBe(3);
});

test("padding that is not zeros ends the download", async () => {
  const files = [
    { path: "a", bytes: 10 },
    { path: "pad", bytes: 6, isPadding: true },
  ];
  const torrent = makeTorrent("P", files, PIECE);
  const { storage } = await startDownload(torrent, await temporaryFolder());
  const piece = torrent.info.layout.piece(0);
  const bytes = new Uint8Array(PIECE).fill(1);
  if (piece !== undefined) await expect(storage.write(piece, bytes)).rejects.toThrow("filler");
});

test.each([
  ["the torrent's folder", "Films", "Films/a"],
  ["a folder in it", "Films/deep", "Films/deep/er/b"],
  ["a file", "Films/a", "Films/a"],
  ["a partial file", "Films/a.partial", "Films/a"],
  ["the file of parts", hiddenOf(ABC).parts, "Films/a"],
])("%s that is a link leading outside is refused", async (_, path) => {
  const folder = await temporaryFolder();
  const outside = await temporaryFolder();
  await mkdir(join(folder, path, ".."), { recursive: true });
  await symlink(outside, join(folder, path));
  await expect(startDownload(ABC, folder)).rejects.toThrow(join(folder, path));
  expect((await filesBelow(outside)).size).toBe(0);
});

test.each([
  ["the chosen folder", "."],
  ["the torrent's folder", "Films"],
  ["a folder in it", "Films/deep"],
])("it does not write through %s that is swapped for a link during the download", async (_, path) => {
  const folder = join(await temporaryFolder(), "out");
  const outside = await temporaryFolder();
  await mkdir(join(outside, "Films/deep/er"), { recursive: true });
  await mkdir(join(outside, "deep/er"), { recursive: true });
  await mkdir(join(outside, "er"));
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, [0]); // So there are an open file and a resume file.
  const swapped = join(folder, path);
  await rename(swapped, `${folder}.moved`);
  await symlink(outside, swapped);

  await expect(writePieces(storage, ABC, [3])).rejects.toThrow("was moved or replaced during");
  await writePieces(storage, ABC, [1]).catch(() => {});
  await storage.close().catch(() => {});
  expect((await filesBelow(outside)).size).toBe(0);
});

test("it does not wait for a pipe that takes the place of a file", async () => {
  const folder = await temporaryFolder();
  const first = await startDownload(ABC, folder, [0]);
  await writePieces(first.storage, ABC, [0, 1, 2]);
  await first.storage.close();
  const { storage } = await startDownload(ABC, folder, [0]);
  await rm(join(folder, "Films/a"));
  execFileSync("mkfifo", [join(folder, "Films/a")]);
  const piece = ABC.info.layout.piece(0);
  if (piece !== undefined) await expect(storage.read(piece)).rejects.toThrow("Films/a was changed");
});

test("names that would lead outside stay inside", async () => {
  const folder = join(await temporaryFolder(), "in");
  const torrent = makeTorrent(
    "../..",
    [
      { path: "../../../x", bytes: 20 },
      { path: "/etc/y", bytes: 20 },
    ],
    PIECE,
  );
  const { storage } = await startDownload(torrent, folder);
  await writePieces(storage, torrent, [0, 1, 2]);
  await storage.close();
  const all = [...(await filesBelow(join(folder, ".."))).keys()];
  expect(all.length).toBeGreaterThan(2);
  expect(all.filter((path) => !path.startsWith("in/"))).toEqual([]);
});

test("a whole file that is changed is no longer served", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, ALL);
  await flipByte(join(folder, "Films/a"), 3);
  const piece = ABC.info.layout.piece(0);
  if (piece !== undefined) await expect(storage.read(piece)).rejects.toThrow(StorageError);
});

test("a whole file may be touched while the rest downloads, and while it is served", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder, [0]);
  await writePieces(storage, ABC, [0, 1, 2]);
  await utimes(join(folder, "Films/a"), 1_000, 1_000);
  const piece = ABC.info.layout.piece(2);
  if (piece !== undefined) expect(await storage.read(piece)).toEqual(Buffer.from(pieceOf(ABC, piece)));
  await storage.close();

  const whole = await startDownload(ABC, folder);
  await utimes(join(folder, "Films/a"), 2_000, 2_000);
  await writePieces(whole.storage, ABC, ALL);
  await expectWhole(ABC, folder);
});

test("a partial file that is replaced during the download does not get the final name", async () => {
  const folder = await temporaryFolder();
  const { storage } = await startDownload(ABC, folder);
  await writePieces(storage, ABC, [0, 1]);
  await rename(join(folder, "Films/a.partial"), join(folder, "taken"));
  await writeFile(join(folder, "Films/a.partial"), Buffer.alloc(40));
  await expect(writePieces(storage, ABC, [2, 3, 4, 5, 6])).rejects.toThrow("a.partial was changed");
  expect(await visible(folder)).not.toContain("Films/a");
});

test("any layout comes out whole, in any order of pieces, with restarts in between", async () => {
  const file = fc.record({ bytes: fc.oneof(fc.constant(0), fc.nat(70)), isPadding: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      fc.infiniteStream(fc.nat()),
      fc.boolean(),
      async (files, pieceLength, choices, cleanEnd) => {
        const named = files.map((one, at) => ({ ...one, path: `${at % 3}/${at}` }));
        const torrent = makeTorrent("T", named, pieceLength);
        const selected = files.flatMap((_, at) => ((choices.next().value ?? 0) % 4 > 0 ? at : []));
        const folder = await temporaryFolder();
        const openFiles = new OpenFiles(2);
        for (let run = 0; run < 3; run++) {
          const { storage, held } = await startDownload(torrent, folder, selected, openFiles);
          const wanted = wantedPieces(torrent, selected).filter((piece) => !held.has(piece));
          const order = wanted.sort(() => ((choices.next().value ?? 0) % 2) - 0.5);
          const count = run < 2 ? Math.floor(order.length / 2) : order.length;
          const written = order.slice(0, count);
          await Promise.all(written.map((piece) => writePieces(storage, torrent, [piece])));
          if (cleanEnd) await storage.close();
          else await eventually(() => expectNames(torrent, folder, [...held, ...written]));
        }
        await expectWhole(torrent, folder, selected);
      },
    ),
    { numRuns: 60 },
  );
});

test("300 files are filled in any order with few files open", async () => {
  const files = Array.from({ length: 300 }, (_, at) => ({
    path: `${at % 10}/${at}.bin`,
    bytes: 30_000 + at,
  }));
  const torrent = makeTorrent("T", files, 16_384);
  const folder = await temporaryFolder();
  const { storage } = await startDownload(torrent, folder);
  const { pieceCount } = torrent.info.layout;
  const pieces = Array.from({ length: pieceCount }, (_, at) => (at * 211) % pieceCount);
  let most = 0;
  for (let at = 0; at < pieceCount; at += 100) {
    await Promise.all(pieces.slice(at, at + 100).map((piece) => writePieces(storage, torrent, [piece])));
    most = Math.max(most, (await openBelow(folder)).filter((path) => path.endsWith(".partial")).length);
  }
  expect(most).toBeGreaterThan(MAX_OPEN_FILES / 2);
  expect(most).toBeLessThanOrEqual(MAX_OPEN_FILES);
  await expectWhole(torrent, folder);
});

/** Files whose pieces are all written have only their final names. */
async function expectNames(torrent: TestTorrent, folder: string, pieces: readonly number[]): Promise<void> {
  const { finals, partials } = targetPaths(torrent);
  const files = await filesBelow(folder);
  for (const [at, partial] of partials.entries()) {
    const isWhole = wantedPieces(torrent, [at]).every((piece) => pieces.includes(piece));
    if (isWhole && files.has(partial)) expect.fail(`${finals[at]} is whole and not finished`);
  }
}

async function expectWhole(
  torrent: TestTorrent,
  folder: string,
  selected = [...torrent.info.files.keys()],
): Promise<void> {
  const { finals } = targetPaths(torrent);
  const files = await filesBelow(folder);
  const wanted = selected.filter((at) => !torrent.info.files[at]?.isPadding);
  for (const at of wanted) {
    expect(files.get(finals[at] ?? "")?.equals(fileOf(torrent, at)), finals[at]).toBe(true);
  }
  const names = wanted.map((at) => finals[at] ?? "").sort();
  expect([...files.keys()].filter((path) => !path.startsWith(".")).sort()).toEqual(names);
}

function wantedPieces({ info }: TestTorrent, selected: readonly number[]): number[] {
  const wanted = new Set<number>();
  for (const at of selected) {
    const { offset, bytes } = info.files[at] ?? { offset: 0, bytes: 0 };
    const end = (offset + bytes) / info.layout.pieceLength;
    for (let piece = Math.floor(offset / info.layout.pieceLength); bytes > 0 && piece < end; piece++)
      wanted.add(piece);
  }
  return [...wanted];
}

function inTheWay(path: string): StorageError {
  return expect.objectContaining({
    name: "StorageError",
    message: expect.stringMatching(`^${path} is in the way`),
  });
}

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await utimes(path, 1_000, 1_000); // The system's clock may not have moved since.
}

/** Waits until a piece and the stamp of its file are in the journal. */
async function journalled(folder: string, piece: number): Promise<void> {
  const record = Buffer.alloc(8);
  record.writeUInt32BE(1);
  record.writeUInt32BE(piece, 4);
  await eventually(async () => {
    expect((await readFile(join(folder, hiddenOf(ABC).resume))).includes(record)).toBe(true);
  });
}
