// What TypeScript's DOM types lack: of Chromium's File System Access API (WICG file-system-access), and what is only in workers.

interface FileSystemHandle {
  queryPermission(wish: { readonly mode: "read" | "readwrite" }): Promise<PermissionState>;
  requestPermission(wish: { readonly mode: "read" | "readwrite" }): Promise<PermissionState>;
}

/** In workers only. */
interface FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<FileSystemSyncAccessHandle>;
}

interface FileSystemSyncAccessHandle {
  read(buffer: Uint8Array<ArrayBuffer>, place: { readonly at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, place: { readonly at: number }): number;
  close(): void;
}

interface Window {
  showOpenFilePicker?(wish: { readonly multiple: boolean }): Promise<readonly FileSystemFileHandle[]>;
  showDirectoryPicker?(wish: { readonly mode: "read" | "readwrite" }): Promise<FileSystemDirectoryHandle>;
}
