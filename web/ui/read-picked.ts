import type { PickedFile } from "../engine/client.ts";
import { PickError } from "./pick-error.ts";
import { texts } from "./texts/texts.ts";

/** The names of more files would not fit in the 10 MB of metadata that a torrent may have. */
export const MAX_PICKED_FILES = 100_000;

/** One dropped item in every form the browser offers; it must be taken during the event. */
export interface DroppedItem {
  readonly handle: Promise<FileSystemHandle | null> | undefined;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** All files behind the handles. Files in folders have paths. */
export async function readHandles(handles: readonly FileSystemHandle[]): Promise<readonly PickedFile[]> {
  const files: PickedFile[] = [];
  for (const handle of handles) await addHandle(handle, handle.name, files);
  return files;
}

/** All files of what was dropped or pasted. Files in folders have paths. */
export async function readItems(items: readonly DroppedItem[]): Promise<readonly PickedFile[]> {
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
  if (files.length >= MAX_PICKED_FILES) throw new PickError(texts.files.tooManyPicked(MAX_PICKED_FILES));
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
