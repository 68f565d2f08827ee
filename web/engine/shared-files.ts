import { UsageError } from "#shared/base/errors.ts";
import type { PickedFile } from "./client.ts";
import type { SharedFile } from "./database.ts";

/** The person's own files after a reload. */
export type Returned =
  | { readonly type: "here"; readonly files: readonly File[] }
  /** Needs a click, because the permission lapsed, or the files themselves. */
  | { readonly type: "needs"; readonly needs: "permission" | "files" };

/** What the browser stores of a picked file, so that the page finds it again. */
export function sharedFile({ path, file, handle, typed }: PickedFile): SharedFile {
  return { path, bytes: file.size, handle, typed };
}

/**
 * Opens the files by their handles. `ask` may make the browser ask the person, so it needs a click. This checks only their
 * sizes; they still have to be hashed, because a touched file may be unchanged.
 */
export async function returnedFiles(shared: readonly SharedFile[], ask: boolean): Promise<Returned> {
  const files: File[] = [];
  for (const { path, handle, bytes, typed } of shared) {
    if (typed !== undefined) {
      files.push(new File([typed], path));
      continue;
    }
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
 * Finds the shared files among picked ones, in order: by path, or by name, because people move folders. Throws a
 * `UsageError` that names the first missing one. This checks only sizes; the files still have to be hashed.
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
        ? `${path} has changed: its size is different. Share it again to get a new link.`
        : `${path} is not among the files you chose. Choose the same files or the same folder again.`,
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
