import type { Entry, EntryKey } from "../engine/client.ts";

const ANNOUNCE = {
  linkReady: (title: string) => `The link for ${title} is ready.`,
  complete: (title: string) => `${title} is complete.`,
  error: (title: string) => `${title} stopped.`,
} as const;

/** The last known state of each entry. */
export type SeenStates = ReadonlyMap<EntryKey, Entry["state"]>;

export function seenStates(entries: readonly Entry[]): SeenStates {
  return new Map(entries.map((entry) => [entry.key, entry.state]));
}

/** What a screen reader should say about the changes. It leaves progress to the progress bars. */
export function announcements(before: SeenStates, entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => {
    const was = before.get(entry.key);
    if (was === undefined || was === entry.state || entry.state === "hashing") return [];
    const title = entry.torrent.name;
    if (entry.state === "error") return [ANNOUNCE.error(title)];
    if (wasCompleted(before, entry)) return [ANNOUNCE.complete(title)];
    return entry.state === "seeding" && was === "hashing" ? [ANNOUNCE.linkReady(title)] : [];
  });
}

/** Whether a download has become complete since then. A small one may be there before it was seen on its way. */
export function wasCompleted(before: SeenStates, entry: Entry): boolean {
  const was = before.get(entry.key);
  return entry.state === "seeding" && (was === "downloading" || was === "metadata");
}
