import type { InfoHash } from "#shared/base/ids.ts";

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
