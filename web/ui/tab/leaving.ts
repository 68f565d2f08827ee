import type { Entry } from "../../engine/client.ts";

/** Lets the browser ask before the tab closes or reloads if that would cost somebody something. */
export function askBeforeLeaving(entries: () => readonly Entry[]): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (entries().some(isNeeded)) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}

/**
 * Whether leaving would cost somebody something: a peer is connected that lacks pieces which we have, or the hashing of files
 * or a save would have to begin anew. A download of our own just resumes.
 */
export function isNeeded(entry: Entry): boolean {
  if (entry.state === "hashing" || entry.saving !== undefined) return true;
  const isServing = entry.state === "downloading" || entry.state === "seeding";
  return isServing && entry.torrent.peers.some(({ progress, isInterested }) => progress < 1 && isInterested);
}
