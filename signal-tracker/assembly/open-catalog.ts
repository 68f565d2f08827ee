import type { Logger } from "pino";
import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { Catalog, type CatalogOptions } from "../catalog/catalog.ts";
import { CatalogSweep } from "../catalog/sweep.ts";
import type { Cluster } from "../core/cluster.ts";
import type { RecordStore, UnixMillis } from "../core/record-store.ts";
import type { Tracker } from "../core/tracker.ts";
import {
  CATALOG_DAYS,
  CATALOG_LIMITS,
  MEMORY_CATALOG_LIMITS,
  SWEEP_INTERVAL_MILLIS,
} from "../limits/catalog.ts";

const DAY_MILLIS = 24 * 3_600_000;

/** What the operator wants. */
export interface CatalogWish {
  /** False: no catalog. */
  readonly catalog?: boolean | undefined;
  /** How long an entry lasts that nobody seeds. */
  readonly catalogDays?: number | undefined;
  /** Absent: the records end with the process. */
  readonly dataFolder?: string | undefined;
  readonly log: Logger;
}

/** An open catalog, which looks at its swarms each minute. */
export interface OpenedCatalog {
  readonly catalog: Catalog;
  close(): void;
}

/** Opens the catalog in the records of a tracker, unless it is to have none. */
export function openCatalog(
  { catalog = true, catalogDays = CATALOG_DAYS, dataFolder, log }: CatalogWish,
  records: RecordStore,
  { store: swarms, isAllowed = () => true }: Pick<Tracker, "store" | "isAllowed">,
  cluster: Pick<Cluster<never>, "scrape"> | undefined,
): OpenedCatalog | undefined {
  if (!catalog) return undefined;
  const counts = async (infoHashes: readonly InfoHash[]): Promise<readonly SwarmCounts[]> => {
    const shared = await cluster?.scrape(infoHashes); // Peers may be at other nodes.
    return infoHashes.map((infoHash) => shared?.swarms.get(infoHash) ?? swarms.counts(infoHash));
  };
  const catalogOptions: CatalogOptions = {
    store: records,
    counts,
    limits: dataFolder === undefined ? MEMORY_CATALOG_LIMITS : CATALOG_LIMITS,
    lifetimeMillis: catalogDays * DAY_MILLIS,
    isAllowed,
    now: () => Date.now() as UnixMillis,
  };
  return { catalog: new Catalog(catalogOptions), close: sweepEachMinute(catalogOptions, log) };
}

/** Returns what ends it. A look that takes longer than a minute is waited for. */
function sweepEachMinute(options: CatalogOptions, log: Logger): () => void {
  const sweep = new CatalogSweep(options);
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const removed = await sweep.look();
      if (removed > 0) log.info({ removed }, "removed entries from the catalog that nobody seeds");
    } catch (error) {
      log.warn({ err: error }, "the catalog cannot look at its swarms now");
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), SWEEP_INTERVAL_MILLIS);
  return () => clearInterval(timer);
}
