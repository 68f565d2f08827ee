const KEY = "tabswarm.told.https";

/** The part of a `Storage` that we use. */
type Remembering = Pick<Storage, "getItem" | "setItem">;

/** Whether to say what https would add: once in a browser. Never where the browser could not remember that we have. */
export function mayTellOfHttps(isSecure: boolean, storage: () => Remembering): boolean {
  if (isSecure) return false;
  try {
    if (storage().getItem(KEY) !== null) return false;
    storage().setItem(KEY, "1");
    return true;
  } catch {
    return false; // Blocked.
  }
}
