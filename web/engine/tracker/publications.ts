import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { Database } from "../database.ts";

/** Owner keys are shorter. */
const MAX_OWNER_KEY_CHARACTERS = 1_024;

const NOT_KEPT =
  "It is in the catalog, but the browser could not store the key that takes it out again. Take it out before you close this page, or an administrator must do it.";

/** A torrent that was published from this browser. */
export interface Publication {
  readonly infoHash: InfoHash;
  /** Lets whoever holds it unpublish. Undefined: the account does. */
  readonly ownerKey: string | undefined;
}

/** What was published from any tab of this browser, without what cannot be read. */
export async function readPublications(database: Database): Promise<Publication[]> {
  const transaction = database.transaction("publications");
  const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
  return keys.flatMap((key, at) => {
    const infoHash = parseInfoHash(key);
    return infoHash === undefined ? [] : [{ infoHash, ownerKey: ownerKeyIn(values[at]) }];
  });
}

/** Rejects with a `StorageError` if the browser refuses. */
export async function keepPublication(
  database: Database | undefined,
  { infoHash, ownerKey }: Publication,
): Promise<void> {
  try {
    if (database === undefined) throw new StorageError(NOT_KEPT);
    await database.put("publications", { ownerKey }, infoHash);
  } catch {
    if (ownerKey !== undefined) throw new StorageError(NOT_KEPT);
  }
}

export async function dropPublication(database: Database | undefined, infoHash: InfoHash): Promise<void> {
  await database?.delete("publications", infoHash);
}

function ownerKeyIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("ownerKey" in value)) return undefined;
  const { ownerKey } = value;
  return typeof ownerKey === "string" && ownerKey.length <= MAX_OWNER_KEY_CHARACTERS ? ownerKey : undefined;
}
