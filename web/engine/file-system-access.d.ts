// What Chromium's File System Access API has and TypeScript's DOM types lack (WICG file-system-access).

interface FileSystemHandle {
  queryPermission(wish: { readonly mode: "read" | "readwrite" }): Promise<PermissionState>;
  requestPermission(wish: { readonly mode: "read" | "readwrite" }): Promise<PermissionState>;
}

interface Window {
  showOpenFilePicker?(wish: { readonly multiple: boolean }): Promise<readonly FileSystemFileHandle[]>;
  showDirectoryPicker?(wish: { readonly mode: "read" | "readwrite" }): Promise<FileSystemDirectoryHandle>;
}
