import type { InfoHash, ShareKey, TrackerUrl, WebSeedUrl } from "../base/ids.ts";
import { withoutKey } from "../base/tracker-key.ts";
import { capTrackers, relaysOffers } from "../base/tracker-url.ts";
import { safeName } from "./safe-path.ts";
import { MAX_LINK_WEB_SEEDS } from "./web-seeds.ts";

/** What a link tells about a torrent. */
export interface Magnet {
  readonly infoHash: InfoHash;
  /** Shown until the metadata arrives. Safe for any file system. */
  readonly displayName: string | undefined;
  readonly trackers: readonly TrackerUrl[];
  /** Web servers that have its files (BEP 19, `ws`). */
  readonly webSeeds: readonly WebSeedUrl[];
  /** Indices of files in ascending order (BEP 53). Undefined: all files. */
  readonly selectedFiles: readonly number[] | undefined;
}

/** Formats a magnet link (BEP 9, BEP 19, BEP 53). */
export function formatMagnet(magnet: Magnet): string {
  const { selectedFiles } = magnet;
  const selection = selectedFiles === undefined ? "" : `&so=${formatSelection(selectedFiles)}`;
  return `magnet:?xt=urn:btih:${magnet.infoHash}${formatName(magnet)}${formatTrackers(magnet)}${formatWebSeeds(magnet)}${selection}`;
}

/** Formats a link that opens the torrent on the page at `pageUrl`, with all its files. `key`: it is an encrypted share. */
export function formatShareLink(
  pageUrl: string,
  magnet: Omit<Magnet, "selectedFiles">,
  key?: ShareKey,
): string {
  const page = pageUrl.replace(/#.*$/s, "");
  const secret = key === undefined ? "" : `&k=${key}`;
  return `${page}#${magnet.infoHash}${formatTrackers(magnet)}${formatWebSeeds(magnet)}${formatName(magnet)}${secret}`;
}

function formatSelection(files: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const file of files) {
    const run = runs.at(-1);
    if (run?.last === file - 1) run.last = file;
    else runs.push({ first: file, last: file });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/** The safe name, which is also short enough for a link. */
function formatName({ displayName }: Pick<Magnet, "displayName">): string {
  return displayName === undefined ? "" : `&dn=${encodeURIComponent(safeName(displayName))}`;
}

/** Capped, with the trackers that browsers can use first. Links travel, so the keys of whoever makes one stay behind. */
function formatTrackers({ trackers }: Pick<Magnet, "trackers">): string {
  return capTrackers([[...new Set(trackers.map(withoutKey))]], relaysOffers)
    .flat()
    .map((url) => `&tr=${encodeURIComponent(url)}`)
    .join("");
}

/** The first `MAX_LINK_WEB_SEEDS`. */
function formatWebSeeds({ webSeeds }: Pick<Magnet, "webSeeds">): string {
  return webSeeds
    .slice(0, MAX_LINK_WEB_SEEDS)
    .map((url) => `&ws=${encodeURIComponent(url)}`)
    .join("");
}
