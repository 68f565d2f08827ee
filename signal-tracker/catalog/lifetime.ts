import type { TorrentRecord, UnixMillis } from "../core/record-store.ts";
import { QUIET_MILLIS, SWEEP_GRACE_MILLIS } from "../limits/catalog.ts";

/** How long entries last that nobody seeds. */
export interface Lifetime {
  readonly lifetimeMillis: number;
  /** When this tracker started. */
  readonly startedAt: UnixMillis;
}

/** When an entry is removed, unless somebody seeds it before. */
export function goesAt(
  { lastSeededAt, publishedAt }: Pick<TorrentRecord, "lastSeededAt" | "publishedAt">,
  { lifetimeMillis, startedAt }: Lifetime,
): UnixMillis {
  const unseededSince = lastSeededAt ?? publishedAt;
  return Math.max(unseededSince + lifetimeMillis, startedAt + SWEEP_GRACE_MILLIS) as UnixMillis;
}

/** Whether nobody has seeded it for so long that the entry should say when it will be removed. */
export function isQuiet(
  { lastSeededAt, publishedAt }: Pick<TorrentRecord, "lastSeededAt" | "publishedAt">,
  now: UnixMillis,
): boolean {
  return now - (lastSeededAt ?? publishedAt) >= QUIET_MILLIS;
}
