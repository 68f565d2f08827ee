import type { SwarmCounts } from "#shared/announce/announce.ts";
import { encodeBencode } from "#shared/base/bencode.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type Fields, info, ONE_FILE } from "#shared/meta/info.test-support.ts";
import type { Identity } from "../core/identity.ts";
import type { AccountRecord, UnixMillis } from "../core/record-store.ts";
import { MEMORY_CATALOG_LIMITS } from "../limits/catalog.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { Catalog, type CatalogOptions } from "./catalog.ts";
import type { Sender } from "./publisher.ts";

export const DAY = 24 * 3_600_000;

/** Somebody without an account. */
export const SOMEBODY: Sender = { identity: { type: "nobody" }, network: undefined, ownerKey: undefined };

/** Somebody who is logged in. */
export function loggedIn(account: AccountRecord): Sender {
  const identity: Identity = { type: "account", account };
  return { ...SOMEBODY, identity };
}

/** A .torrent file with that info dictionary: by default one file of 20,000 bytes. */
export function torrentFile(changes: Fields = {}, base: Fields = ONE_FILE): Uint8Array {
  return encodeBencode(new Map([["info", { encoded: info(base, changes) }]]));
}

/** A catalog in memory, a clock and swarms that the test sets. */
export function openCatalog(options: Partial<CatalogOptions> = {}) {
  const store = new MemoryRecordStore();
  const swarms = new Map<InfoHash, Partial<SwarmCounts>>();
  let time = 1_000 * DAY;
  const all: CatalogOptions = {
    store,
    counts: async (infoHashes) =>
      infoHashes.map((infoHash) => ({ seeders: 0, leechers: 0, downloaded: 0, ...swarms.get(infoHash) })),
    limits: MEMORY_CATALOG_LIMITS,
    lifetimeMillis: 30 * DAY,
    isAllowed: () => true,
    now: () => time as UnixMillis,
    ...options,
  };
  const pass = (millis: number): void => {
    time += millis;
  };
  return { store, swarms, options: all, catalog: new Catalog(all), pass, now: all.now };
}
