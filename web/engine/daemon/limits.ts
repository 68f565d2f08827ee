import { countIn, fieldsOf } from "#shared/announce/json-fields.ts";
import type { Changed, DaemonLimitsJson, TorrentLimitsJson } from "#shared/daemon/daemon-api.ts";
import type { Controls, Settings, StopAt } from "../client.ts";
import { timeIn } from "./parse-view.ts";

/** The limits of all torrents together, as settings of the page. */
export type AllLimits = Pick<Settings, "mostUp" | "mostDown" | "maxPeers">;

/** The most peers that a daemon can be told to have: of one torrent, and of all together. */
export const MOST_PEERS = { ofOne: 200, ofAll: 10_000 } as const;

const NONE: StopAt = { ratio: undefined, minutes: undefined };
const positive = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;

/** Reads the limits of a torrent. Never throws. */
export function parseControls(limits: unknown): Controls {
  const said = fieldsOf(limits);
  const stopAt: StopAt = {
    ...{ ratio: positive(said["stopRatio"]), minutes: positive(said["stopAfter"]) },
    ...{ downloads: positive(said["stopAfterDownloads"]), at: timeIn(said["stopAt"]) },
  };
  return {
    ...{ mostUp: positive(said["rateUp"]), mostDown: positive(said["rateDown"]) },
    ...{ maxPeers: countIn(said["maxPeers"]), inOrder: said["inOrder"] === true },
    stopAt: Object.values(stopAt).some((limit) => limit !== undefined) ? stopAt : undefined,
  };
}

/** Reads those of all torrents together. Never throws. */
export function parseAllLimits(limits: unknown): AllLimits {
  const { rateUp, rateDown, maxPeers } = fieldsOf(limits);
  return { mostUp: positive(rateUp), mostDown: positive(rateDown), maxPeers: countIn(maxPeers) };
}

/** What a change of controls changes of the limits. `before`: what is as it was stays out, such as a time that has passed. */
export function limitsChange(before: Controls, change: Partial<Controls>): Changed<TorrentLimitsJson> {
  const { stopAt: had = NONE } = before;
  const stopAt = "stopAt" in change ? (change.stopAt ?? NONE) : had;
  const moment = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : new Date(at).toISOString();
  return {
    ...lifted("rateUp", change, "mostUp"),
    ...lifted("rateDown", change, "mostDown"),
    ...lifted("maxPeers", change, "maxPeers"),
    ...(change.inOrder !== undefined && { inOrder: change.inOrder }),
    ...(stopAt.ratio !== had.ratio && { stopRatio: stopAt.ratio ?? null }),
    ...(stopAt.minutes !== had.minutes && { stopAfter: stopAt.minutes ?? null }),
    ...(stopAt.downloads !== had.downloads && { stopAfterDownloads: stopAt.downloads ?? null }),
    ...(stopAt.at !== had.at && { stopAt: moment(stopAt.at) ?? null }),
  };
}

/** The same for those of all torrents together. */
export function allLimitsChange(change: Partial<AllLimits>): Changed<DaemonLimitsJson> {
  return {
    ...lifted("rateUp", change, "mostUp"),
    ...lifted("rateDown", change, "mostDown"),
    ...lifted("maxPeers", change, "maxPeers"),
  };
}

/** A limit by the API's name, if the change names it by ours. */
function lifted<Name extends string>(
  name: Name,
  change: Partial<AllLimits>,
  ours: keyof AllLimits,
): { readonly [Key in Name]?: number | null } {
  return ours in change ? ({ [name]: change[ours] ?? null } as { [Key in Name]: number | null }) : {};
}
