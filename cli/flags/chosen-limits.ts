import type { TorrentLimitsJson } from "#shared/daemon/daemon-api.ts";
import type { TorrentLimits } from "./limit-flags.ts";

/** The limits among the flags of a command, without those that nobody chose. */
export function chosenLimits(flags: TorrentLimits): TorrentLimits {
  const { rateUp, rateDown, maxPeers, inOrder, stopRatio, stopAfter, stopAfterDownloads, stopAt } = flags;
  const all = { rateUp, rateDown, maxPeers, inOrder, stopRatio, stopAfter, stopAfterDownloads, stopAt };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Limits as a daemon's API says and takes them. */
export function limitsJson({ stopAt, ...limits }: TorrentLimits): TorrentLimitsJson {
  return { ...limits, ...(stopAt !== undefined && { stopAt: new Date(stopAt).toISOString() }) };
}
