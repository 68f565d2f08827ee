/**
 * Follows what comes after the address's `#`, now and whenever it changes: a link, or a view as `/catalog`, which no link
 * looks like. `showView` gets an empty text for the list. Returns a function that stops this.
 */
export function followAddress(addLink: (text: string) => void, showView: (path: string) => void): () => void {
  const follow = (): void => {
    const [, path, link] = /^#(?:\/(.*)|(.*))$/s.exec(location.hash) ?? [];
    showView(path ?? "");
    if (link) addLink(link);
  };
  follow();
  window.addEventListener("hashchange", follow);
  return () => window.removeEventListener("hashchange", follow);
}

/** Closes a view: what somebody has just added is in the list. */
export function showList(): void {
  if (location.hash.startsWith("#/")) location.hash = "#/";
}

/** The code in the address of a room of people nearby. Undefined: it is another address. */
export function roomCode(path: string): string | undefined {
  return /^nearby\/(.+)$/.exec(path)?.[1];
}

/** The person has left the room: neither a reload nor the browser's way back leads into it again. */
export function forgetRoom(): void {
  if (location.hash.startsWith("#/nearby/")) location.replace("#/");
}

/** Whether the service worker has led here with what another app has shared: a question above the list. */
export function isShared(path: string): boolean {
  return /^shared(\/|$)/.test(path);
}
