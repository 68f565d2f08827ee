// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { PickedFile } from "../engine/client.ts";
import { addPicked, filesOfHandles, filesOfInput, hasPicker, openPicker, readTransfer } from "./pick.ts";
import { PickError } from "./pick-error.ts";
import { MAX_PICKED_FILES } from "./read-picked.ts";

afterEach(() => vi.unstubAllGlobals());

const paths = (files: readonly PickedFile[] | undefined): readonly string[] =>
  (files ?? []).map((file) => file.path);

function fileHandle(name: string): FileSystemFileHandle {
  return {
    kind: "file",
    name,
    getFile: async () => new File(["x"], name),
  } as unknown as FileSystemFileHandle;
}

function folderHandle(name: string, children: readonly FileSystemHandle[]): FileSystemDirectoryHandle {
  return {
    kind: "directory",
    name,
    async *values() {
      yield* children;
    },
  } as unknown as FileSystemDirectoryHandle;
}

function fileEntry(name: string): FileSystemEntry {
  const entry = {
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void) => done(new File(["x"], name)),
  };
  return entry as unknown as FileSystemEntry;
}

/** Returns its children in batches, like Chromium's. */
function folderEntry(name: string, children: readonly FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    const left = [...children];
    return { readEntries: (done: (batch: readonly FileSystemEntry[]) => void) => done(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

/** Like a browser's transfer, it is empty once the event is over. */
function transferOf(items: readonly object[], text: Record<string, string> = {}) {
  let isOver = false;
  const transfer = {
    get items() {
      return isOver ? [] : items.map((item) => ({ kind: "file", getAsFile: () => null, ...item }));
    },
    getData: (type: string) => text[type] ?? "",
  } as unknown as DataTransfer;
  return { transfer, end: () => (isOver = true) };
}

test("the page adds a loose .torrent file and shares everything else as one torrent", () => {
  const client = { share: vi.fn(), addTorrentFile: vi.fn() };
  const picked = ["a.TORRENT", "b.mp4", "folder/c.torrent"].map((path) => ({
    path,
    file: new File(["x"], path),
  }));
  addPicked(client, picked);
  expect(client.addTorrentFile.mock.calls).toEqual([[picked[0]?.file]]);
  expect(client.share.mock.calls).toEqual([[[picked[1], picked[2]]]]);
});

test("a .torrent file alone shares nothing", () => {
  const client = { share: vi.fn(), addTorrentFile: vi.fn() };
  addPicked(client, [{ path: "a.torrent", file: new File([], "a.torrent") }]);
  expect(client.share).not.toHaveBeenCalled();
});

test("files of a chosen folder keep their paths", () => {
  const input = document.createElement("input");
  const inside = new File(["x"], "1.jpg");
  Object.defineProperty(inside, "webkitRelativePath", { value: "Holiday/beach/1.jpg" });
  Object.defineProperty(input, "files", { value: [inside, new File(["x"], "loose.txt")] });
  expect(paths(filesOfInput(input))).toEqual(["Holiday/beach/1.jpg", "loose.txt"]);
});

test("the page walks dropped handles and keeps them for the next reload", async () => {
  const photo = fileHandle("1.jpg");
  const folder = folderHandle("Ảnh", [folderHandle("biển 🏖️", [photo]), fileHandle("note.txt")]);
  const { transfer, end } = transferOf([
    { getAsFileSystemHandle: async () => folder },
    { getAsFileSystemHandle: async () => fileHandle("a.txt") },
  ]);
  const drop = readTransfer(transfer);
  end();
  const files = await drop.files;
  expect(paths(files)).toEqual(["Ảnh/biển 🏖️/1.jpg", "Ảnh/note.txt", "a.txt"]);
  expect(files?.[0]?.handle).toBe(photo);
});

test("without handles the page walks a dropped folder's entries, batch by batch", async () => {
  const children = ["1", "2", "3", "4", "5"].map(fileEntry);
  const { transfer, end } = transferOf([
    { webkitGetAsEntry: () => folderEntry("f", [folderEntry("g", children)]) },
  ]);
  const drop = readTransfer(transfer);
  end();
  expect(paths(await drop.files)).toEqual(["f/g/1", "f/g/2", "f/g/3", "f/g/4", "f/g/5"]);
});

test("the page takes the plain files of a drop that a script made", async () => {
  const { transfer } = transferOf([
    {
      getAsFileSystemHandle: () => Promise.reject(new Error("not a real drag")),
      webkitGetAsEntry: () => null,
      getAsFile: () => new File(["x"], "plain.txt"),
    },
  ]);
  expect(paths(await readTransfer(transfer).files)).toEqual(["plain.txt"]);
});

test("a drop of text contains the text and no files", () => {
  const { transfer } = transferOf([], { "text/plain": " magnet:?xt=1 ", "text/uri-list": "" });
  expect(readTransfer(transfer)).toEqual({ files: undefined, text: "magnet:?xt=1" });
});

test("a folder with more files than a torrent can name is refused with a sentence", async () => {
  const one = fileHandle("x");
  const many = (count: number) => folderHandle("huge", Array(count).fill(one));
  await expect(filesOfHandles([many(MAX_PICKED_FILES)])).resolves.toHaveLength(MAX_PICKED_FILES);
  await expect(filesOfHandles([many(MAX_PICKED_FILES + 1)])).rejects.toThrow(PickError);
  await expect(filesOfHandles([many(MAX_PICKED_FILES + 1)])).rejects.toThrow(
    /more than 100,000 files\. Share a smaller/,
  );
});

test("the page opens the browser's own picker where there is one", async () => {
  expect(hasPicker("files")).toBe(false);
  expect(hasPicker("folder")).toBe(false);
  const handle = fileHandle("a");
  const folder = folderHandle("f", []);
  vi.stubGlobal("showOpenFilePicker", async () => [handle]);
  vi.stubGlobal("showDirectoryPicker", async () => folder);
  expect(hasPicker("files")).toBe(true);
  expect(await openPicker("files")).toEqual([handle]);
  expect(await openPicker("folder")).toEqual([folder]);
});

test("a closed picker returns nothing; a forbidden one rejects", async () => {
  vi.stubGlobal("showOpenFilePicker", () => Promise.reject(new DOMException("closed", "AbortError")));
  expect(await openPicker("files")).toBeUndefined();
  vi.stubGlobal("showOpenFilePicker", () => Promise.reject(new DOMException("frame", "SecurityError")));
  await expect(openPicker("files")).rejects.toThrow("frame");
});
