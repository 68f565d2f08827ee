import type { InfoHash } from "#shared/base/ids.ts";

/** Adds the link after the address's `#`, now and whenever it changes. Returns a function that stops this. */
export function followAddress(addLink: (text: string) => void): () => void {
  const add = (): void => {
    const link = location.hash.slice(1);
    if (link !== "") addLink(link);
  };
  add();
  window.addEventListener("hashchange", add);
  return () => window.removeEventListener("hashchange", add);
}

/** Takes a removed torrent out of the address, so that a reload does not bring it back. */
export async function clearAddress(
  infoHashesIn: (link: string) => Promise<readonly InfoHash[]>,
  removed: InfoHash,
): Promise<void> {
  const { hash } = location;
  const named = await infoHashesIn(hash.slice(1));
  if (!named.includes(removed) || hash !== location.hash) return;
  history.replaceState(null, "", location.pathname + location.search);
}
