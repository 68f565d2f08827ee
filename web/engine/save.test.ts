import "fake-indexeddb/auto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, Layout } from "#shared/meta/layout.ts";
import { type Database, openDatabase } from "./database.ts";
import { lasting } from "./lasting.test-support.ts";
import { PieceStore } from "./piece-store.ts";
import { type SavedContent, saveFolder, saveTorrent } from "./save.ts";

const PIECE_LENGTH = 4;
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("python3 is missing: archives are not read by another program");

let database: Database;
let downloads: { readonly name: string; readonly blob: Blob }[] = [];

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
  downloads = [];
  const blobs = new Map<string, Blob>();
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    blobs.set(`blob:${blobs.size}`, blob as Blob);
    return `blob:${blobs.size - 1}`;
  });
  const createElement = () => ({
    href: "",
    download: "",
    click() {
      downloads.push({ name: this.download, blob: blobs.get(this.href) ?? new Blob(["no such URL"]) });
    },
  });
  vi.stubGlobal("document", { createElement });
});

afterEach(() => {
  database.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("a single file is saved under its name, as a type that no browser opens", async () => {
  const content = await stored([["page.html", "<script>alert(1)</script>"]], { isFolder: false });
  await saveTorrent(content, () => {});
  expect(await downloaded()).toEqual([["page.html", "<script>alert(1)</script>"]]);
  expect(downloads[0]?.blob.type).toBe("application/octet-stream");
});

test("its URL is revoked, but only once the person has had time to choose a place", async () => {
  const wait = vi.spyOn(globalThis, "setTimeout");
  const revoke = vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
  await saveTorrent(await stored([["a", "b"]], { isFolder: false }), () => {});
  expect(revoke).not.toHaveBeenCalled();

  const [later] = wait.mock.calls.find(([, millis = 0]) => millis >= 60_000) ?? [];
  later?.();
  expect(revoke.mock.calls).toEqual([["blob:0"]]);
});

test.skipIf(!hasPython)(
  "several files are one archive with their folders, files cut out of pieces where they begin and end",
  async () => {
    const files = [
      ["a.txt", "0123456"],
      ["leer/empty.txt", ""],
      ["b/Ảnh 🏖.txt", "x"],
      ["b/c/long.txt", "abcdefghijklmnopqrstuvwxyz"],
    ] as const;
    const content = await stored(files, { name: "Kỳ nghỉ" });
    await saveTorrent(content, () => {});
    expect(downloads.map(({ name }) => name)).toEqual(["Kỳ nghỉ.zip"]);
    expect(await unzipped()).toEqual(files.map(([path, text]) => [`Kỳ nghỉ/${path}`, text]));
  },
);

test.skipIf(!hasPython)(
  "only what was selected is saved, filler never; one file alone is saved as it is",
  async () => {
    const files = [
      ["a/1.txt", "one"],
      [".pad/5", "00000"],
      ["b/2.txt", "two"],
      ["c/3.txt", "three"],
    ] as const;
    const content = await stored(files, { selectedFiles: [2], padding: 1 });
    await saveTorrent(content, () => {});
    expect(await downloaded()).toEqual([["2.txt", "two"]]);

    downloads = [];
    await saveTorrent({ ...content, selectedFiles: undefined }, () => {});
    expect((await unzipped()).map(([path]) => path)).toEqual([
      "Holiday/a/1.txt",
      "Holiday/b/2.txt",
      "Holiday/c/3.txt",
    ]);
  },
);

test("hostile names cannot escape the folder", async () => {
  const content = await stored(
    [
      ["../../etc/passwd", "x"],
      ["C:\\con", "y"],
    ],
    { name: "../.." },
  );
  const root = new MemoryFolder();
  await saveFolder(root.handle, content, () => {});
  const parts = Object.keys(root.all()).flatMap((path) => path.split("/"));
  expect(parts.filter((part) => part === ".." || /[:\\]/.test(part))).toEqual([]);
  expect(Object.values(root.all())).toEqual(["x", "y"]);
});

test("a missing or damaged piece is a StorageError, and nothing is saved", async () => {
  const files = [
    ["a.txt", "0123456789"],
    ["b.txt", "more"],
  ] as const;
  const content = await stored(files, { selectedFiles: [0] });
  await database.delete("pieces", ["storage", 1]);
  await expect(saveTorrent(content, () => {})).rejects.toThrow(StorageError);
  await database.put("pieces", new Blob(["4"]), ["storage", 1]);
  await expect(saveTorrent(content, () => {})).rejects.toThrow(StorageError);
  expect(downloads).toEqual([]);
});

test("an unreadable piece for a ZIP is a StorageError, too", async () => {
  const content = await stored([
    ["a.txt", "0123456789"],
    ["b.txt", "more"],
  ]);
  vi.spyOn(Blob.prototype, "stream").mockImplementation(
    () => new ReadableStream({ start: (controller) => controller.error(new Error("NotReadable")) }),
  );
  await expect(saveTorrent(content, () => {})).rejects.toThrow(StorageError);
  expect(downloads).toEqual([]);
});

test("every file is written into a folder with the torrent's name", async () => {
  const content = await stored([
    ["a.txt", "0123456"],
    ["b/c/2.txt", "two"],
    ["b/empty", ""],
  ]);
  const root = new MemoryFolder();
  const shares: number[] = [];
  await saveFolder(root.handle, content, (share) => shares.push(share));
  expect(root.all()).toEqual({
    "Holiday/a.txt": "0123456",
    "Holiday/b/c/2.txt": "two",
    "Holiday/b/empty": "",
  });
  expect(shares.at(-1)).toBe(1);
});

test("nothing in the folder is overwritten", async () => {
  const root = new MemoryFolder();
  const folder = await stored([
    ["a.txt", "new"],
    ["b.txt", "new"],
  ]);
  for (const _ of [1, 2]) await saveFolder(root.handle, folder, () => {});
  const file = await stored([["Film.mkv", "film"]], { isFolder: false, name: "Film.mkv" });
  for (const _ of [1, 2, 3]) await saveFolder(root.handle, file, () => {});
  expect(Object.keys(root.all()).sort()).toEqual([
    "Film (2).mkv",
    "Film (3).mkv",
    "Film.mkv",
    "Holiday (2)/a.txt",
    "Holiday (2)/b.txt",
    "Holiday/a.txt",
    "Holiday/b.txt",
  ]);
});

test("a folder that cannot be written to is a StorageError with the next step", async () => {
  const content = await stored([
    ["a.txt", "0123456"],
    ["b.txt", "x"],
  ]);
  const root = new MemoryFolder();
  root.isFull = true;
  await expect(saveFolder(root.handle, content, () => {})).rejects.toThrow(/free space/);
});

interface Wishes {
  readonly name?: string;
  readonly isFolder?: boolean;
  readonly selectedFiles?: readonly number[];
  /** Index of a file that is filler. */
  readonly padding?: number;
}

/** A torrent whose pieces are in the store. */
async function stored(
  files: readonly (readonly [path: string, text: string])[],
  { name = "Holiday", isFolder = true, selectedFiles, padding }: Wishes = {},
): Promise<SavedContent> {
  const entries: FileEntry[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [at, [path, text]] of files.entries()) {
    const bytes = Buffer.from(text);
    const entry = { path, bytes: bytes.length, offset };
    entries.push(at === padding ? { ...entry, isPadding: true } : entry);
    parts.push(bytes);
    offset += bytes.length;
  }
  const whole = Buffer.concat(parts);
  const layout = new Layout(whole.length, PIECE_LENGTH);
  for (let at = 0; at < layout.pieceCount; at++) {
    const piece = new Uint8Array(whole.subarray(at * PIECE_LENGTH, (at + 1) * PIECE_LENGTH));
    await database.put("pieces", new Blob([piece]), ["storage", at]);
  }
  const info: Info = {
    name,
    files: entries,
    isFolder,
    layout,
    pieceHashes: new Uint8Array(),
    isPrivate: false,
  };
  return { info, pieces: new PieceStore(lasting(database), "storage"), selectedFiles };
}

function downloaded(): Promise<[string, string][]> {
  return Promise.all(
    downloads.map(async ({ name, blob }): Promise<[string, string]> => [name, await blob.text()]),
  );
}

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[i.filename, archive.read(i).decode()] for i in archive.infolist()]))
`;

async function unzipped(): Promise<[string, string][]> {
  const folder = mkdtempSync(join(tmpdir(), "save-"));
  const path = join(folder, "saved.zip");
  writeFileSync(path, new Uint8Array((await downloads[0]?.blob.arrayBuffer()) ?? []));
  const { stdout, stderr } = spawnSync("python3", ["-c", READ, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** A folder of the File System Access API, in memory. */
class MemoryFolder {
  isFull = false;
  readonly #entries = new Map<string, MemoryFolder | string>();

  get handle(): FileSystemDirectoryHandle {
    const made = {
      keys: () => this.#entries.keys(),
      getDirectoryHandle: async (name: string) => this.#subfolder(name).handle,
      getFileHandle: async (name: string) => ({ createWritable: async () => this.#write(name) }),
    };
    return made as unknown as FileSystemDirectoryHandle;
  }

  all(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [name, entry] of this.#entries) {
      if (typeof entry === "string") found[name] = entry;
      else for (const [path, text] of Object.entries(entry.all())) found[`${name}/${path}`] = text;
    }
    return found;
  }

  #subfolder(name: string): MemoryFolder {
    const known = this.#entries.get(name);
    if (known instanceof MemoryFolder) return known;
    const fresh = new MemoryFolder();
    fresh.isFull = this.isFull;
    this.#entries.set(name, fresh);
    return fresh;
  }

  #write(name: string): WritableStream<Uint8Array> {
    const chunks: Uint8Array[] = [];
    return new WritableStream({
      write: (chunk) => {
        if (this.isFull) throw new DOMException("disk full", "QuotaExceededError");
        chunks.push(chunk);
      },
      close: () => void this.#entries.set(name, Buffer.concat(chunks).toString()),
    });
  }
}
