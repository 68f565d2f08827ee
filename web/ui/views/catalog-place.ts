import type { CatalogOrder } from "../../engine/client.ts";

/** Nobody types a longer search; the tracker takes no longer one. */
export const MAX_SEARCH_CHARACTERS = 200;

export const ORDERS: readonly CatalogOrder[] = ["newest", "seeders", "name"];

/** What somebody looks for in the catalog. The address names it, so that reloads, bookmarks and `Back` keep it. */
export interface CatalogWish {
  readonly text: string;
  readonly order: CatalogOrder;
}

/** Reads what follows `?` in the catalog's address. Anybody may have written it. */
export function wishIn(query: string): CatalogWish {
  const fields = new URLSearchParams(query);
  return {
    text: (fields.get("q") ?? "").slice(0, MAX_SEARCH_CHARACTERS),
    order: orderOf(fields.get("sort") ?? ""),
  };
}

/** The order of this name, or the usual one. */
export function orderOf(name: string): CatalogOrder {
  return ORDERS.find((order) => order === name) ?? "newest";
}

/** The address of the catalog, from `#` on. */
export function catalogAddress({ text, order }: CatalogWish): string {
  const query = new URLSearchParams({
    ...(text !== "" && { q: text }),
    ...(order !== "newest" && { sort: order }),
  }).toString();
  return query === "" ? "#/catalog" : `#/catalog?${query}`;
}

/** Where somebody was in the catalog when they left it. */
export interface CatalogPlace {
  readonly address: string;
  /** How many entries were shown. */
  readonly count: number;
  /** Pixels above the visible part of the page. */
  readonly top: number;
  /** The address of the entry that they opened. */
  readonly opened: string | undefined;
}

/** The tab keeps it, even through a reload. */
const KEPT_AS = "tabswarm.catalog";

/** Where a browser keeps nothing, people start at the top. */
export function keepPlace(place: CatalogPlace): void {
  try {
    sessionStorage.setItem(KEPT_AS, JSON.stringify(place));
  } catch {}
}

/** Where somebody was last. Undefined: they have not been there in this tab. */
export function lastPlace(): CatalogPlace | undefined {
  try {
    const { address, count, top, opened } = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "{}");
    if (!`${address}`.startsWith("#/catalog") || !Number.isFinite(count) || !Number.isFinite(top))
      return undefined;
    return { address, count, top, opened: entryAddress(opened) };
  } catch {
    return undefined;
  }
}

/** This address, if it is one of an entry. */
export function entryAddress(address: unknown): string | undefined {
  return typeof address === "string" && /^#\/catalog\/[0-9a-f]{40}$/.test(address) ? address : undefined;
}

/** The address of the catalog with the last search. */
export const catalogAsLeft = (): string => lastPlace()?.address ?? "#/catalog";
