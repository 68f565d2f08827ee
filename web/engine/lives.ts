import type { Database, TabId } from "./database.ts";

// Invariants: a tab's torrents belong to the page load ("life") that claimed the tab last. One record names each piece;
// `sweep` frees pieces without a record. What two tabs may try at once is one transaction, so that one of them wins.

/** A tab that has torrents, at the time of reading. */
export interface Owner {
  readonly tab: TabId;
  /** Undefined: no page load has claimed it. */
  readonly life: string | undefined;
}

/** The page load that claimed a tab last. */
export async function lifeOf(database: Database, tab: TabId): Promise<string | undefined> {
  return asLife(await database.get("lives", tab));
}

/** Claims a tab for this page load. False: another one has claimed it since `seen` was read. */
export async function claim(
  database: Database,
  tab: TabId,
  seen: string | undefined,
  life: string,
): Promise<boolean> {
  const transaction = database.transaction("lives", "readwrite");
  const isAsSeen = asLife(await transaction.store.get(tab)) === seen;
  if (isAsSeen) await transaction.store.put(life, tab);
  await transaction.done;
  return isAsSeen;
}

/** The other tabs that have torrents. */
export async function otherOwners(database: Database, tab: TabId): Promise<Owner[]> {
  const transaction = database.transaction(["lives", "torrents"]);
  const keys = await transaction.objectStore("torrents").getAllKeys();
  const others = new Set(keys.map(([owner]) => owner as TabId).filter((owner) => owner !== tab));
  return Promise.all(
    Array.from(others, async (owner) => ({
      tab: owner,
      life: asLife(await transaction.objectStore("lives").get(owner)),
    })),
  );
}

/** A stored life. Undefined: there is none, or something else was stored. */
export function asLife(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
