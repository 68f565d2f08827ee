/** Adds what the address names after its `#`, now and whenever that changes. Returns the end of it. */
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
export function clearAddress(isRemoved: (link: string) => boolean): void {
  if (!isRemoved(location.hash.slice(1))) return;
  history.replaceState(null, "", location.pathname + location.search);
}
