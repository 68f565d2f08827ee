import { StorageError } from "#shared/driver/ports.ts";

/**
 * Code that a page needs only when a person does something, so that its first load stays small. Rejects with a sentence when
 * it does not come: the tracker that serves the page is away, or serves a newer page by now.
 */
export async function loaded<Module>(code: Promise<Module>): Promise<Module> {
  try {
    return await code;
  } catch {
    throw new StorageError("The page could not load a part of itself. Check the connection, then reload it.");
  }
}

/** Fetches such code once the page stands, so that it is here when the tracker is away later on. */
export function loadRest(): void {
  const rest: Promise<unknown>[] = [
    import("./hash-picked.ts"),
    import("./own-files.ts"),
    import("./save.ts"),
    import("#shared/meta/links.ts"),
    import("#shared/meta/metainfo.ts"),
  ];
  for (const code of rest) code.catch(() => {}); // It is asked for again when it is needed, and told of then.
}
