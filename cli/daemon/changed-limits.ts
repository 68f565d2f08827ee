import { UsageError } from "#shared/base/errors.ts";
import type { Changed, TorrentLimitsJson } from "#shared/daemon/daemon-api.ts";
import { MAX_SHARED_MINUTES } from "#shared/session/stop-bounds.ts";
import { MINUTE_MILLIS } from "#shared/session/totals.ts";
import type { TorrentLimits } from "../flags/limit-flags.ts";

/** The limits of a torrent once they are changed. The route has checked the numbers. Throws a `UsageError` for a moment that cannot be. */
export function changedLimits(before: TorrentLimits, change: Changed<TorrentLimitsJson>): TorrentLimits {
  const { stopAt, ...others } = change;
  const moment = typeof stopAt === "string" ? momentIn(stopAt) : stopAt;
  return withoutLifted({ ...before, ...others, ...(moment !== undefined && { stopAt: moment }) });
}

/** Without those that null, or false, lifts. */
export function withoutLifted<Limits extends object>(limits: Limits): Partial<Record<keyof Limits, never>> {
  const kept = Object.entries(limits).filter(
    ([, value]) => value !== null && value !== undefined && value !== false,
  );
  return Object.fromEntries(kept) as Partial<Record<keyof Limits, never>>;
}

function momentIn(text: string): number {
  const moment = Date.parse(text);
  if (moment > Date.now() && moment <= Date.now() + MAX_SHARED_MINUTES * MINUTE_MILLIS) return moment;
  throw new UsageError(
    "badMoment",
    "`stopAt` must be a time within the next year, such as 2026-12-24T18:30Z.",
  );
}
