import { setImmediate as turn } from "node:timers/promises";
import type { TorrentRecord, TorrentSighting, UnixMillis } from "../core/record-store.ts";
import {
  LAST_SEEDED_ACCURACY_MILLIS,
  MAX_TORRENTS_PER_SWEEP,
  TORRENTS_PER_SWEEP_PORTION,
} from "../limits/catalog.ts";
import type { CatalogOptions } from "./catalog.ts";
import { goesAt, type Lifetime } from "./lifetime.ts";

/** Looks at the swarms of all entries, in turn: notes who seeds, and removes what nobody has seeded for a long time. */
export class CatalogSweep {
  readonly #options: CatalogOptions;
  readonly #lifetime: Lifetime;
  /** Where the next look goes on. Undefined: at the newest entry. */
  #cursor: string | undefined;

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#lifetime = { lifetimeMillis: options.lifetimeMillis, startedAt: options.now() };
  }

  /** One look at a bounded number of entries. Resolves with how many it removed. */
  async look(): Promise<number> {
    let removed = 0;
    for (let looked = 0; looked < MAX_TORRENTS_PER_SWEEP; looked += TORRENTS_PER_SWEEP_PORTION) {
      removed += await this.#portion();
      if (this.#cursor === undefined) break;
      await turn(); // Announces come first.
    }
    return removed;
  }

  async #portion(): Promise<number> {
    const { store, counts, now, isAllowed } = this.#options;
    const page = await store.searchTorrents({
      text: "",
      order: "newest",
      limit: TORRENTS_PER_SWEEP_PORTION,
      cursor: this.#cursor,
    });
    this.#cursor = page.nextCursor;
    const found = await counts(page.items.map(({ infoHash }) => infoHash));
    const seen = page.items.map((record, at) => ({ record, seeders: found[at]?.seeders ?? 0 }));
    const gone = seen.filter(
      ({ record, seeders }) =>
        !isAllowed(record.infoHash) || (seeders === 0 && goesAt(record, this.#lifetime) <= now()),
    );
    for (const { record } of gone) await store.removeTorrent(record.infoHash);
    const changed = seen.flatMap(({ record, seeders }) => sighting(record, seeders, now()) ?? []);
    if (changed.length > 0) await store.sawTorrents(changed);
    return gone.length;
  }
}

/** Undefined: nothing that is worth writing. */
function sighting(record: TorrentRecord, seeders: number, now: UnixMillis): TorrentSighting | undefined {
  const { infoHash, lastSeededAt = 0 } = record;
  if (seeders > 0 && now - lastSeededAt >= LAST_SEEDED_ACCURACY_MILLIS)
    return { infoHash, seeders, lastSeededAt: now };
  return seeders === record.seeders ? undefined : { infoHash, seeders };
}
