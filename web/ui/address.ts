/** A magnet link, an info-hash (hex or base32) alone, or a link of ours with one behind its `#`. */
const LINK = /^magnet:\?|^[0-9a-f]{40}$|^[a-z2-7]{32}$|#(magnet:\?|[0-9a-f]{40}\b|[a-z2-7]{32}\b)/i;
/** Links with a dozen trackers are shorter; a page of pasted text is none. */
const MAX_LINK_CHARACTERS = 8192;

/** Adds what the address names after its `#`, now and whenever that changes. Returns the end of it. */
export function followAddress(addLink: (text: string) => void): () => void {
  const add = (): void => {
    const link = linkInAddress();
    if (link !== "") addLink(link);
  };
  add();
  window.addEventListener("hashchange", add);
  return () => window.removeEventListener("hashchange", add);
}

/** Takes a removed torrent out of the address, so that a reload does not bring it back. */
export function clearAddress(isRemoved: (link: string) => boolean): void {
  if (!isRemoved(linkInAddress())) return;
  history.replaceState(null, "", location.pathname + location.search);
}

/** Whether pasted text is meant as a link. */
export function looksLikeLink(text: string): boolean {
  return text.length <= MAX_LINK_CHARACTERS && LINK.test(text.trim());
}

/** Some programs escape a whole magnet link when they put it behind the `#`. */
function linkInAddress(): string {
  const fragment = location.hash.slice(1);
  if (!/^magnet%3a/i.test(fragment)) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
