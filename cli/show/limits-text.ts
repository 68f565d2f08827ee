import type { DaemonLimitsJson, TorrentLimitsJson } from "#shared/daemon/daemon-api.ts";
import { MINUTE_MILLIS } from "#shared/session/totals.ts";
import { formatBytes, formatDuration, plural } from "./format.ts";

/** Limits in words: `none` if there are none. */
export function limitsText(limits: DaemonLimitsJson & TorrentLimitsJson): string {
  const { rateUp, rateDown, maxPeers, inOrder, stopRatio, stopAfter, stopAfterDownloads, stopAt } = limits;
  const minutes = (count: number): string => formatDuration((count * MINUTE_MILLIS) / 1_000);
  const texts = [
    rateUp === undefined ? "" : `${formatBytes(rateUp)}/s up`,
    rateDown === undefined ? "" : `${formatBytes(rateDown)}/s down`,
    maxPeers === undefined ? "" : plural(maxPeers, "peer", "peers"),
    inOrder ? "in order" : "",
    stopRatio === undefined ? "" : `until ratio ${stopRatio}`,
    stopAfter === undefined ? "" : `for ${minutes(stopAfter)}`,
    stopAfterDownloads === undefined ? "" : `until ${plural(stopAfterDownloads, "download", "downloads")}`,
    stopAt === undefined ? "" : `until ${new Date(stopAt).toLocaleString("en")}`,
  ].filter((text) => text !== "");
  return texts.length === 0 ? "none" : texts.join(", ");
}
