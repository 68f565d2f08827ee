import type { Client, PickedFile } from "../engine/client.ts";
import type { DroppedItem } from "./read-picked.ts";

/** The content of a drop or a paste: files, still being read, and text that may be a link. */
export interface Drop {
  readonly files: Promise<readonly PickedFile[]> | undefined;
  readonly text: string;
}

interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Loads what reads handles and folders. */
export const loadReading = () => import("./read-picked.ts");

/** Adds loose `.torrent` files to the list and shares the rest as one torrent. */
export function addPicked(
  client: Pick<Client, "share" | "addTorrentFile">,
  picked: readonly PickedFile[],
): void {
  const torrents = picked.filter(isTorrentFile);
  for (const { file } of torrents) client.addTorrentFile(file);
  const shared = picked.filter((one) => !isTorrentFile(one));
  if (shared.length > 0) void client.share(shared);
}

/** The files of an `<input type="file">`. Files of a chosen folder have paths. */
export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** All files behind the handles. Files in folders have paths. */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<readonly PickedFile[]> {
  const { readHandles } = await loadReading();
  return readHandles(handles);
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

/** Reads a drop or a paste. Call it during the event: the transfer is empty afterwards. */
export function readTransfer(transfer: DataTransfer): Drop {
  const items = Array.from(transfer.items)
    .filter((item) => item.kind === "file")
    .map(takeItem);
  return {
    files: items.length > 0 ? loadReading().then(({ readItems }) => readItems(items)) : undefined,
    text: (transfer.getData("text/uri-list") || transfer.getData("text/plain")).trim(),
  };
}

/** Whether `addPicked` would add it to the list instead of sharing it. */
export function isTorrentFile({ path }: PickedFile): boolean {
  return !path.includes("/") && path.toLowerCase().endsWith(".torrent");
}

function takeItem(item: HandleItem): DroppedItem {
  const handle = item.getAsFileSystemHandle?.();
  handle?.catch(() => null); // `readItems` awaits it later; without this a failure would count as unhandled
  return { handle, entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() };
}
