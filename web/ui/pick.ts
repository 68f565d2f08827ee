import type { Client, PickedFile } from "../engine/client.ts";
import { tooManyFiles } from "./texts.ts";

/** The names of more files would not fit in the 10 MB of metadata that a torrent may have. */
export const MAX_PICKED_FILES = 100_000;

/** The page cannot take these files. The message is a sentence for the person. */
export class PickError extends Error {
  override readonly name = "PickError";
}

/** The content of a drop or a paste: files, still being read, and text that may be a link. */
export interface Drop {
  readonly files: Promise<readonly PickedFile[]> | undefined;
  readonly text: string;
}

interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** One dropped item in every form the browser offers; it must be read during the event. */
interface DroppedItem {
  readonly handle: Promise<FileSystemHandle | null> | undefined;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** Adds loose `.torrent` files to the list and shares the rest as one torrent. */
export function addPicked(
  client: Pick<Client, "share" | "addTorrentFile">,
  picked: readonly PickedFile[],
): void {
  const torrents = picked.filter(isTorrentFile);
  for (const { file } of torrents) client.addTorrentFile(file);
  const shared = picked.filter((one) => !isTorrentFile(one));
  if (shared.length > 0) client.share(shared);
}

/** The files of an `<input type="file">`. Files of a chosen folder have paths. */
export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Whether this browser has pickers that give handles. */
export function hasPicker(kind: "files" | "folder"): boolean {
  return (kind === "files" ? window.showOpenFilePicker : window.showDirectoryPicker) !== undefined;
}

/** Opens the browser's picker. Undefined: the person changed their mind. Rejects when the browser will not open it. */
export async function openPicker(kind: "files" | "folder"): Promise<readonly FileSystemHandle[] | undefined> {
  try {
    if (kind === "files") return await window.showOpenFilePicker?.({ multiple: true });
    const folder = await window.showDirectoryPicker?.({ mode: "read" });
    return folder && [folder];
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    throw error;
  }
}

/** All files behind the handles. Files in folders have paths. */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<readonly PickedFile[]> {
  const files: PickedFile[] = [];
  for (const handle of handles) await addHandle(handle, handle.name, files);
  return files;
}

/** Reads a drop or a paste. Call it during the event: the transfer is empty afterwards. */
export function readTransfer(transfer: DataTransfer): Drop {
  const items = Array.from(transfer.items)
    .filter((item) => item.kind === "file")
    .map(takeItem);
  return {
    files: items.length > 0 ? readItems(items) : undefined,
    text: (transfer.getData("text/uri-list") || transfer.getData("text/plain")).trim(),
  };
}

function isTorrentFile({ path }: PickedFile): boolean {
  return !path.includes("/") && path.toLowerCase().endsWith(".torrent");
}

function takeItem(item: HandleItem): DroppedItem {
  const handle = item.getAsFileSystemHandle?.();
  handle?.catch(() => null); // `readItems` awaits it later; without this a failure would count as unhandled
  return { handle, entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() };
}

async function readItems(items: readonly DroppedItem[]): Promise<readonly PickedFile[]> {
  const files: PickedFile[] = [];
  for (const { handle, entry, file } of items) {
    const found = await handle?.catch(() => null);
    if (found) await addHandle(found, found.name, files);
    else if (entry) await addEntry(entry, entry.name, files);
    else if (file) add(files, { path: file.name, file });
  }
  return files;
}

async function addHandle(handle: FileSystemHandle, path: string, files: PickedFile[]): Promise<void> {
  if (isFileHandle(handle)) {
    add(files, { path, file: await handle.getFile(), handle });
  } else if (isDirectoryHandle(handle)) {
    for await (const child of handle.values()) await addHandle(child, `${path}/${child.name}`, files);
  }
}

async function addEntry(entry: FileSystemEntry, path: string, files: PickedFile[]): Promise<void> {
  if (isFileEntry(entry)) {
    add(files, { path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
  } else if (isDirectoryEntry(entry)) {
    const reader = entry.createReader();
    for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
      for (const child of batch) await addEntry(child, `${path}/${child.name}`, files);
    }
  }
}

/** A reader returns its folder in batches (100 entries in Chromium) and ends with an empty one. */
function readBatch(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function add(files: PickedFile[], file: PickedFile): void {
  if (files.length >= MAX_PICKED_FILES) throw new PickError(tooManyFiles(MAX_PICKED_FILES));
  files.push(file);
}

function isFileHandle(handle: FileSystemHandle): handle is FileSystemFileHandle {
  return handle.kind === "file";
}

function isDirectoryHandle(handle: FileSystemHandle): handle is FileSystemDirectoryHandle {
  return handle.kind === "directory";
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectoryEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
