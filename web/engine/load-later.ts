import { StorageError } from "#shared/driver/ports.ts";

/**
 * Loads code that the page needs only once a person does something, which keeps its first load small. Rejects with a
 * sentence if the code does not arrive: the tracker that serves the page is down, or serves a newer page now.
 */
export async function loaded<Module>(code: Promise<Module>): Promise<Module> {
  try {
    return await code;
  } catch {
    throw new StorageError(
      "The page could not load a part of itself. Check your connection, then reload the page.",
    );
  }
}
