import type { InfoHash, TrackerUrl } from "../base/ids.ts";
import { capTrackers, relaysOffers } from "../base/tracker-url.ts";
import { safeName } from "./safe-path.ts";

/** What a link says of a torrent. */
export interface Magnet {
  readonly infoHash: InfoHash;
  /** Until the metadata says the real one. Safe for any file system. */
  readonly displayName: string | undefined;
  readonly trackers: readonly TrackerUrl[];
  /** Indices of files, ascending (BEP 53). Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
}

/** Writes a magnet link (BEP 9, BEP 53). */
export function formatMagnet(magnet: Magnet): string {
  const { selectedFiles } = magnet;
  const selection = selectedFiles === undefined ? "" : `&so=${formatSelection(selectedFiles)}`;
  return `magnet:?xt=urn:btih:${magnet.infoHash}${formatName(magnet)}${formatTrackers(magnet)}${selection}`;
}

/** Writes a link that opens the page at `pageUrl` with the torrent. It always stands for all files. */
export function formatShareLink(pageUrl: string, magnet: Omit<Magnet, "selectedFiles">): string {
  const page = pageUrl.replace(/#.*$/s, "");
  return `${page}#${magnet.infoHash}${formatTrackers(magnet)}${formatName(magnet)}`;
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

/** As it would be saved, so that no name makes a link that is too long. */
function formatName({ displayName }: Pick<Magnet, "displayName">): string {
  return displayName === undefined ? "" : `&dn=${encodeURIComponent(safeName(displayName))}`;
}

/** If there are more than others will take, first those that a page can speak to. */
function formatTrackers({ trackers }: Pick<Magnet, "trackers">): string {
  return capTrackers([trackers], relaysOffers)
    .flat()
    .map((url) => `&tr=${encodeURIComponent(url)}`)
    .join("");
}
