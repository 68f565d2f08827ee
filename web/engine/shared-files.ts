import { UsageError } from "#shared/base/errors.ts";
import type { PickedFile } from "./client.ts";
import type { SharedFile } from "./database.ts";

/** What became of shared files since the page was last open. */
export type Returned =
  | { readonly type: "here"; readonly files: readonly File[] }
  /** A click is needed (the permission lapsed), or the files themselves. */
  | { readonly type: "needs"; readonly needs: "permission" | "files" };

/** What is kept of picked files, so that they can be found again. */
export function sharedFile({ path, file, handle }: PickedFile): SharedFile {
  return { path, bytes: file.size, handle };
}

/**
 * Opens the files by their handles. `ask` may open the browser's question and so needs a click. Only their size is right:
 * a file that was touched may be the same one, so they still have to be hashed.
 */
export async function returnedFiles(shared: readonly SharedFile[], ask: boolean): Promise<Returned> {
  const files: File[] = [];
  for (const { handle, bytes } of shared) {
    if (handle === undefined) return { type: "needs", needs: "files" };
    const permission = await (ask ? handle.requestPermission(READ) : handle.queryPermission(READ));
    if (permission !== "granted") return { type: "needs", needs: "permission" };
    const file = await handle.getFile().catch(() => undefined); // Moved or deleted.
    if (file?.size !== bytes) return { type: "needs", needs: "files" };
    files.push(file);
  }
  return { type: "here", files };
}

/**
 * Finds the shared files among picked ones, in order: by path, or, as folders are moved, by name. Throws a sentence that
 * names the first one that is missing. What is found still has to be hashed: only its size is right.
 */
export function matchFiles(shared: readonly SharedFile[], picked: readonly PickedFile[]): PickedFile[] {
  const found = new Map<string, PickedFile>();
  for (const one of picked) {
    found.set(keyOf(nameOf(one.path), one.file.size), one);
    found.set(keyOf(one.path, one.file.size), one);
  }
  return shared.map(({ path, bytes }) => {
    const match = found.get(keyOf(path, bytes)) ?? found.get(keyOf(nameOf(path), bytes));
    if (match !== undefined) return match;
    const hasName = picked.some((one) => nameOf(one.path) === nameOf(path));
    throw new UsageError(
      "otherFile",
      hasName
        ? `${path} is not the file it was: its size has changed. Share it as a new one.`
        : `${path} is not among the chosen files. Choose the same files or the same folder again.`,
    );
  });
}

const READ = { mode: "read" } as const;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function keyOf(path: string, bytes: number): string {
  return `${bytes} ${path}`;
}
