import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { type TorrentOrder, type TorrentRecord, UnknownCursor } from "../core/record-store.ts";

/** Where an entry of the catalog stands in an order: what its order sorts by, then its info-hash. */
export interface TorrentPlace {
  readonly key: string | number;
  readonly infoHash: InfoHash;
}

/** No folded name that the catalog keeps makes a longer one. */
const MAX_CURSOR_CHARACTERS = 4_000;

/** What an order sorts by. */
export function sortKey(
  order: TorrentOrder,
  { publishedAt, seeders, foldedName }: Pick<TorrentRecord, "publishedAt" | "seeders" | "foldedName">,
): string | number {
  if (order === "name") return foldedName;
  return order === "newest" ? publishedAt : seeders;
}

/** The cursor for what comes after a place. */
export function torrentCursor(order: TorrentOrder, { key, infoHash }: TorrentPlace): string {
  return Buffer.from(JSON.stringify([order, key, infoHash])).toString("base64url");
}

/** Undefined: from the start. Throws an `UnknownCursor`. */
export function parseTorrentCursor(
  order: TorrentOrder,
  cursor: string | undefined,
): TorrentPlace | undefined {
  if (cursor === undefined) return undefined;
  const [named, key, hash] = listIn(cursor);
  const infoHash = typeof hash === "string" ? parseInfoHash(hash) : undefined;
  const isKey = order === "name" ? typeof key === "string" : Number.isSafeInteger(key);
  if (named !== order || !isKey || infoHash === undefined) throw new UnknownCursor();
  return { key: key as string | number, infoHash };
}

function listIn(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_CURSOR_CHARACTERS) throw new UnknownCursor();
  try {
    const list: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(list) ? list : [];
  } catch {
    throw new UnknownCursor();
  }
}
